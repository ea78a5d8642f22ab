#if Configuration
import Carillon
import CarillonConfiguration
import CarillonTriggers
import Testing

/// The usual example of Flask-APScheduler, with the arguments by name.
@Suite("The article's example")
struct ArticleExampleTests {
    private static let yaml = """
        JOBS:
        - id: job1
          func: jobs:job1
          kwargs: {a: 1, b: 2}
          trigger: interval
          seconds: 10
        SCHEDULER_JOBSTORES:
          default: {type: sqlalchemy, url: sqlite:///jobs.sqlite}
        SCHEDULER_EXECUTORS:
          default: {type: threadpool, max_workers: 20}
          processpool: {type: processpool, max_workers: 5}
        SCHEDULER_JOB_DEFAULTS: {coalesce: False, max_instances: 3}
        SCHEDULER_API_ENABLED: True
        SCHEDULER_TIMEZONE: Asia/Shanghai
        """
    private static let friendly = """
        timezone: Asia/Shanghai
        executors:
          default: {type: threadpool, max_workers: 20}
          processpool: {type: processpool, max_workers: 5}
        jobstores:
          default: sqlite:///jobs.sqlite
        job_defaults: {coalesce: all, max_instances: 3}
        api:
          enabled: true
        jobs:
        - {id: job1, task: "jobs:job1", arguments: {a: 1, b: 2}, trigger: {type: interval, seconds: 10}}
        """
    private static let json = """
        {
        \t"JOBS": [{"id": "job1", "func": "jobs:job1", "kwargs": {"a": 1, "b": 2}, "trigger": "interval", "seconds": 10}],
        \t"SCHEDULER_JOBSTORES": {"default": {"type": "sqlalchemy", "url": "sqlite:///jobs.sqlite"}},
        \t"SCHEDULER_EXECUTORS": {
        \t\t"default": {"type": "threadpool", "max_workers": 20},
        \t\t"processpool": {"type": "processpool", "max_workers": 5}
        \t},
        \t"SCHEDULER_JOB_DEFAULTS": {"coalesce": false, "max_instances": 3},
        \t"SCHEDULER_API_ENABLED": true,
        \t"SCHEDULER_TIMEZONE": "Asia/Shanghai"
        }
        """
    private static let environment = [
        "SCHEDULER_JOBS":
            #"[{"id": "job1", "func": "jobs:job1", "kwargs": {"a": 1, "b": 2}, "trigger": "interval", "seconds": 10}]"#,
        "SCHEDULER_JOBSTORES": "{default: {type: sqlalchemy, url: 'sqlite:///jobs.sqlite'}}",
        "SCHEDULER_EXECUTORS":
            #"{"default": {"type": "threadpool", "max_workers": 20}, "processpool": {"type": "processpool", "max_workers": 5}}"#,
        "SCHEDULER_JOB_DEFAULTS": "coalesce: False\nmax_instances: 3",
        "SCHEDULER_API_ENABLED": "True",
        "SCHEDULER_TIMEZONE": "Asia/Shanghai",
    ]
    private static let friendlyEnvironment = [
        "CARILLON_JOBS": "[{id: job1, task: 'jobs:job1', arguments: {a: 1, b: 2}, trigger: interval, seconds: 10}]",
        "CARILLON_JOBSTORES": "default: sqlite:///jobs.sqlite",
        "CARILLON_EXECUTORS":
            "{default: {type: threadpool, max_workers: 20}, processpool: {type: processpool, max_workers: 5}}",
        "CARILLON_JOB_DEFAULTS": "{coalesce: all, max_instances: 3}",
        "CARILLON_API_ENABLED": "true",
        "CARILLON_TIMEZONE": "Asia/Shanghai",
    ]

    @Test("It means the same in YAML, in JSON, with lower-case keys and in the environment", arguments: 0..<5)
    func same(form: Int) throws {
        let configuration =
            switch form {
            case 0: try read(Self.yaml)
            case 1: try read(Self.friendly)
            case 2: try read(Self.json)
            case 3: try read(environment: Self.environment)
            default: try read(environment: Self.friendlyEnvironment)
            }
        #expect(configuration.zone.identifier == "Asia/Shanghai")
        #expect(
            configuration.executors == [
                "default": ExecutorSetting(type: .threadPool, maxWorkers: 20),
                "processpool": ExecutorSetting(type: .processPool, maxWorkers: 5),
            ])
        #expect(configuration.jobStores.mapValues(\.address.description) == ["default": "sqlite:///jobs.sqlite"])
        #expect(configuration.jobStores["default"]?.address.path == "jobs.sqlite")
        var policies = JobPolicies()
        policies.coalesce = .all
        policies.maxInstances = 3
        #expect(configuration.jobDefaults == policies)
        #expect(configuration.api.isEnabled)
        let job = try #require(configuration.jobs.first)
        #expect(configuration.jobs.count == 1)
        #expect(job.id.description == "job1")
        #expect(job.task.description == "jobs:job1")
        #expect(arguments(job) == #"{"a":1,"b":2}"#)
        #expect(
            job.trigger?.json.description == #"{"type":"interval","seconds":10,"timezone":"Asia/Shanghai"}"#)
        #expect(job.policies == policies)
        #expect(job.executor == "default" && job.store == "default" && !job.isPaused)
        #expect(job.origin == ["f", "f", "f", "$SCHEDULER_JOBS", "$CARILLON_JOBS"][form])
    }

    @Test("Arguments by position are refused where their order is not known, and taken where it is")
    func positional() throws {
        let text = "JOBS: [{id: job1, func: 'jobs:job1', args: [1, 2], trigger: interval, seconds: 10}]"
        #expect(
            problemLines(text) == [
                "f:1:38: JOBS[0].args: the order of the arguments of 'jobs:job1' is not known: give them by name, "
                    + "as in kwargs: {name: value} (job 'job1')"
            ])
        let read = try read(text, argumentOrders: ["jobs:job1": ["a", "b", "c"]])
        #expect(arguments(read.jobs.first) == #"{"a":1,"b":2}"#)
    }

    @Test("A definition has the job's parts, and a job without a trigger is due now")
    func definition() throws {
        let job = try #require(try read("jobs: [{id: a, func: t, tags: [x]}]").jobs.first)
        let now = Instant(microseconds: 1_800_000_000_000_000)
        let definition = job.definition(now: now)
        #expect(definition.trigger == .date(now.date))
        #expect(definition.task.description == "t" && definition.tags == ["x"] && definition.origin == "f")
    }
}
#endif
