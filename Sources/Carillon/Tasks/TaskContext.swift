public import CarillonTriggers
public import Logging

/// What a task knows of its run, and how it reports about it.
public struct TaskContext: Sendable {
    private let run: any TaskRun

    init(_ run: any TaskRun) { self.run = run }

    /// The id of the job.
    public var jobID: JobID { occurrence.job }

    /// The id of the run: its occurrence and the number of the attempt.
    public var runID: Run.ID { run.runID }

    /// The occurrence that is run.
    ///
    /// Its description is the same for every attempt, on any node, so it can serve as an idempotency key.
    public var occurrence: Occurrence { run.runID.occurrence }

    /// When the run was due by its trigger, or when it was requested if a user asked for it.
    public var scheduled: Instant { occurrence.scheduled }

    /// The number of the attempt, 1 for the first.
    public var attempt: Int { run.runID.attempt }

    /// The name of the task; for a function that a job was added with, one made up for it.
    public var task: String { run.taskName.description }

    /// The trace that the job was added in, as the fields that a tracer reads (`RunMiddleware`).
    public var trace: [String: String] { run.trace }

    /// The run that failed, if this is a run of the task for failed runs (`JobPolicies.onFailure`); otherwise `nil`.
    public var failure: FailureReport? { run.failure }

    /// A logger whose metadata name the job, the run and the attempt. For the loggers of libraries, see
    /// `Logger.MetadataProvider.carillon`.
    public var logger: Logger {
        var logger = run.logger
        for (key, value) in run.logMetadata { logger[metadataKey: key] = value }
        return logger
    }

    /// Whether the run was asked to end: it was cancelled, took too long, or the scheduler is shut down.
    public var isCancelled: Bool { run.isCancelled }

    /// Whether the only request to end the run is that of a scheduler that stops: what it has done by then counts.
    package var isInterrupted: Bool { run.isInterrupted }

    /// For how many more microseconds the run is certainly this node's. A task that does something which no other node
    /// may do as well reads it right before, and throws `TakeExpired` if it is 0 or less.
    package var leaseLeft: Int64 { run.leaseLeft }

    /// Records that the task has ended by itself: a timeout or another request to end it, before or after, does not
    /// count.
    package func settle() { run.settle() }

    /// Records how long the task may need to end when it is asked to. A worker process that does not end its run within that
    /// time is killed.
    package func needs(toEnd time: Duration) { run.needs(toEnd: time) }

    /// The variables and secrets that went into the arguments.
    package var variables: RunVariables { run.variables }

    /// Throws if the run was asked to end.
    ///
    /// - Throws: `CancellationError`, which a task does not catch.
    public func checkCancellation() throws { if isCancelled { throw CancellationError() } }

    /// Sleeps on the scheduler's clock, so that a test that moves that clock decides how long it takes.
    ///
    /// - Throws: `CancellationError` as soon as the run is asked to end.
    public func sleep(for duration: Duration) async throws { try await run.sleep(for: duration) }

    /// Reports the progress of the run. It is emitted at once as an event, and is in the store within about two
    /// seconds.
    ///
    /// - Parameters:
    ///   - fraction: From 0 to 1.
    ///   - note: What the run is doing.
    public func progress(_ fraction: Double, _ note: String = "") { run.note(RunProgress(fraction, note)) }

    /// Reports the process that the run works under, which may outlive this one. It is in the store within about two
    /// seconds, and is ended with all its descendants before the run is recovered on this machine.
    package func works(under process: RunProcess) { run.note(process) }

    /// Adds a line to the run's log.
    ///
    /// The last 64 KiB of all lines and output are kept. While the run goes on, they are in the store within about two
    /// seconds.
    public func log(_ line: String) { run.output(Array(line.utf8) + [UInt8(ascii: "\n")]) }

    /// Adds bytes to the run's log unchanged, such as the output of a command; they need be neither lines nor UTF-8.
    ///
    /// The last 64 KiB of all lines and output are kept. While the run goes on, they are in the store within about two
    /// seconds.
    public func output(_ bytes: [UInt8]) { run.output(bytes) }
}

/// The progress of a run.
public struct RunProgress: Hashable, Sendable {
    /// From 0 to 1.
    public let fraction: Double
    /// What the run is doing, at most 1,000 bytes.
    public let note: String

    /// Creates a progress. The fraction is clamped to 0...1, and a longer note is cut.
    public init(_ fraction: Double, _ note: String = "") {
        self.fraction = fraction.isNaN ? 0 : min(max(fraction, 0), 1)
        self.note = note.beginning(bytes: 1000)
    }
}
