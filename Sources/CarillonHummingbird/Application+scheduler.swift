#if Web
public import CarillonLifecycle
public import Hummingbird
public import ServiceLifecycle
public import UnixSignals

extension ApplicationProtocol {
    /// Runs the application with a scheduler, until a signal asks both to end.
    ///
    ///     try await application.runService(with: scheduler)
    ///
    /// The scheduler starts when the server listens, so that a job finds the server there. At the end the scheduler is
    /// drained first, while the server still serves, also the open streams that runs write to; then the server is shut
    /// down.
    ///
    /// A stream that never ends holds the server up: end it with `.cancelOnGracefulShutdown()`.
    ///
    /// - Parameters:
    ///   - scheduler: A scheduler that is not started.
    ///   - gracefulShutdownSignals: The signals that end both.
    /// - Throws: What the application, or the start of the scheduler, throws.
    public func runService(
        with scheduler: some ServiceScheduler, gracefulShutdownSignals: [UnixSignal] = [.sigterm, .sigint]
    ) async throws {
        try await serviceGroup(with: scheduler, gracefulShutdownSignals: gracefulShutdownSignals).run()
    }

    /// Returns the application and a scheduler as a group of services; see `runService(with:)`.
    ///
    /// Not as one of the application's own `services`: those are shut down after the server, which waits for its open
    /// streams.
    ///
    /// - Parameters:
    ///   - scheduler: A scheduler that is not started.
    ///   - gracefulShutdownSignals: The signals that end the group.
    public func serviceGroup(
        with scheduler: some ServiceScheduler, gracefulShutdownSignals: [UnixSignal] = []
    ) -> ServiceGroup {
        let server = ServerStart()
        return ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    ScheduledApplication(application: self, start: server), ScheduledService(scheduler, after: server),
                ],
                gracefulShutdownSignals: gracefulShutdownSignals,
                logger: logger
            ))
    }
}
#endif
