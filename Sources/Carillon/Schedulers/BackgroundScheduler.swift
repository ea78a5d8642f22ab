/// A scheduler on its own thread, beside whatever else the program does.
public final class BackgroundScheduler: Scheduler {
    /// The engine that does the work.
    public let engine: Engine
    private let thread: EngineThread

    /// Creates a scheduler that is not started yet.
    ///
    /// - Parameter daemon: Whether the process may end while the scheduler runs. If `false`, a `main` that returns
    ///   waits for `shutdown`.
    public init(daemon: Bool = true, _ options: SchedulerOptions = SchedulerOptions()) {
        thread = EngineThread(daemon: daemon)
        engine = Engine(executor: thread.loop, defaultExecutor: ThreadPoolExecutor(), options)
    }

    /// Starts firing, and returns when all jobs declared before are in their stores.
    ///
    /// - Throws: `CarillonError` with `wrongState` if it has already been started; or the reason why a job could not be
    ///   added.
    public func start() async throws(CarillonError) { try await thread.start(engine) }

    /// Starts firing without waiting, from a function that is not `async`.
    ///
    /// An error that only a store can report comes later: it stops the scheduler and is logged.
    ///
    /// - Throws: `CarillonError` with `wrongState` if it has already been started.
    public func startWithoutWaiting() throws(CarillonError) { try thread.startWithoutWaiting(engine) }
}
