internal import Dispatch

/// Runs an actor on a dispatch queue of its own, so that calls that block never hold a thread of the cooperative pool.
package final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// A queue of its own; `label` names it in a debugger.
    package init(label: String) { queue = DispatchQueue(label: label) }

    /// See `SerialExecutor`.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
