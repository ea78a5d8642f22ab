/// The options of a job that is added: all but its id, task and trigger.
public struct JobOptions: Sendable {
    /// How the job handles misfires, failures and overlapping runs; the scheduler's policies if `nil`.
    public var policies: JobPolicies?
    /// Labels to find the job by.
    public var tags: [String]
    /// The alias of the executor that the job runs on.
    public var executor: String
    /// The alias of the job store that keeps the job.
    public var store: String
    /// What to do if the id is taken.
    public var ifExists: IfExists
    /// Whether the job is paused until it is resumed.
    public var isPaused: Bool
    /// The display name; the id is shown if `nil`.
    public var name: String?

    /// Creates options; each has a default.
    public init(
        policies: JobPolicies? = nil,
        tags: [String] = [],
        executor: String = "default",
        store: String = "default",
        ifExists: IfExists = .fail,
        isPaused: Bool = false,
        name: String? = nil
    ) {
        self.policies = policies
        self.tags = tags
        self.executor = executor
        self.store = store
        self.ifExists = ifExists
        self.isPaused = isPaused
        self.name = name
    }
}
