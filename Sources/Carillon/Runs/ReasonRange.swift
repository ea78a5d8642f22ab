public import CarillonTriggers

/// Why occurrences of a job were not run: one record for a whole stretch of them.
public struct ReasonRange: Hashable, Sendable {
    /// Why an occurrence was not run.
    public enum Reason: String, Hashable, Sendable, CaseIterable, Codable {
        /// No node could fire it within its misfire grace.
        case missed
        /// It was made one with another occurrence that was due with it.
        case coalesced
        /// The job had as many open runs as it may.
        case instanceLimit = "skipped(instanceLimit)"
        /// As many runs waited as may.
        case queueFull = "skipped(queueFull)"
        /// A later occurrence, due with it, took its place before it became a run. A run that gives way while it waits ends
        /// as `cancelled`.
        case replaced = "skipped(replaced)"
        /// Its time had come, and it had not fired, when the job was given another trigger.
        case triggerReplaced = "skipped(triggerReplaced)"
        /// Its time had come, and it had not fired, when the job was removed.
        case jobRemoved = "skipped(jobRemoved)"
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
    /// When that was recorded; where the range has grown since, when it last did.
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

/// A reason to add to a job's history.
///
/// A job that skips one occurrence after another is to have one range for all of them, not a row each. The store does
/// not evaluate triggers, so the planner says where a range goes on from: if the store has a range of the same job,
/// generation and reason whose `last` is `follows`, that range grows by this one (`extended(by:)`) and no other is added.
public struct NewReason: Hashable, Sendable {
    /// The range.
    public let range: ReasonRange
    /// The scheduled time of the occurrence right before the range; nothing where there is none, or it is not known.
    public let follows: Instant?

    /// Puts it together.
    public init(_ range: ReasonRange, follows: Instant? = nil) {
        self.range = range
        self.follows = follows
    }
}

extension ReasonRange {
    /// The range with one that goes on from it: from the first occurrence of this to the last of the other.
    public func extended(by next: ReasonRange) -> ReasonRange {
        let (sum, overflow) = count.addingReportingOverflow(next.count)
        let total = overflow ? .max : sum
        return ReasonRange(
            job: job,
            generation: generation,
            first: first,
            last: next.last,
            count: total,
            reason: reason,
            recorded: next.recorded
        )
    }

    /// Whether a new range goes on from this one.
    public func isContinued(by new: NewReason) -> Bool {
        new.follows == last && new.range.reason == reason && new.range.generation == generation && new.range.job == job
    }
}
