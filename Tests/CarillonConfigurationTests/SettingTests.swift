#if Configuration
import Carillon
import CarillonConfiguration
import CarillonTriggers
import Testing

@Suite("Settings")
struct SettingTests {
    @Test("A configuration that says nothing has all defaults", arguments: ["{}", "jobs:", "api:\nlog:\nexecutors:"])
    func defaults(text: String) throws {
        let configuration = try read(text)
        var nothing = Configuration()
        nothing.origins = ["f"]
        #expect(configuration == nothing)
        #expect(configuration.zone.identifier == "UTC")
        #expect(!configuration.api.isEnabled && configuration.api.prefix == "/scheduler")
        #expect(configuration.api.endpointPrefix == "scheduler." && configuration.allowedHosts == ["*"])
        #expect(configuration.lease == .seconds(10) && configuration.shutdownDeadline == .seconds(30))
    }

    @Test("Settings are read in both spellings")
    func spellings() throws {
        let friendly = try read(
            """
            allowed_hosts: [a, b]
            shutdown_deadline: 12.5
            lease: 20
            state_directory: /var/lib/x
            api: {enabled: true, prefix: /jobs/, endpoint_prefix: s., views_enabled: false, hosts: [localhost]}
            log: {level: debug, format: json}
            """)
        #expect(friendly.allowedHosts == ["a", "b"])
        #expect(friendly.shutdownDeadline == .milliseconds(12_500) && friendly.lease == .seconds(20))
        #expect(friendly.stateDirectory == "/var/lib/x")
        #expect(friendly.api.isEnabled && !friendly.api.viewsEnabled)
        #expect(friendly.api.prefix == "/jobs" && friendly.api.endpointPrefix == "s.")
        #expect(friendly.api.hosts == ["localhost"])
        #expect(friendly.log.level == .debug && friendly.log.format == .json)
        let article = try read(
            """
            SCHEDULER_ALLOWED_HOSTS: [a, b]
            SCHEDULER_API_ENABLED: true
            SCHEDULER_API_PREFIX: /jobs
            SCHEDULER_ENDPOINT_PREFIX: s.
            SCHEDULER_VIEWS_ENABLED: false
            shutdown_deadline: 12.5
            lease: 20
            state: /var/lib/x
            api: {hosts: [localhost]}
            log: {level: debug, format: json}
            """)
        #expect(article == friendly)
    }

    @Test("The old name of the API's switch counts where the new one is not given")
    func views() throws {
        #expect(try read("SCHEDULER_VIEWS_ENABLED: true").api.isEnabled)
        #expect(try !read("{SCHEDULER_VIEWS_ENABLED: true, SCHEDULER_API_ENABLED: false}").api.isEnabled)
    }

    @Test(
        "What is wrong with a setting is told with its place and its key",
        arguments: [
            ("timezone: Mars/Base", "1:1: timezone: 'Mars/Base' is not in"),
            ("timezone: 5", "1:1: timezone: must be text, not a number; put it in quotes"),
            ("timezone:", "1:1: timezone: is empty"),
            ("timezone: [UTC]", "1:1: timezone: must be text, not a list"),
            ("{timezone: UTC, SCHEDULER_TIMEZONE: UTC}", "1:17: SCHEDULER_TIMEZONE: says what 'timezone' in line 1"),
            ("{JOBS: [], SCHEDULER_JOBS: []}", "1:12: SCHEDULER_JOBS: says what 'JOBS' in line 1 says already"),
            ("{JOBS: , jobs: []}", "1:10: jobs: says what 'JOBS'"),
            ("{SCHEDULER_API_ENABLED: true, api: {enabled: true}}", "1:37: api.enabled: says what 'SCHEDULER_API_EN"),
            ("{state: a, state_directory: b}", "1:12: state_directory: says what 'state'"),
            ("timezon: UTC", "1:1: 'timezon' is not a key here; did you mean 'timezone'?"),
            (
                "SCHEDULER_TIMEZON: UTC",
                "1:1: 'SCHEDULER_TIMEZON' is not a key here; did you mean 'SCHEDULER_TIMEZONE'?"
            ),
            ("api.enabled: true", "1:1: 'api.enabled' is not a key here"),
            ("api: {enabeld: true}", "1:7: api: 'enabeld' is not a key here; did you mean 'enabled'?"),
            ("api: yes", "1:6: api: must be keys and values, not text"),
            ("api: {enabled: yes}", "1:7: api.enabled: must be true or false, not text"),
            ("api: {prefix: jobs}", "1:7: api.prefix: must be the beginning of a path"),
            ("api: {hosts: localhost}", "1:7: api.hosts: must be a list of texts, not text"),
            ("api: {hosts: [a, 5]}", "1:18: api.hosts[1]: must be text, not a number"),
            ("lease: 0.5", "1:1: lease: must be a number of seconds from 1 to 86400, not the number 0.5"),
            ("lease: soon", "1:1: lease: must be a number of seconds from 1 to 86400, not text"),
            ("shutdown_deadline: -1", "1:1: shutdown_deadline: must be a number of seconds from 0 to 86400"),
            ("log: {level: loud}", "1:7: log.level: 'loud' is not one of those there are; they are trace, debug"),
            ("log: {level: infos}", "1:7: log.level: 'infos' is not one of those there are; did you mean 'info'?"),
            ("job_defaults: {coalesce: maybe}", "1:16: job_defaults.coalesce: 'maybe' is not one of those"),
            ("job_defaults: {seconds: 5}", "1:16: job_defaults: 'seconds' is not a key here; the keys are misfire"),
            (
                "job_defaults: {when_ended: remove}",
                "1:16: job_defaults.when_ended: is not for a file: a job of a file stays, also when it has ended"
            ),
            ("job_defaults: {retry: {coun: 5}}", "1:24: job_defaults.retry: 'coun' is not a key here; did you"),
            ("job_defaults: {retry: {count: -5}}", "1:24: job_defaults.retry.count: '-5' is not in 0...1000000"),
            ("job_defaults: {history: {runs: x}}", "1:26: job_defaults.history.runs: must be a whole number"),
        ]
    )
    func wrong(text: String, expected: String) {
        let problems = problemLines(text)
        #expect(problems.count == 1 && problems.first?.hasPrefix("f:\(expected)") == true, "\(problems)")
    }

    @Test("Executors are named by type in the article's words and in ours", arguments: ExecutorType.allCases)
    func executors(type: ExecutorType) throws {
        for name in type.names {
            let executors = try read("executors: {a: \(name), b: {type: \(name)}}").executors
            #expect(executors == ["a": ExecutorSetting(type: type), "b": ExecutorSetting(type: type)])
        }
        #expect(try read("executors: {a: {type: threadpool}}").executors["a"]?.maxWorkers == 10)
        let error = ExecutorSetting(type: type).notBuiltIn(alias: "a", builtIn: [.threadPool, .async])
        #expect(error.code == .unsupported && error.reason.contains("'\(type.rawValue)'"))
        #expect(error.reason.hasSuffix("it has threadpool, async, asyncio"))
    }

    @Test("The article's names of executors are known")
    func articleExecutors() throws {
        let names = ["threadpool", "processpool", "gevent", "asyncio", "tornado", "twisted", "debug"]
        let types = try names.map { try read("executors: {a: \($0)}").executors["a"]?.type }
        #expect(types == [.threadPool, .processPool, .elastic, .async, .eventLoop, .nioThreadPool, .debug])
    }

    @Test(
        "What is wrong with an executor is told",
        arguments: [
            ("[a]", "1:12: executors: must be keys and values, not a list"),
            (
                "{a: treadpool}",
                "1:13: executors.a: 'treadpool' is not one of those there are; did you mean 'threadpool'?"
            ),
            (
                "{a: {type: x}}",
                "1:17: executors.a.type: 'x' is not one of those there are; they are threadpool, processpool"
            ),
            ("{a: {max_workers: 5}}", "1:13: executors.a: the key 'type' is missing"),
            ("{a: {type: debug, workers: 5}}", "1:30: executors.a: 'workers' is not a key here"),
            ("{a: {type: async, max_workers: 0}}", "1:30: executors.a.max_workers: must be a whole number from 1 to"),
            (
                "{a: {max_workers: 10001, type: threadpool}}",
                "1:17: executors.a.max_workers: must be a whole number from 1 to 10000, not the number 10001"
            ),
            ("{a: {type: async, max_workers: '5'}}", "1:30: executors.a.max_workers: must be a whole number from 1 to"),
            (#"{"": async}"#, "1:13: executors.: a name of an executor has 1 to 200 bytes"),
        ]
    )
    func wrongExecutor(text: String, expected: String) {
        let problems = problemLines("executors: \(text)")
        #expect(problems.count == 1 && problems.first?.hasPrefix("f:\(expected)") == true, "\(problems)")
    }

    @Test("What is understood and has no effect is remarked")
    func remarks() throws {
        let text = """
            executors: {a: {type: debug, max_workers: 5}}
            jobstores: {r: {type: redis, run_times_key: x}}
            jobs: [{id: a, func: t, replace_existing: false}, {id: b, func: t, replace_existing: true}]
            """
        let remarks = try read(text).remarks.map(\.description)
        #expect(remarks.map { $0.prefix(11) } == ["f:1:13: exe", "f:2:30: job", "f:3:25: job"])
    }
}
#endif
