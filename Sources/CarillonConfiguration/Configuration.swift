#if Configuration
public import Carillon
public import CarillonTriggers

/// What a scheduler and its server are to be like: a plain value, checked, that opens and starts nothing.
public struct Configuration: Hashable, Sendable {
    /// The zone of triggers that name none.
    public var zone = Zone.utc
    /// The executors by alias. Where `default` is missing, it is the scheduler's own kind.
    public var executors: [String: ExecutorSetting] = [:]
    /// The job stores by alias. Where `default` is missing, it is the server's own.
    public var jobStores: [String: StoreSetting] = [:]
    /// The policies of jobs, as far as they have none of their own.
    public var jobDefaults = JobPolicies()
    /// Where the policies of `jobDefaults` stand, by key.
    package var defaultPlaces: [String: ConfigurationPlace] = [:]
    /// The jobs, in the order of their sources.
    public var jobs: [ConfiguredJob] = []
    /// The machines on which the scheduler starts; `*` for all.
    public var allowedHosts = ["*"]
    /// The REST API and its views.
    public var api = APISettings()
    /// The log.
    public var log = LogSettings()
    /// How long runs may go on once the server has been asked to stop.
    public var shutdownDeadline = Duration.seconds(30)
    /// How long other nodes wait for a sign of life before they take over this node's runs.
    public var lease = Duration.seconds(10)
    /// The folder for what the server keeps, as it was given.
    public var stateDirectory: String?
    /// The origins of the sources that it was read from: whose jobs `jobs` are, and would be if there were any.
    public var origins: Set<String> = []
    /// The files that were read, those that others name among them, as they were opened.
    package var files: [String] = []
    /// The environment variables that the files refer to.
    public var variables: Set<String> = []
    /// The origins whose jobs are this configuration's from now on, such as the former path of its file.
    public var continuedOrigins: Set<String> = []
    /// What is right and most likely fails later, such as a run whose variable is not set.
    public var warnings: [ConfigurationProblem] = []
    /// What was understood but has no effect, for the log.
    public var remarks: [ConfigurationProblem] = []

    /// The environment variables that set something: `CARILLON_TIMEZONE`, `SCHEDULER_AUTH_FILE` and so on.
    public static var settingVariables: Set<String> { Setting.variables }

    /// All defaults.
    public init() {}
}
#endif
