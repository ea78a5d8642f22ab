/// A scheduler on the thread that starts it, for a process that does nothing else.
public final class BlockingScheduler: Scheduler {
    /// The engine that does the work.
    public let engine: Engine
    private let loop = LoopExecutor()

    /// Creates a scheduler that is not started yet.
    public init(_ options: SchedulerOptions = SchedulerOptions()) {
        engine = Engine(executor: loop, defaultExecutor: ThreadPoolExecutor(), options)
    }

    /// Fires on the calling thread, and returns when the scheduler has been shut down.
    ///
    /// Call it from a function that is not `async`, such as the top level of a program that awaits nothing: it blocks
    /// its thread. Add jobs with `declareJob` there, since a single `await` makes a top level `async`.
    ///
    /// - Parameter untilIdle: Whether to return also when nothing is left to do: no job will fire again, and no run is
    ///   open.
    /// - Throws: `CarillonError` with `wrongState` if it has already been started; or the reason why a job could not be
    ///   added.
    @available(
        *, noasync,
        message:
            "it blocks its thread; declare jobs with declareJob and await nothing before, or use an AsyncScheduler or BackgroundScheduler"
    )
    public func start(untilIdle: Bool = false) throws(CarillonError) {
        try engine.claimStart()
        loop.announce()
        let failure = StartFailure()
        Task { [engine] in await engine.start(untilIdle: untilIdle, failure) }
        loop.run()
        if let error = failure.error { throw error }
    }
}
