#if Configuration
/// A thing that a configuration can set, by its path in the lower-case spelling.
enum Setting: String, CaseIterable, Sendable {
    case timezone
    case executors
    case jobStores = "jobstores"
    case jobDefaults = "job_defaults"
    case jobs
    case continues
    case allowedHosts = "allowed_hosts"
    case shutdownDeadline = "shutdown_deadline"
    case lease
    case stateDirectory = "state_directory"
    case apiEnabled = "api.enabled"
    case apiPrefix = "api.prefix"
    case apiEndpointPrefix = "api.endpoint_prefix"
    case apiViewsEnabled = "api.views_enabled"
    case apiAuthentication = "api.auth"
    case apiHosts = "api.hosts"
    case apiLocal = "api.local"
    case logLevel = "log.level"
    case logFormat = "log.format"
    case logOutput = "log.output"

    /// The names it has in Flask-APScheduler.
    var articleNames: [String] {
        switch self {
        case .timezone: ["SCHEDULER_TIMEZONE"]
        case .executors: ["SCHEDULER_EXECUTORS"]
        case .jobStores: ["SCHEDULER_JOBSTORES"]
        case .jobDefaults: ["SCHEDULER_JOB_DEFAULTS"]
        case .jobs: ["JOBS", "SCHEDULER_JOBS"]
        case .allowedHosts: ["SCHEDULER_ALLOWED_HOSTS"]
        case .apiEnabled: ["SCHEDULER_API_ENABLED"]
        case .apiPrefix: ["SCHEDULER_API_PREFIX"]
        case .apiEndpointPrefix: ["SCHEDULER_ENDPOINT_PREFIX"]
        case .apiViewsEnabled: ["SCHEDULER_VIEWS_ENABLED"]
        case .apiAuthentication: ["SCHEDULER_AUTH"]
        case .continues, .shutdownDeadline, .lease, .stateDirectory, .apiHosts, .apiLocal, .logLevel, .logFormat,
            .logOutput:
            []
        }
    }

    /// The groups that lower-case keys stand in.
    static let groups = ["api", "log"]

    /// What an environment variable begins with to be a setting: a variable `JOBS` may be anybody's.
    static let environmentPrefixes = ["SCHEDULER_", "CARILLON_"]

    /// Whether its value is text and nothing else, so that in the environment it needs no quotes.
    var isText: Bool {
        switch self {
        case .timezone, .stateDirectory, .apiPrefix, .apiEndpointPrefix, .apiAuthentication, .apiLocal, .logLevel,
            .logFormat, .logOutput:
            true
        default: false
        }
    }

    /// Whether nothing behind the key means that nothing is said, as where all entries are commented out.
    var mayBeEmpty: Bool {
        switch self {
        case .executors, .jobStores, .jobDefaults, .jobs, .continues, .apiAuthentication, .apiHosts, .allowedHosts: true
        default: false
        }
    }

    /// The settings by every key that can stand at the top of a file, and by `group.key`.
    static let byKey: [String: Setting] = {
        var settings: [String: Setting] = ["state": .stateDirectory]
        for setting in allCases {
            for name in setting.articleNames + [setting.rawValue] { settings[name] = setting }
        }
        return settings
    }()

    /// The keys at the top of a file, for the error of one that is not among them.
    static let topKeys: [String] =
        allCases.map(\.rawValue).filter { !$0.contains(".") } + groups + ["state"] + allCases.flatMap(\.articleNames)

    /// The keys of a group.
    static func keys(ofGroup group: String) -> [String] {
        allCases.compactMap {
            $0.rawValue.hasPrefix("\(group).") ? String($0.rawValue.dropFirst(group.count + 1)) : nil
        }
    }

    /// The variables that set something, those that name a file included.
    static let variables = Set(byVariable.keys).union(byVariable.keys.map { $0 + "_FILE" })

    /// The settings by environment variable.
    static let byVariable: [String: Setting] = {
        var settings: [String: Setting] = [:]
        for setting in allCases {
            for name in setting.articleNames where name.hasPrefix("SCHEDULER_") { settings[name] = setting }
            settings["CARILLON_" + setting.rawValue.uppercased().split(separator: ".").joined(separator: "_")] = setting
        }
        return settings
    }()
}
#endif
