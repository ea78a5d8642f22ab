#if Web
import Carillon
import CarillonLifecycle
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// An application that tells when its server listens.
struct ScheduledApplication<Application: ApplicationProtocol>: ApplicationProtocol {
    let application: Application
    let start: ServerStart

    var responder: Application.Responder { get async throws { try await application.responder } }
    var server: HTTPServerBuilder { application.server }
    var eventLoopGroup: any EventLoopGroup { application.eventLoopGroup }
    var configuration: ApplicationConfiguration { application.configuration }
    var logger: Logger { application.logger }
    var services: [any Service] { application.services }
    var processesRunBeforeServerStart: [@Sendable () async throws -> Void] {
        application.processesRunBeforeServerStart
    }

    func onServerRunning(_ channel: any Channel) async {
        await application.onServerRunning(channel)
        start.announce()
    }
}

/// A scheduler that starts when a server listens.
struct ScheduledService<Scheduler: ServiceScheduler>: Service {
    private let scheduler: Scheduler
    private let server: ServerStart

    init(_ scheduler: Scheduler, after server: ServerStart) {
        self.scheduler = scheduler
        self.server = server
    }

    func run() async throws {
        // The application failed, or is shut down already.
        guard await server.listens() else { return }
        try await scheduler.untilItIsToEnd { try await scheduler.start() }
        // Until then it may be shut down and started again by its REST API, while the server goes on.
        await scheduler.untilItIsToEnd { try? await gracefulShutdown() }
        await scheduler.engine.waitForEnd()
    }
}

/// Whether a server listens, for one that waits for it.
final class ServerStart: Sendable {
    private let announcement: AsyncStream<Void>.Continuation
    private let announcements: AsyncStream<Void>

    init() { (announcements, announcement) = AsyncStream.makeStream(of: Void.self) }

    /// Says that the server listens.
    func announce() {
        announcement.yield()
        announcement.finish()
    }

    /// Waits for the server.
    ///
    /// - Returns: `false` if the service is to end before.
    func listens() async -> Bool {
        for await _ in announcements.cancelOnGracefulShutdown() { return true }
        return false
    }
}
#endif
