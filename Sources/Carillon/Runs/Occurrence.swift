public import CarillonTriggers

/// One due time of one job. Its identity is unique, so a task may use it as an idempotency key.
public struct Occurrence: Hashable, Sendable, CustomStringConvertible {
    /// The cause of an occurrence.
    public enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
        /// The trigger's fire time came.
        case scheduled
        /// A user asked for a run now.
        case manual
        /// A user asked for a past range.
        case backfill
        /// Another run of the job failed for good, and the job has a failure task.
        case onFailure
    }

    /// The job.
    public let job: JobID
    /// The job's generation.
    public let generation: Int64
    /// The trigger's fire time, or the time at which the run was requested.
    public let scheduled: Instant
    /// The cause of the occurrence.
    public let kind: Kind
    /// Tells occurrences of the same kind and time apart; 0 for a fire time of a job whose definition never changed.
    public let number: Int

    /// Creates an identity.
    public init(job: JobID, generation: Int64, scheduled: Instant, kind: Kind = .scheduled, number: Int = 0) {
        self.job = job
        self.generation = generation
        self.scheduled = scheduled
        self.kind = kind
        self.number = number
    }

    /// The identity as text, the same on every node: `backup/1/2026-11-22T16:00:00+00:00/scheduled/0`.
    public var description: String {
        "\(job)/\(generation)/\(scheduled.formatted(in: .utc))/\(kind.rawValue)/\(number)"
    }
}
