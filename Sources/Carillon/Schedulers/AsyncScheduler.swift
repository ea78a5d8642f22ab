/// A scheduler on Swift concurrency, for servers whose tasks suspend.
public final class AsyncScheduler: Scheduler {
    /// The engine that does the work.
    public let engine: Engine

    /// Creates a scheduler that is not started yet.
    public init(_ options: SchedulerOptions = SchedulerOptions()) {
        engine = Engine.onSwiftConcurrency(options)
    }

    /// Starts firing, and returns when all jobs declared before are in their stores.
    ///
    /// - Throws: `CarillonError` with `wrongState` if it has already been started; or the reason why a job could not be
    ///   added.
    public func start() async throws(CarillonError) {
        try await engine.start()
    }

    /// Starts firing and returns when the scheduler has been shut down.
    ///
    /// `shutdown` ends it, and so does cancelling the Swift task that calls this: then running runs are drained.
    ///
    /// - Parameter deadline: How long to drain after a cancellation; see `shutdown`.
    /// - Throws: As `start`.
    public func run(deadline: Duration? = nil) async throws(CarillonError) {
        try await start()
        await withTaskCancellationHandler {
            await engine.waitForEnd()
        } onCancel: {
            Task { await engine.shutdown(.drain, deadline: deadline, isInside: false) }
        }
    }
}
