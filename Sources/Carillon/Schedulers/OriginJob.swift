/// A job as its origin wants it. The origin, such as a configuration file, is named in the job's definition.
public struct OriginJob: Sendable {
    /// Whether the origin pauses the job.
    public enum Pause: Hashable, Sendable {
        /// The job is paused, whether it is added or exists already.
        case pause
        /// The job is resumed if it is paused.
        case resume
        /// The job is active if it is added, and stays as it is if it exists: a user may have paused it.
        case leave
    }

    /// The job's id.
    public let id: JobID
    /// The job's definition.
    public let definition: JobDefinition
    /// Whether the job runs once, when it is first added. The definition's trigger is ignored if the job exists and
    /// already has a date.
    public let runsWhenAdded: Bool
    /// The alias of the job store that keeps the job.
    public let store: String
    /// Whether the origin pauses the job.
    public let pause: Pause

    /// Creates a wanted job.
    public init(
        id: JobID,
        definition: JobDefinition,
        runsWhenAdded: Bool = false,
        store: String = "default",
        pause: Pause = .leave
    ) {
        self.id = id
        self.definition = definition
        self.runsWhenAdded = runsWhenAdded
        self.store = store
        self.pause = pause
    }
}

/// What was changed to make the jobs of an origin equal to a set.
public struct JobsDifference: Hashable, Sendable {
    /// The jobs that did not exist.
    public var added: [JobID] = []
    /// The jobs that existed and were changed.
    public var changed: [JobID] = []
    /// The jobs that are no longer wanted.
    public var removed: [JobID] = []
    /// The changed jobs that had another origin, or none.
    public var takenOver: [JobID] = []
    /// The former origins of the jobs taken over; those that had none are left out.
    public var formerOrigins: [JobID: String] = [:]
    /// The jobs that cannot be read, and were left alone.
    public var unreadable: [JobID] = []
    /// The number of jobs that already were as wanted; they were not written.
    public var unchangedCount = 0

    /// Creates an empty difference.
    public init() {}

    /// Whether nothing was written.
    public var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }
}
