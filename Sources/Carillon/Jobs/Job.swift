public import CarillonTriggers

/// What a user says of a job.
///
/// Copies share their parts until one of them is changed: a definition is handed on far more often than it is changed.
public struct JobDefinition: Sendable {
    fileprivate struct Parts: Hashable, Sendable {
        var task: TaskName
        var arguments: [UInt8]
        var trigger: Trigger
        var policies: JobPolicies
        var tags: [String]
        var executor: String
        var origin: String?
        var name: String?
    }

    /// Never changed once it is made.
    private final class Shared: Sendable {
        let parts: Parts

        init(_ parts: Parts) { self.parts = parts }
    }

    private var shared: Shared
    fileprivate var parts: Parts {
        get { shared.parts }
        set { shared = Shared(newValue) }
    }

    /// The task that the job runs.
    public var task: TaskName {
        get { shared.parts.task }
        set { parts.task = newValue }
    }
    /// The task's arguments as JSON.
    public var arguments: [UInt8] {
        get { shared.parts.arguments }
        set { parts.arguments = newValue }
    }
    /// When the job is due.
    public var trigger: Trigger {
        get { shared.parts.trigger }
        set { parts.trigger = newValue }
    }
    /// How it behaves when things do not go by plan.
    public var policies: JobPolicies {
        get { shared.parts.policies }
        set { parts.policies = newValue }
    }
    /// Words to find it by, in order.
    public var tags: [String] {
        get { shared.parts.tags }
        set { parts.tags = newValue }
    }
    /// The alias of the executor it runs on.
    public var executor: String {
        get { shared.parts.executor }
        set { parts.executor = newValue }
    }
    /// Who keeps the job: a configuration file, decorated functions, or nobody (`nil`).
    public var origin: String? {
        get { shared.parts.origin }
        set { parts.origin = newValue }
    }

    /// What people call the job; `nil` where that is its id. It has 1 to 200 bytes of UTF-8, and no control characters.
    public var name: String? {
        get { shared.parts.name }
        set { parts.name = newValue }
    }

    /// Takes the parts; all but the task and the trigger have defaults.
    public init(
        task: TaskName,
        arguments: [UInt8] = Array("{}".utf8),
        trigger: Trigger,
        policies: JobPolicies = JobPolicies(),
        tags: [String] = [],
        executor: String = "default",
        origin: String? = nil,
        name: String? = nil
    ) {
        shared = Shared(
            Parts(
                task: task,
                arguments: arguments,
                trigger: trigger,
                policies: policies,
                tags: tags,
                executor: executor,
                origin: origin,
                name: name
            )
        )
    }
}

extension JobDefinition {
    /// Looks whether the name and every number of the policies are in their ranges.
    ///
    /// - Throws: `CarillonError` with `invalidName` or `invalidPolicy`.
    public func validate() throws(CarillonError) {
        if let name { _ = try NameText(name, of: "name of a job") }
        try policies.validate()
    }
}

extension JobDefinition: Hashable {
    /// Whether both say the same.
    public static func == (left: JobDefinition, right: JobDefinition) -> Bool {
        left.shared === right.shared || left.parts == right.parts
    }

    /// Hashes what it says.
    public func hash(into hasher: inout Hasher) { hasher.combine(parts) }
}

/// A job as a store keeps it: its definition and where it stands.
public struct Job: Hashable, Sendable {
    /// Whether a job fires.
    public enum State: Hashable, Sendable {
        /// It fires.
        case active
        /// It fires nothing; since when.
        case paused(since: Instant)
        /// Its trigger has no fire times left.
        case ended
    }

    /// The occurrence that comes next.
    public struct Next: Hashable, Sendable {
        /// The trigger's fire time.
        public var scheduled: Instant
        /// The same, later by the trigger's jitter; what stores index.
        public var due: Instant

        /// Puts the two together.
        public init(scheduled: Instant, due: Instant) {
            self.scheduled = scheduled
            self.due = due
        }
    }

    /// What the job is known by.
    public let id: JobID
    /// Rises when an id is removed and added anew, not when a job is modified.
    public let generation: Int64
    /// What a user says of it.
    public var definition: JobDefinition
    /// Whether it fires.
    public var state: State
    /// The occurrence that comes next; nothing where the job has ended.
    public var next: Next?
    /// When it was added.
    public let added: Instant
    /// Rises with every change of the definition: with edits, and where an interval is moved because the clock was set
    /// back.
    public var definitionVersion: Int64
    /// Rises with every change of anything, and is what a commit is checked against.
    public var stateVersion: Int64

    /// Puts a job together.
    public init(
        id: JobID,
        generation: Int64,
        definition: JobDefinition,
        state: State,
        next: Next?,
        added: Instant,
        definitionVersion: Int64 = 1,
        stateVersion: Int64 = 1
    ) {
        self.id = id
        self.generation = generation
        self.definition = definition
        self.state = state
        self.next = next
        self.added = added
        self.definitionVersion = definitionVersion
        self.stateVersion = stateVersion
    }

    /// What people call it: the definition's name, or else the id.
    public var name: String { definition.name ?? id.description }

    /// The next occurrence of the trigger after a scheduled time, with its jitter.
    func next(after scheduled: Instant) -> Next? {
        definition.trigger.next(after: scheduled).map(next(scheduled:))
    }

    /// The occurrence of a scheduled time, with its jitter.
    func next(scheduled: Instant) -> Next {
        Next(scheduled: scheduled, due: definition.trigger.due(scheduled: scheduled, jobID: id.description))
    }
}
