/// A scheduler on Swift concurrency, for servers whose tasks suspend.
public final class AsyncScheduler: Scheduler {
    /// See `Scheduler`.
    public let engine: Engine

    /// Takes what it works with.
    public init(_ options: SchedulerOptions = SchedulerOptions()) {
        engine = Engine.onSwiftConcurrency(options)
    }

    /// Starts firing, and returns when the jobs that were added before are in their stores.
    ///
    /// - Throws: `CarillonError` with `wrongState` where it has been started; or why a job could not be added.
    public func start() async throws(CarillonError) {
        try await engine.start()
    }

    /// Starts firing and returns when it has been shut down, by `shutdown` or by the end of the task that calls this:
    /// then runs that are at work are waited for.
    ///
    /// - Parameter deadline: How long they are waited for at the end of the task; see `shutdown`.
    public func run(deadline: Duration? = nil) async throws(CarillonError) {
        try await start()
        await withTaskCancellationHandler {
            await engine.waitForEnd()
        } onCancel: {
            Task { await engine.shutdown(.drain, deadline: deadline, isInside: false) }
        }
    }
}
