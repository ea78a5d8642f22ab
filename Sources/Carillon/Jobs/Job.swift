public import CarillonTriggers

/// What a user says of a job.
public struct JobDefinition: Hashable, Sendable {
    /// The task that the job runs.
    public var task: TaskName
    /// The task's arguments as JSON.
    public var arguments: [UInt8]
    /// When the job is due.
    public var trigger: Trigger
    /// How it behaves when things do not go by plan.
    public var policies: JobPolicies
    /// Words to find it by, in order.
    public var tags: [String]
    /// The alias of the executor it runs on.
    public var executor: String
    /// Who keeps the job: a configuration file, decorated functions, or nobody (`nil`).
    public var origin: String?

    /// Takes the parts; all but the task and the trigger have defaults.
    public init(
        task: TaskName,
        arguments: [UInt8] = Array("{}".utf8),
        trigger: Trigger,
        policies: JobPolicies = JobPolicies(),
        tags: [String] = [],
        executor: String = "default",
        origin: String? = nil
    ) {
        self.task = task
        self.arguments = arguments
        self.trigger = trigger
        self.policies = policies
        self.tags = tags
        self.executor = executor
        self.origin = origin
    }
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
    /// Rises with every change of the definition.
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

    /// The next occurrence of the trigger after a scheduled time, with its jitter.
    func next(after scheduled: Instant) -> Next? {
        definition.trigger.next(after: scheduled).map(next(scheduled:))
    }

    /// The occurrence of a scheduled time, with its jitter.
    func next(scheduled: Instant) -> Next {
        Next(scheduled: scheduled, due: definition.trigger.due(scheduled: scheduled, jobID: id.description))
    }
}
