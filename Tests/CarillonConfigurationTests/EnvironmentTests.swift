#if Configuration
import Carillon
import CarillonConfiguration
import CarillonTriggers
import Testing

@Suite("Environment and flags")
struct EnvironmentTests {
    @Test("Variables win over files, flags win over variables, and later files over earlier ones")
    func order() throws {
        let sources: [ConfigurationSource] = [
            .text(
                "timezone: Asia/Tokyo\nlease: 20\napi: {prefix: /a, enabled: true}\njobs: [{id: a, func: t}]", name: "f"
            ),
            .text("timezone: Asia/Seoul\nlog: {level: error}\njobs: [{id: b, func: t}]", name: "g"),
        ]
        let files = try Configuration(sources)
        #expect(files.zone.identifier == "Asia/Seoul" && files.lease == .seconds(20) && files.api.prefix == "/a")
        #expect(files.jobs.map(\.id.description) == ["a", "b"] && files.jobs.map(\.origin) == ["f", "g"])
        let environment = [
            "SCHEDULER_TIMEZONE": "UTC", "CARILLON_API_PREFIX": "/b", "CARILLON_LOG_LEVEL": "debug",
            "CARILLON_SHUTDOWN_DEADLINE": "5",
        ]
        let variables = try Configuration(sources, environment: environment)
        #expect(variables.zone.identifier == "UTC" && variables.api.prefix == "/b" && variables.api.isEnabled)
        #expect(variables.log.level == .debug && variables.shutdownDeadline == .seconds(5))
        let flags = [
            ConfigurationOverride(flag: "--timezone", setting: "timezone", value: "Europe/Berlin"),
            ConfigurationOverride(flag: "--prefix", setting: "SCHEDULER_API_PREFIX", value: "/c"),
        ]
        let all = try Configuration(sources, environment: environment, overrides: flags)
        #expect(all.zone.identifier == "Europe/Berlin" && all.api.prefix == "/c" && all.jobs.count == 2)
    }

    @Test("Jobs in the environment take the place of those in files")
    func jobs() throws {
        let configuration = try read("jobs: [{id: a, func: t}]", ["CARILLON_JOBS": "[{id: b, func: t}]"])
        #expect(configuration.jobs.map(\.id.description) == ["b"])
    }

    @Test("What does not count is not looked at")
    func overridden() throws {
        let text = "timezone: Mars/Base\nexecutors: 5"
        #expect(problemLines(text).count == 2)
        #expect(problemLines(text, ["SCHEDULER_TIMEZONE": "UTC", "SCHEDULER_EXECUTORS": "{}"]).isEmpty)
    }

    @Test("Every setting can be set in the environment")
    func every() throws {
        let environment = [
            "SCHEDULER_ALLOWED_HOSTS": "[a]", "SCHEDULER_API_ENABLED": "true", "SCHEDULER_API_PREFIX": "/x",
            "SCHEDULER_ENDPOINT_PREFIX": "s.", "SCHEDULER_VIEWS_ENABLED": "true", "SCHEDULER_AUTH": "u:p#a s:s",
            "CARILLON_API_HOSTS": "[h]", "CARILLON_LOG_FORMAT": "json", "CARILLON_LEASE": "12",
            "CARILLON_STATE_DIRECTORY": "*x", "CARILLON_LOG_LEVEL": "'error'", "SCHEDULER_TIMEZONE": "",
        ]
        let configuration = try read(environment: environment)
        #expect(configuration.allowedHosts == ["a"] && configuration.api.isEnabled && configuration.api.prefix == "/x")
        #expect(configuration.api.endpointPrefix == "s." && configuration.api.viewsEnabled)
        // Text needs no quotes, whatever YAML would make of it.
        #expect(configuration.api.authentication == .basic(users: ["u": Secret("p#a s:s")]))
        #expect(
            configuration.api.hosts == ["h"] && configuration.log.format == .json && configuration.log.level == .error)
        #expect(configuration.lease == .seconds(12) && configuration.stateDirectory == "*x")
    }

    @Test(
        "What is wrong with a variable or a flag is told with its name and column",
        arguments: [
            ("SCHEDULER_EXECUTORS", "{a: {type: x}}", "$SCHEDULER_EXECUTORS:1:6: executors.a.type: 'x' is not one of"),
            ("SCHEDULER_EXECUTORS", "{a: ]}", "$SCHEDULER_EXECUTORS:1:5: executors: did not find"),
            ("SCHEDULER_API_ENABLED", "1", "$SCHEDULER_API_ENABLED:1:1: api.enabled: must be true or false, not a"),
            ("CARILLON_LEASE", "x", "$CARILLON_LEASE:1:1: lease: must be a number of seconds"),
            ("SCHEDULER_TIMEZONE", "Mars", "$SCHEDULER_TIMEZONE:1:1: timezone: 'Mars' is not in"),
            ("SCHEDULER_TIMEZONE", "[UTC]", "$SCHEDULER_TIMEZONE:1:1: timezone: must be text, not a list"),
            (
                "SCHEDULER_TIMEZON", "UTC",
                "$SCHEDULER_TIMEZON:1:1: is not a setting; did you mean 'SCHEDULER_TIMEZONE'?"
            ),
            (
                "CARILLON_LOG_LEVLE", "x",
                "$CARILLON_LOG_LEVLE:1:1: is not a setting; did you mean 'CARILLON_LOG_LEVEL'?"
            ),
            ("SCHEDULER_JOBS", "[{id: a}]", "$SCHEDULER_JOBS:1:2: jobs[0]: nothing says what to run"),
        ]
    )
    func wrong(name: String, value: String, expected: String) {
        let problems = problemLines { () throws(ConfigurationError) in _ = try read(environment: [name: value]) }
        #expect(problems.count == 1 && problems.first?.hasPrefix(expected) == true, "\(problems)")
    }

    @Test("Two variables or a wrong flag for one setting are told")
    func clashes() {
        let both = problemLines("{}", ["SCHEDULER_TIMEZONE": "UTC", "CARILLON_TIMEZONE": "UTC"])
        #expect(
            both == ["$SCHEDULER_TIMEZONE:1:1: timezone: $CARILLON_TIMEZONE says the same already; keep one of them"])
        let flag = problemLines("{}", [:], [ConfigurationOverride(flag: "--x", setting: "timezon", value: "UTC")])
        #expect(flag.first?.hasPrefix("--x: 'timezon' is not a key here; did you mean 'timezone'?") == true)
    }

    @Test(
        "Variables that only look like settings may be somebody else's",
        arguments: [
            "SCHEDULER_SERVICE_HOST", "CARILLON_PORT", "CARILLON_PORT_8080_TCP", "SCHEDULER_ADDRESS", "CARILLON_CONFIG",
            "JOBS", "TIMEZONE",
        ])
    func others(name: String) throws { #expect(try read(environment: [name: "tcp://1"]) == Configuration()) }
}
#endif
