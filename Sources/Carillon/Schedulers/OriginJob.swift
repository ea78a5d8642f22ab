/// A job as somebody who keeps a set of jobs wants it: a configuration file, say, which its definition's `origin` names.
public struct OriginJob: Sendable {
    /// What is said of its being paused.
    public enum Pause: Hashable, Sendable {
        /// It is paused, whether it is added or there already.
        case pause
        /// It is resumed where it is paused.
        case resume
        /// It fires where it is added, and stays as it is otherwise: a person may have paused it.
        case leave
    }

    /// What it is known by.
    public let id: JobID
    /// What is said of it.
    public let definition: JobDefinition
    /// Whether it runs once, when it is first added: the definition's trigger does not count where the job is there and
    /// has a date already.
    public let runsWhenAdded: Bool
    /// The alias of the job store it is kept in.
    public let store: String
    /// What is said of its being paused.
    public let pause: Pause

    /// Puts it together.
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

/// What was done to make the jobs of an origin equal to a set.
public struct JobsDifference: Hashable, Sendable {
    /// The jobs that were not there.
    public var added: [JobID] = []
    /// The jobs that were there and are otherwise now.
    public var changed: [JobID] = []
    /// The jobs that are not wanted any more.
    public var removed: [JobID] = []
    /// Those of the changed ones that had another origin, or none.
    public var takenOver: [JobID] = []
    /// The origins that those had, of jobs that had one.
    public var formerOrigins: [JobID: String] = [:]
    /// The jobs that cannot be read, and were left alone.
    public var unreadable: [JobID] = []
    /// How many jobs stay as they are; nothing of them was written.
    public var unchangedCount = 0

    /// No difference.
    public init() {}

    /// Whether nothing was written.
    public var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }
}
