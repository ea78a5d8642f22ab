public import CarillonTriggers

/// The reason why consecutive occurrences of a job were not run, in one record.
public struct ReasonRange: Hashable, Sendable {
    /// Why an occurrence was not run.
    public enum Reason: String, Hashable, Sendable, CaseIterable, Codable {
        /// No node could fire it within its misfire grace.
        case missed
        /// It was coalesced with another occurrence that was due together with it.
        case coalesced
        /// The job had `maxInstances` ready or running runs.
        case instanceLimit = "skipped(instanceLimit)"
        /// As many runs waited as may.
        case queueFull = "skipped(queueFull)"
        /// A later occurrence, due with it, took its place before it became a run. A waiting run that gives way ends as
        /// `cancelled`.
        case replaced = "skipped(replaced)"
        /// The job was given another trigger when this occurrence's time had come and it had not fired.
        case triggerReplaced = "skipped(triggerReplaced)"
        /// Newer rules of the trigger's zone moved this occurrence's time when it had come and had not fired.
        case zoneChanged = "skipped(zoneChanged)"
        /// The reason why it was not run was withdrawn, since the clock was set back before its time: it fires after
        /// all.
        case clockStep
        /// The job was removed when this occurrence's time had come and it had not fired.
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
    /// The scheduled time of the first occurrence.
    public let first: Instant
    /// The scheduled time of the last occurrence.
    public let last: Instant
    /// The number of occurrences, 1 or more.
    public let count: Int
    /// Why they were not run.
    public let reason: Reason
    /// When the reason was recorded, or when the range last grew.
    public let recorded: Instant

    /// Creates a range.
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
/// A job that skips one occurrence after another gets one range for all of them, not a row each. The store does not
/// evaluate triggers, so the planner says what a range continues: if the store has a range of the same job, generation
/// and reason whose `last` is `follows`, that range grows by this one (`extended(by:)`) and no other is added.
public struct NewReason: Hashable, Sendable {
    /// The range.
    public let range: ReasonRange
    /// The scheduled time of the occurrence before the range; `nil` if there is none, or it is not known.
    public let follows: Instant?

    /// Creates a reason to add.
    public init(_ range: ReasonRange, follows: Instant? = nil) {
        self.range = range
        self.follows = follows
    }
}

extension ReasonRange {
    /// Returns the range joined with one that continues it: from the first occurrence of this to the last of the other.
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

    /// Whether a new range continues this one.
    public func isContinued(by new: NewReason) -> Bool {
        new.follows == last && new.range.reason == reason && new.range.generation == generation && new.range.job == job
    }
}
