import Dispatch
import Logging

/// A scheduler on a thread of its own, beside whatever else the program does.
public final class BackgroundScheduler: Scheduler {
    /// See `Scheduler`.
    public let engine: Engine
    private let loop = LoopExecutor()
    private let daemon: Bool

    /// - Parameter daemon: Whether the process may end while the scheduler runs. Where it may not, a `main` that returns
    ///   waits for `shutdown`.
    public init(daemon: Bool = true, _ options: SchedulerOptions = SchedulerOptions()) {
        self.daemon = daemon
        engine = Engine(executor: loop, defaultExecutor: ThreadPoolExecutor(), options)
    }

    /// Starts firing, and returns when the jobs that were added before are in their stores.
    ///
    /// - Throws: `CarillonError` with `wrongState` where it has been started; or why a job could not be added.
    public func start() async throws(CarillonError) {
        try begin()
        try await engine.start(untilIdle: false)
    }

    /// Starts firing without waiting, from a function that is not `async`. What only the stores can tell comes later: it ends
    /// the scheduler, and is told by its log.
    ///
    /// - Throws: `CarillonError` with `wrongState` where it has been started.
    public func startWithoutWaiting() throws(CarillonError) {
        try begin()
        Task { [engine] in
            do { try await engine.start(untilIdle: false) } catch {
                engine.logger.error("the scheduler did not start: \(error)")
            }
        }
    }

    private func begin() throws(CarillonError) {
        try engine.claimStart()
        let loop = loop
        loop.announce()
        let ended = DispatchSemaphore(value: 0)
        NamedThread.start("carillon") {
            loop.run()
            ended.signal()
        }
        if !daemon { ExitGuard.shared.wait(for: ended) }
    }
}
