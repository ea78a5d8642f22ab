public import CarillonTriggers

/// A job as its user defines it.
///
/// Copies share their parts until one of them is changed: a definition is copied far more often than it is changed.
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
        var trace: [String: String]
    }

    /// The shared parts, which never change.
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
    /// How the job handles misfires, failures and overlapping runs.
    public var policies: JobPolicies {
        get { shared.parts.policies }
        set { parts.policies = newValue }
    }
    /// Labels to find the job by, in order.
    public var tags: [String] {
        get { shared.parts.tags }
        set { parts.tags = newValue }
    }
    /// The alias of the executor that the job runs on.
    public var executor: String {
        get { shared.parts.executor }
        set { parts.executor = newValue }
    }
    /// The origin that keeps the job, such as a configuration file or decorated functions; `nil` if there is none.
    public var origin: String? {
        get { shared.parts.origin }
        set { parts.origin = newValue }
    }

    /// The display name, 1 to 200 bytes of UTF-8 without control characters; `nil` if that is the id.
    public var name: String? {
        get { shared.parts.name }
        set { parts.name = newValue }
    }

    /// The trace that the job was added in, as the fields of a tracer (`RunMiddleware.currentTrace`); empty if there was
    /// none.
    public var trace: [String: String] {
        get { shared.parts.trace }
        set { parts.trace = newValue }
    }

    /// Creates a definition; all but the task and the trigger have defaults.
    public init(
        task: TaskName,
        arguments: [UInt8] = Array("{}".utf8),
        trigger: Trigger,
        policies: JobPolicies = JobPolicies(),
        tags: [String] = [],
        executor: String = "default",
        origin: String? = nil,
        name: String? = nil,
        trace: [String: String] = [:]
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
                name: name,
                trace: trace
            )
        )
    }
}

extension JobDefinition {
    /// Checks the name, and that every number of the policies is in its range.
    ///
    /// - Throws: `CarillonError` with `invalidName` or `invalidPolicy`.
    public func validate() throws(CarillonError) {
        if let name { _ = try NameText(name, of: "name of a job") }
        try policies.validate()
    }
}

extension JobDefinition: Hashable {
    /// Whether both definitions have equal parts.
    public static func == (left: JobDefinition, right: JobDefinition) -> Bool {
        left.shared === right.shared || left.parts == right.parts
    }

    /// Hashes the parts.
    public func hash(into hasher: inout Hasher) { hasher.combine(parts) }
}

/// A job as a store keeps it: its definition and its state.
public struct Job: Hashable, Sendable {
    /// Whether a job fires.
    public enum State: Hashable, Sendable {
        /// It fires.
        case active
        /// It fires nothing since the given time.
        case paused(since: Instant)
        /// Its trigger has no fire time left.
        case ended
    }

    /// The next occurrence of a job.
    public struct Next: Hashable, Sendable {
        /// The trigger's fire time.
        public var scheduled: Instant
        /// The fire time plus the trigger's jitter; stores index this.
        public var due: Instant

        /// Creates an occurrence.
        public init(scheduled: Instant, due: Instant) {
            self.scheduled = scheduled
            self.due = due
        }
    }

    /// The job's id.
    public let id: JobID
    /// Rises when a job of this id is removed and added again, not when it is modified.
    public let generation: Int64
    /// The job as its user defines it.
    public var definition: JobDefinition
    /// Whether the job fires.
    public var state: State
    /// The next occurrence; `nil` if the job has ended.
    public var next: Next?
    /// When the job was added.
    public let added: Instant
    /// Rises with every change of the definition: with edits, and when an interval is shifted because the clock was set
    /// back.
    public var definitionVersion: Int64
    /// Rises with every change of the job; a commit is checked against it.
    public var stateVersion: Int64

    /// Creates a job.
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

    /// The display name: the definition's name, or else the id.
    public var name: String { definition.name ?? id.description }

    /// Returns the trigger's next occurrence after a scheduled time, with its jitter; `nil` if there is none.
    func next(after scheduled: Instant) -> Next? {
        definition.trigger.next(after: scheduled).map(next(scheduled:))
    }

    /// Returns the occurrence of a scheduled time, with its jitter.
    func next(scheduled: Instant) -> Next {
        Next(scheduled: scheduled, due: definition.trigger.due(scheduled: scheduled, jobID: id.description))
    }
}
