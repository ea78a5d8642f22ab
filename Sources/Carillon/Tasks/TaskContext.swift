public import CarillonTriggers
public import Logging

/// What a task knows of the run it is, and what it may say of it.
public struct TaskContext: Sendable {
    private let work: RunWork

    init(_ work: RunWork) { self.work = work }

    /// The job.
    public var jobID: JobID { occurrence.job }

    /// Which occurrence is run. Its description is the same for every attempt, on whatever node: an idempotency key.
    public var occurrence: Occurrence { work.run.id.occurrence }

    /// When it was to run by its trigger; the time at which it was asked for, where somebody asked.
    public var scheduled: Instant { occurrence.scheduled }

    /// 1 for the first attempt.
    public var attempt: Int { work.run.id.attempt }

    /// The run that failed, where this is a run of the task for failed runs (`JobPolicies.onFailure`).
    public var failure: FailureReport? { work.run.failureReport }

    /// A logger that says which job and run it is.
    public var logger: Logger {
        var logger = work.origin.logger
        logger[metadataKey: "job"] = "\(jobID)"
        logger[metadataKey: "run"] = "\(work.run.id)"
        return logger
    }

    /// Whether somebody wants the run to end: it was cancelled, took too long, or the scheduler is shut down.
    public var isCancelled: Bool { work.isCancelled }

    /// Whether nobody wants the run to end but a scheduler that stops: what it has done by then counts.
    package var isInterrupted: Bool { work.isInterrupted }

    /// For how many more microseconds the run is surely this node's. A task that does something which no other node may do
    /// as well asks right before, and throws `TakeExpired` where it is 0 or less.
    package var leaseLeft: Int64 { work.leaseLeft }

    /// Says that what the task does has ended by itself: a timeout or a wish to end it that comes, or came, too late for it
    /// does not count.
    package func settle() { work.settle() }

    /// The variables and secrets that went into its arguments.
    package var variables: RunVariables { work.variables }

    /// Ends the run where somebody wants it to.
    ///
    /// - Throws: `CancellationError`, which a task lets pass.
    public func checkCancellation() throws { if isCancelled { throw CancellationError() } }

    /// Says how far the run is. It is told of at once as an event, and in the store within some two seconds.
    ///
    /// - Parameters:
    ///   - fraction: From 0 to 1.
    ///   - note: What it is doing.
    public func progress(_ fraction: Double, _ note: String = "") { work.note(RunProgress(fraction, note)) }

    /// Says under which process the run works, which may outlive this one. It is in the store within some two seconds, and
    /// ended with all that it has started before the run is recovered on this machine.
    package func works(under process: RunProcess) { work.note(process) }

    /// Keeps a line with the run; of all lines the last 64 KiB. While the run goes on, they are in the store within some
    /// two seconds.
    public func log(_ line: String) { work.log(line) }

    /// Keeps bytes with the run as they come, such as what a command writes; they need be neither lines nor UTF-8. Of all
    /// lines and bytes the last 64 KiB. While the run goes on, they are in the store within some two seconds.
    public func output(_ bytes: [UInt8]) { work.output(bytes) }
}

/// How far a run is.
public struct RunProgress: Hashable, Sendable {
    /// From 0 to 1.
    public let fraction: Double
    /// What it is doing; 1,000 bytes at most.
    public let note: String

    /// Brings a fraction between 0 and 1, and takes the beginning of a longer note.
    public init(_ fraction: Double, _ note: String = "") {
        self.fraction = fraction.isNaN ? 0 : min(max(fraction, 0), 1)
        self.note = note.beginning(bytes: 1000)
    }
}
