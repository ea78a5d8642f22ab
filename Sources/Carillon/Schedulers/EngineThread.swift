import Logging

/// The thread of its own that an engine runs on.
final class EngineThread: Sendable {
    let loop = LoopExecutor()
    private let daemon: Bool

    /// - Parameter daemon: Whether the process may end while the scheduler runs.
    init(daemon: Bool) { self.daemon = daemon }

    /// Starts an engine, and returns when all jobs declared before are in their stores.
    func start(_ engine: Engine) async throws(CarillonError) {
        try begin(engine)
        try await engine.start(untilIdle: false)
    }

    /// Starts an engine without waiting.
    func startWithoutWaiting(_ engine: Engine) throws(CarillonError) {
        try begin(engine)
        Task {
            do { try await engine.start(untilIdle: false) } catch {
                engine.logger.error("the scheduler did not start: \(error)")
            }
        }
    }

    private func begin(_ engine: Engine) throws(CarillonError) {
        try engine.claimStart()
        let (loop, daemon) = (loop, daemon)
        loop.announce()
        if !daemon { ExitGuard.shared.begin() }
        NamedThread.start("carillon") {
            loop.run()
            if !daemon { ExitGuard.shared.end() }
        }
    }
}
