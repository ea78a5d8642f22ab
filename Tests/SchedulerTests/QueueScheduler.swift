import Carillon
import Dispatch

/// A scheduler whose own work is done on a dispatch queue.
final class QueueScheduler: Scheduler {
    let engine: Engine

    init(_ options: SchedulerOptions = SchedulerOptions()) {
        engine = Engine(on: QueueExecutor(), defaultExecutor: AsyncExecutor(maxWorkers: 4), options)
    }

    /// Starts firing, and returns when the jobs that were added before are in their stores.
    func start() async throws(CarillonError) { try await engine.start() }

    /// Returns when somebody has shut it down.
    func waitForEnd() async { await engine.waitForEnd() }
}

/// Runs an actor on a dispatch queue.
final class QueueExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "scheduler")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
