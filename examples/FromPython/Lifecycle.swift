#if Lifecycle
import Carillon
import CarillonLifecycle
import CarillonTriggers
import Logging
import ServiceLifecycle
import UnixSignals

/// Stands for what the tasks of a scheduler use.
private struct Database: Service {
    func run() async throws { try await gracefulShutdown() }
}

@Sendable func schedulerAsService() async throws {
    let (database, logger) = (Database(), Logger(label: "example"))
    let scheduler = AsyncScheduler()
    try scheduler.declareJob(trigger: .interval(seconds: 3)) { tick() }
    let group = ServiceGroup(
        services: [database, scheduler], gracefulShutdownSignals: [.sigterm], cancellationSignals: [.sigint],
        logger: logger)
    try await group.run()
}
#endif
