/// A scheduler on the thread that starts it, for a process that does nothing else.
public final class BlockingScheduler: Scheduler {
    /// See `Scheduler`.
    public let engine: Engine
    private let loop = LoopExecutor()

    /// Takes what it works with.
    public init(_ options: SchedulerOptions = SchedulerOptions()) {
        engine = Engine(executor: loop, defaultExecutor: ThreadPoolExecutor(), options)
    }

    /// Fires on the calling thread, and returns when the scheduler has been shut down.
    ///
    /// Call it from a function that is not `async`, such as the top level of a program: it keeps its thread.
    ///
    /// - Parameter untilIdle: Whether it also returns when nothing is left to do: no job fires any more, and no run is
    ///   open.
    /// - Throws: `CarillonError` with `wrongState` where it has been started; or why a job could not be added.
    @available(*, noasync, message: "it keeps its thread; use an AsyncScheduler or BackgroundScheduler here")
    public func start(untilIdle: Bool = false) throws(CarillonError) {
        try engine.claimStart()
        loop.announce()
        let failure = StartFailure()
        Task { [engine] in await engine.start(untilIdle: untilIdle, failure) }
        loop.run()
        if let error = failure.error { throw error }
    }
}
