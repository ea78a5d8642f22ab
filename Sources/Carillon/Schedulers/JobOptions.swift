/// What a job is added with beside its id, task and trigger.
public struct JobOptions: Sendable {
    /// How it behaves when things do not go by plan; the scheduler's own policies where nothing is given.
    public var policies: JobPolicies?
    /// Words to find it by.
    public var tags: [String]
    /// The alias of the executor it runs on.
    public var executor: String
    /// The alias of the job store it is kept in.
    public var store: String
    /// What happens where the id is taken.
    public var ifExists: IfExists
    /// Whether it fires nothing until it is resumed.
    public var isPaused: Bool
    /// What people call it; its id where nothing is given.
    public var name: String?

    /// All have defaults.
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
