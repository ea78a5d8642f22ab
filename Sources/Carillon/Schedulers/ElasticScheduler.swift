/// A scheduler for thousands of blocking calls at once: it runs on its own thread, and each run that blocks has a thread
/// with a small stack.
///
///     let scheduler = ElasticScheduler()
///     for host in hosts {
///         try await scheduler.addJob(trigger: .interval(minutes: 1)) { try ping(host) }
///     }
///     try await scheduler.start()
///
/// Stacks have 256 KiB; see `ElasticExecutor` for what they hold, and for how to set their size:
///
///     var options = SchedulerOptions()
///     options.executors["default"] = ElasticExecutor(stackBytes: 1 << 20)
///     let scheduler = ElasticScheduler(options)
public final class ElasticScheduler: Scheduler {
    /// The engine that does the work.
    public let engine: Engine
    private let thread: EngineThread

    /// Creates a scheduler that is not started yet.
    ///
    /// - Parameter daemon: Whether the process may end while the scheduler runs. If `false`, a `main` that returns
    ///   waits for `shutdown`.
    public init(daemon: Bool = true, _ options: SchedulerOptions = SchedulerOptions()) {
        thread = EngineThread(daemon: daemon)
        engine = Engine(executor: thread.loop, defaultExecutor: ElasticExecutor(), options)
    }

    /// Starts firing, and returns when all jobs declared before are in their stores.
    ///
    /// - Throws: `CarillonError` with `wrongState` if it has already been started; or the reason why a job could not be
    ///   added.
    public func start() async throws(CarillonError) { try await thread.start(engine) }

    /// Starts firing without waiting, from a function that is not `async`; see
    /// `BackgroundScheduler.startWithoutWaiting`.
    ///
    /// - Throws: `CarillonError` with `wrongState` if it has already been started.
    public func startWithoutWaiting() throws(CarillonError) { try thread.startWithoutWaiting(engine) }
}
