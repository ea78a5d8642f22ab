public import CarillonTriggers

/// Why occurrences of a job were not run: one record for a whole stretch of them.
public struct ReasonRange: Hashable, Sendable {
    /// Why an occurrence was not run.
    public enum Reason: String, Hashable, Sendable, CaseIterable, Codable {
        /// No node could fire it within its misfire grace.
        case missed
        /// Another occurrence that was due with it ran for it.
        case coalesced
        /// The job had as many open runs as it may.
        case instanceLimit = "skipped(instanceLimit)"
        /// As many runs waited as may.
        case queueFull = "skipped(queueFull)"
        /// A later occurrence took its place while it waited.
        case replaced = "skipped(replaced)"
        /// It was late when the job was given another trigger.
        case triggerReplaced = "skipped(triggerReplaced)"
        /// The job was paused.
        case jobPaused = "skipped(jobPaused)"
        /// The scheduler was paused.
        case schedulerPaused = "skipped(schedulerPaused)"
    }

    /// The job.
    public let job: JobID
    /// The job's generation.
    public let generation: Int64
    /// The scheduled time of the first occurrence of the stretch.
    public let first: Instant
    /// The scheduled time of the last one.
    public let last: Instant
    /// How many there are, 1 or more.
    public let count: Int
    /// Why they were not run.
    public let reason: Reason
    /// When that was recorded.
    public let recorded: Instant

    /// Puts a range together.
    public init(
        job: JobID,
        generation: Int64,
        first: Instant,
        last: Instant,
        count: Int,
        reason: Reason,
        recorded: Instant
    ) {
        self.job = job
        self.generation = generation
        self.first = first
        self.last = last
        self.count = count
        self.reason = reason
        self.recorded = recorded
    }
}
