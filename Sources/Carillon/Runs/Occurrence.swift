public import CarillonTriggers

/// One due time of one job: what a task may use as an idempotency key, since no two occurrences share one.
public struct Occurrence: Hashable, Sendable, CustomStringConvertible {
    /// Why there is an occurrence.
    public enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
        /// The trigger said so.
        case scheduled
        /// Somebody asked for it now.
        case manual
        /// Somebody asked for a past range.
        case backfill
        /// Another run of the job failed for good, and the job names a task for that.
        case onFailure
    }

    /// The job.
    public let job: JobID
    /// The job's generation.
    public let generation: Int64
    /// The trigger's fire time, or the time at which the run was asked for.
    public let scheduled: Instant
    /// Why there is an occurrence.
    public let kind: Kind
    /// Tells occurrences of the same kind and time apart; 0 for what the trigger of a job that was never changed says.
    public let number: Int

    /// Puts an identity together.
    public init(job: JobID, generation: Int64, scheduled: Instant, kind: Kind = .scheduled, number: Int = 0) {
        self.job = job
        self.generation = generation
        self.scheduled = scheduled
        self.kind = kind
        self.number = number
    }

    /// The identity as text, the same wherever it is written: `backup/1/2026-11-22T16:00:00+00:00/scheduled/0`.
    public var description: String {
        "\(job)/\(generation)/\(scheduled.formatted(in: .utc))/\(kind.rawValue)/\(number)"
    }
}
