import CarillonTriggers
import Logging

/// A run as its task sees it: what stands behind a `TaskContext`.
///
/// In the scheduler's own process it is the run itself (`RunWork`). In a worker of a process pool it is the end of a
/// connection to it (`WorkerRun`).
protocol TaskRun: AnyObject, Sendable {
    var runID: Run.ID { get }
    var taskName: TaskName { get }
    /// The trace that the job was added in.
    var trace: [String: String] { get }
    /// The report of the run that failed, if this is a run of a failure task.
    var failure: FailureReport? { get }
    /// The logger of the scheduler.
    var logger: Logger { get }
    var isCancelled: Bool { get }
    /// Whether the only request to end the run is that of a scheduler that stops.
    var isInterrupted: Bool { get }
    /// For how many more microseconds the run is certainly this node's.
    var leaseLeft: Int64 { get }
    /// The variables and secrets that went into the arguments.
    var variables: RunVariables { get }

    /// Records that the task has ended by itself: no request to end it counts.
    func settle()
    /// Records that the task needs a time to end when it is asked to.
    func needs(toEnd time: Duration)
    /// Sleeps on the scheduler's clock.
    func sleep(for duration: Duration) async throws
    func note(_ progress: RunProgress)
    func note(_ process: RunProcess)
    func output(_ bytes: [UInt8])
}
