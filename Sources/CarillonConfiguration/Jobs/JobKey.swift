#if Configuration
/// What a key of a job's entry is about; the keys of its trigger are not among these.
enum JobKey: Sendable {
    case id
    case name
    case task
    case arguments
    case positionalArguments
    case trigger
    case crontab
    case policy
    case whenEnded
    case tags
    case executor
    case store
    case paused
    case nextRunTime
    case replaceExisting
    case logOutput
    case shell
    case shellPart
    case http
    case httpPart

    var isPolicy: Bool { self == .policy }

    static let policyNames = [
        "misfire_grace_time", "coalesce", "max_instances", "at_limit", "retry", "timeout", "recovery", "priority",
        "history", "on_failure",
    ]
    /// Those that say what to run.
    static let taskNames = ["task", "func", "command", "url", "shell", "http"]
    /// Those that say when.
    static let triggerNames = ["trigger", "cron"]
    static let shellNames = [
        "command", "working_directory", "environment", environmentFileName, "inherit_environment", "user", "umask",
        "stdin", "stdin_file", "kill_after",
    ]
    /// Flat in an entry, `timeout` is that of the run.
    static let httpNames = [
        "url", "url_file", "method", "headers", "body", "body_file", "json", "expect", "ca_file", "client_certificate",
        "client_key", environmentFileName,
    ]
    /// A key of both.
    static let environmentFileName = "environment_file"

    private static let single: KeyValuePairs<String, JobKey> = [
        "id": .id, "func": .task, "task": .task, "command": .shellPart, "url": .httpPart, "trigger": .trigger,
        "cron": .crontab, "kwargs": .arguments, "arguments": .arguments, "args": .positionalArguments, "shell": .shell,
        "http": .http, "tags": .tags, "executor": .executor, "jobstore": .store, "store": .store, "paused": .paused,
        "next_run_time": .nextRunTime, "log_output": .logOutput, "replace_existing": .replaceExisting, "name": .name,
    ]

    /// A policy of jobs that are added otherwise.
    static let whenEndedName = "when_ended"

    static let byName: [String: JobKey] = {
        var keys = Dictionary(uniqueKeysWithValues: single.map { ($0.key, $0.value) })
        keys[whenEndedName] = .whenEnded
        for name in policyNames { keys[name] = .policy }
        for name in shellNames { keys[name] = .shellPart }
        for name in httpNames { keys[name] = .httpPart }
        return keys
    }()

    /// All keys, the usual ones first.
    static let names = parts.joined().reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }

    /// The keys by what they are about: those that most jobs have, policies, and the arguments of a command and of a
    /// request.
    private static let parts = [single.map(\.key), policyNames, shellNames, httpNames]

    /// The same, with the keys of a job's trigger.
    static func parts(with trigger: [String]) -> [[String]] { parts + [trigger.filter { $0 != "type" }] }

    /// How many of the parts matter for every job.
    static let mainPartCount = 2

    /// What keys are called here that other schedulers and services call differently, too much so to be near.
    static let namesElsewhere = [
        "cmd": "command", "exec": "command", "run": "command", "script": "command", "schedule": "cron",
        "every": "trigger", "interval": "trigger", "env": "environment", "env_file": "environment_file",
        "cwd": "working_directory",
        "directory": "working_directory", "workdir": "working_directory", "tz": "timezone", "retries": "retry",
        "max_retries": "retry", "disabled": "paused", "enabled": "paused",
    ]

    /// How some of them are written, where the name alone does not tell.
    static let examples = [
        "cron": "\"30 2 * * *\"", "trigger": "{type: interval, minutes: 5}", "retry": "{count: 3, delay: 60}",
        "history": "{runs: 1000, days: 30}", "paused": "true",
    ]
}
#endif
