import Dispatch

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
    /// - Parameters:
    ///   - untilIdle: Whether to return also when nothing is left to do: no job will fire again, and no run is open.
    ///   - signals: The signals to stop at; the process handles them as before when this returns. The first request
    ///     drains, as `shutdown` does; another one asks the runs to end, and one more leaves them behind after a second.
    /// - Throws: `CarillonError` with `wrongState` if it has already been started, or another scheduler of the process
    ///   stops at signals; or the reason why a job could not be added.
    @available(
        *, noasync,
        message: """
            it keeps its thread: declare jobs with declareJob and await nothing before it, or use an AsyncScheduler or \
            BackgroundScheduler
            """
    )
    public func start(untilIdle: Bool = false, stoppingOn signals: Set<StopSignal> = []) throws(CarillonError) {
        let begun = DispatchSemaphore(value: 0)
        let watch =
            signals.isEmpty
            ? nil
            : try StopSignalWatch(signals) { [engine] request in
                // A scheduler that has not begun to start cannot be shut down.
                begun.wait()
                begun.signal()
                engine.stop(atRequest: request)
            }
        defer {
            begun.signal()
            watch?.stop()
        }
        try engine.claimStart()
        loop.announce()
        let failure = StartFailure()
        Task { [engine] in await engine.start(untilIdle: untilIdle, failure) { begun.signal() } }
        loop.run()
        if let error = failure.error { throw error }
    }
}

extension Engine {
    /// Goes one step further towards the end.
    fileprivate nonisolated func stop(atRequest number: Int) {
        Task {
            switch number {
            case 1: await shutdown(.drain, deadline: nil, isInside: true)
            case 2: await shutdown(.cancel, deadline: nil, isInside: true)
            default: await shutdown(.cancel, deadline: .zero, isInside: true)
            }
        }
    }
}
