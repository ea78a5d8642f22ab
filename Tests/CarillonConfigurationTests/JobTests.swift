#if Configuration
import Carillon
import CarillonConfiguration
import CarillonTriggers
import Testing

@Suite("Jobs of a configuration")
struct JobTests {
    private func trigger(_ text: String) throws -> String? {
        try read("timezone: Asia/Tokyo\njobs:\n- {id: a, func: t, \(text)}").jobs.first?.trigger?.json.description
    }

    @Test(
        "Triggers are read flat, in one key, and as crontab text",
        arguments: [
            ("trigger: interval, seconds: 5", #"{"type":"interval","seconds":5,"timezone":"Asia/Tokyo"}"#),
            ("trigger: {type: interval, seconds: 5}", #"{"type":"interval","seconds":5,"timezone":"Asia/Tokyo"}"#),
            (
                "trigger: cron, hour: 08, minute: '*/5', timezone: UTC",
                #"{"type":"cron","hour":"8","minute":"*/5","timezone":"UTC"}"#
            ),
            (
                "trigger: crontab, expression: '*/5 * * * *'",
                #"{"type":"crontab","expression":"*/5 * * * *","timezone":"Asia/Tokyo"}"#
            ),
            ("cron: '*/5 * * * *'", #"{"type":"crontab","expression":"*/5 * * * *","timezone":"Asia/Tokyo"}"#),
            (
                "cron: '0 9 * * 1', timezone: UTC, jitter: 3, weekdays: apscheduler",
                #"{"type":"crontab","expression":"0 9 * * 1","weekdays":"apscheduler","timezone":"UTC","jitter":3}"#
            ),
            (
                "trigger: date, run_date: '2026-07-01T12:00:00'",
                #"{"type":"date","run_date":"2026-07-01T12:00:00","timezone":"Asia/Tokyo"}"#
            ),
        ]
    )
    func triggers(text: String, expected: String) throws {
        #expect(try trigger(text) == expected)
    }

    @Test("A job without a trigger has none")
    func once() throws { #expect(try trigger("tags: []") == nil) }

    @Test("A zone counts wherever it stands, and one of a later source counts for all jobs")
    func zone() throws {
        let text = "jobs: [{id: a, func: t, trigger: date, run_date: 2026-07-01 12:00}]\ntimezone: Asia/Tokyo"
        #expect(
            try read(text).jobs.first?.trigger?.next(after: .earliest)?.formatted(in: .utc)
                == "2026-07-01T03:00:00+00:00")
        #expect(
            try read(text, ["SCHEDULER_TIMEZONE": "Europe/Berlin"]).jobs.first?.trigger?.next(after: .earliest)?
                .formatted(in: .utc) == "2026-07-01T10:00:00+00:00")
    }

    @Test("All that a job may have is read")
    func all() throws {
        let text = """
            executors: {fast: threadpool}
            jobstores: {disk: "sqlite:///x"}
            jobs:
            - id: a
              name: A
              func: pkg.jobs:run
              kwargs: {n: 0x1F, f: .5, t: "5", l: [1, null, true], o: {x: ~}}
              trigger: interval
              minutes: 1
              misfire_grace_time: 30
              coalesce: true
              max_instances: 2
              at_limit: queue
              retry: {count: 3, delay: 1, delay_at_most: 60, jitter: 0.5, errors: [Timeout]}
              timeout: 2.5
              recovery: markLost
              priority: 7
              history: {runs: 5, days: 2}
              on_failure: alarm
              tags: [x, y]
              executor: fast
              jobstore: disk
              next_run_time: null
              replace_existing: true
            """
        let job = try #require(try read(text).jobs.first)
        var policies = JobPolicies()
        policies.misfireGrace = .seconds(30)
        policies.coalesce = .latest
        policies.maxInstances = 2
        policies.atLimit = .queue
        policies.retry = RetryPolicy(
            count: 3, backoff: .exponential(first: .seconds(1), atMost: .seconds(60)), jitter: 0.5, errors: ["Timeout"])
        policies.timeout = .milliseconds(2500)
        policies.recovery = .markLost
        policies.priority = 7
        policies.history = History(runs: 5, days: 2)
        policies.onFailure = FailureTask(TaskName("alarm"))
        #expect(job.policies == policies)
        #expect(job.task.description == "pkg.jobs:run")
        #expect(arguments(job) == #"{"n":31,"f":0.5,"t":"5","l":[1,null,true],"o":{"x":null}}"#)
        #expect(job.name == "A" && job.definition(now: .earliest).name == job.name)
        #expect(job.tags == ["x", "y"] && job.executor == "fast" && job.store == "disk" && job.isPaused)
        #expect(job.place.description == "f:4:3")
    }

    @Test("A job's policies stand over the defaults one by one, and null takes a default away")
    func policies() throws {
        let text = """
            job_defaults: {misfire_grace_time: 5, max_instances: 3, timeout: 9, retry: {count: 2}, on_failure: alarm}
            jobs:
            - {id: a, func: t, max_instances: 4}
            - {id: b, func: t, misfire_grace_time: null, timeout: null, retry: null, on_failure: null}
            - {id: c, func: t}
            """
        let configuration = try read(text)
        let (first, second) = (configuration.jobs[0].policies, configuration.jobs[1].policies)
        #expect(first.maxInstances == 4 && first.misfireGrace == .seconds(5) && first.timeout == .seconds(9))
        #expect(second.misfireGrace == nil && second.timeout == nil && second.retry == .none)
        #expect(second.onFailure == nil && second.maxInstances == 3)
        #expect(configuration.jobs[2].policies == configuration.jobDefaults)
    }

    @Test(
        "What runs after a failure is written like what a job runs",
        arguments: [
            ("notify", #""notify""#), ("{task: notify}", #""notify""#), ("{func: notify, kwargs: null}", #""notify""#),
            ("{func: notify, kwargs: {}}", #"{"task":"notify","arguments":{}}"#),
            ("{task: notify, arguments: {to: [me]}}", #"{"task":"notify","arguments":{"to":["me"]}}"#),
            ("{command: 'mail ${WHO}'}", #"{"task":"shell","arguments":{"command":"mail ${WHO}"}}"#),
            (
                "{task: shell, command: [mail, -s, 5], stdin: x}",
                #"{"task":"shell","arguments":{"command":["mail","-s","5"],"stdin":"x"}}"#
            ),
            ("{shell: {command: x}}", #"{"task":"shell","arguments":{"command":"x"}}"#),
            (
                "{task: http, method: post, url: 'http://h', timeout: 5}",
                #"{"task":"http","arguments":{"method":"POST","url":"http://h","timeout":5}}"#
            ),
        ]
    )
    func onFailure(text: String, form: String) throws {
        for configuration in [
            try read("jobs:\n- {id: a, func: t, on_failure: \(text)}", ["WHO": "us"]),
            try read("job_defaults: {on_failure: \(text)}\njobs:\n- {id: a, func: t, priority: 1}", ["WHO": "us"]),
        ] {
            let policies = try #require(configuration.jobs.first?.policies)
            #expect(policies.json.description.contains(#""on_failure":\#(form)"#), "\(policies.json)")
        }
    }

    @Test("A built-in task may be named beside its keys")
    func namedTask() throws {
        let jobs = try read("jobs: [{id: a, task: shell, command: x}, {id: b, func: http, url: 'http://h'}]").jobs
        #expect(jobs.map(\.task.description) == ["shell", "http"])
        #expect(arguments(jobs.first) == #"{"command":"x"}"# && arguments(jobs.last) == #"{"url":"http://h"}"#)
    }

    @Test("Where nothing is written, the defaults are ours and not APScheduler's")
    func ownDefaults() throws {
        let policies = try read("jobs: [{id: a, func: t}]").jobs.first?.policies
        #expect(policies == JobPolicies() && policies?.misfireGrace == nil)
    }

    @Test(
        "What is wrong with a job is told with its place and its key",
        arguments: [
            ("7", "2:3: jobs[0]: a job must consist of keys and values"),
            ("{func: t}", "2:3: jobs[0]: the key 'id' is missing"),
            ("{id: a}", "2:3: jobs[0]: nothing says what to run: give 'func'"),
            ("{id: , func: t}", "2:4: jobs[0].id: is empty"),
            ("{id: 5, func: t}", "2:4: jobs[0].id: must be text, not a number; put it in quotes"),
            (#"{id: "a\tb", func: t}"#, "2:4: jobs[0].id: a job id has no control characters"),
            ("{id: a, func: ''}", "2:11: jobs[0].func: is empty"),
            ("{id: a, func: t, task: t}", "2:20: jobs[0].task: says what 'func' says already"),
            ("{id: a, func: t, command: x}", "2:20: jobs[0].command: does not go with 'func'"),
            (
                "{id: a, func: t, colour: red}",
                "2:20: jobs[0]: 'colour' is not a key here; the keys are id, func, task, command, url, trigger, cron, "
                    + "kwargs, arguments, args, shell, http, tags, executor, jobstore, store, paused, next_run_time, "
                    + "log_output, replace_existing, name, misfire_grace_time, coalesce, max_instances, at_limit, retry, "
                    + "timeout, recovery, priority, history, on_failure, and those of a command, a request or a trigger"
            ),
            (
                "{id: a, func: t, max_instance: 2}",
                "2:20: jobs[0]: 'max_instance' is not a key here; did you mean 'max_instances'? Keys of its kind are "
                    + "misfire_grace_time, coalesce, max_instances, at_limit, retry, timeout, recovery, priority, history, "
                    + "on_failure"
            ),
            (
                "{id: a, command: x, working_directry: /}",
                "2:23: jobs[0]: 'working_directry' is not a key here; did you mean 'working_directory'? Keys of its kind are "
                    + "command, working_directory, environment, environment_file, inherit_environment, user, umask, stdin, "
                    + "stdin_file, kill_after"
            ),
            (
                "{id: a, func: t, trigger: cron, houre: 5}",
                "2:35: jobs[0]: 'houre' is not a key here; did you mean 'hour'? Keys of its kind are year, month, day,"
            ),
            (
                "{id: a, func: t, when_ended: keep}",
                "2:20: jobs[0].when_ended: is not for a file: a job of a file stays, also when it has ended, until the "
                    + "file no longer has it; leave the key out"
            ),
            (
                "{id: a, func: t, on_failure: {task: u, argments: {}}}",
                "2:42: jobs[0].on_failure: 'argments' is not a key here; did you mean 'arguments'? Keys of its kind are task, "
                    + "func, command, url, arguments, kwargs, args, shell, http"
            ),
            ("{id: a, func: t, seconds: 5}", "2:20: jobs[0].seconds: belongs to a trigger, which this job does not"),
            (
                "{id: a, func: t, trigger: intervall}",
                "2:20: jobs[0].trigger: 'intervall' is not a kind of trigger; did"
            ),
            ("{id: a, func: t, trigger: }", "2:20: jobs[0].trigger: is empty"),
            ("{id: a, func: t, trigger: [1]}", "2:29: jobs[0].trigger: a trigger must consist of keys"),
            ("{id: a, func: t, trigger: interval}", "2:20: jobs[0].trigger: an interval is longer than nothing"),
            ("{id: a, func: t, trigger: date}", "2:20: jobs[0].trigger: the key 'run_date' is missing"),
            (
                "{id: a, func: t, trigger: interval, secnds: 5}",
                "2:39: jobs[0]: 'secnds' is not a key here; did you mean"
            ),
            (
                "{id: a, func: t, trigger: interval, seconds: '5'}",
                "2:39: jobs[0].seconds: must be a number of seconds, not text"
            ),
            (
                "{id: a, func: t, trigger: {type: interval, secnds: 5}}",
                "2:46: jobs[0].trigger: 'secnds' is not a key he"
            ),
            (
                "{id: a, func: t, trigger: {type: cron, minute: 61}}",
                "2:42: jobs[0].trigger.minute: '61' is not in 0...5"
            ),
            (
                "{id: a, func: t, trigger: {type: cron, hour: 1}, minute: 1}",
                "2:52: jobs[0].minute: belongs into 'trigger'"
            ),
            ("{id: a, func: t, trigger: cron, type: cron}", "2:35: jobs[0].type: says what 'trigger' says already"),
            (
                "{id: a, func: t, trigger: cron, hour: 1, cron: '* * * * *'}",
                "2:44: jobs[0].cron: says what 'trigger' says alread"
            ),
            ("{id: a, func: t, cron: '* * *'}", "2:20: jobs[0].cron: '* * *' has 3 fields; a crontab expression has"),
            ("{id: a, func: t, cron: '* * * frday *'}", "2:20: jobs[0].cron.month: 'frday' is not understood"),
            (
                "{id: a, func: t, cron: '* * * * *', expression: x}",
                "2:39: jobs[0].expression: says what 'cron' says alr"
            ),
            ("{id: a, func: t, cron: {hour: 5}}", "2:20: jobs[0].cron: must be crontab text"),
            (
                "{id: a, func: t, trigger: or, triggers: [{type: date, run_date: 2025-01-01}, {type: cron, hour: 99}]}",
                "2:93: jobs[0].triggers[1].hour: '99'"
            ),
            ("{id: a, func: t, kwargs: [1]}", "2:20: jobs[0].kwargs: must be keys and values, not a list"),
            ("{id: a, func: t, kwargs: {<<: {a: 1}}}", "2:29: jobs[0].kwargs: merge keys"),
            ("{id: a, func: t, kwargs: {? [a] : 1}}", "2:31: jobs[0].kwargs: a key must be text"),
            ("{id: a, func: t, kwargs: {}, arguments: {}}", "2:32: jobs[0].arguments: says what 'kwargs' says already"),
            ("{id: a, func: t, args: 5}", "2:20: jobs[0].args: must be a list, not a number"),
            ("{id: a, func: t, tags: x}", "2:20: jobs[0].tags: must be a list of texts, not text"),
            ("{id: a, func: t, tags: [x, 5]}", "2:30: jobs[0].tags[1]: must be text"),
            (
                "{id: a, func: t, executor: fsat}",
                "2:20: jobs[0].executor: 'fsat' is not an executor of this configuratio"
            ),
            (
                "{id: a, func: t, jobstore: disk}",
                "2:20: jobs[0].jobstore: 'disk' is not a job store of this configuratio"
            ),
            (
                "{id: a, func: t, jobstore: 'redis://:p@h'}",
                "2:20: jobs[0].jobstore: an address is not a job store of this"
            ),
            ("{id: a, func: t, paused: 1}", "2:20: jobs[0].paused: must be true or false"),
            (
                "{id: a, func: t, paused: true, next_run_time: null}",
                "2:34: jobs[0].next_run_time: says what 'paused' sa"
            ),
            ("{id: a, func: t, next_run_time: 2026-01-01}", "2:20: jobs[0].next_run_time: must be null"),
            (
                "{id: a, func: t, misfire_grace_time: -1}",
                "2:20: jobs[0].misfire_grace_time: '-1' is not a number of sec"
            ),
            ("{id: a, func: t, timeout: 5, retry: 2}", "2:32: jobs[0].retry: a retry policy must be keys and values"),
            ("{id: a, func: t, retry: {count: x}}", "2:28: jobs[0].retry.count: must be a whole number, not text"),
            ("{id: a, func: t, timeout: 0}", "2:20: jobs[0].timeout: '0' is not a number of seconds"),
            ("{id: a, func: t, on_failure: 5}", "2:20: jobs[0].on_failure: '5' is not the name of a task, or keys"),
            ("{id: a, func: t, on_failure: {}}", "2:20: jobs[0].on_failure: nothing says what to run: give 'func'"),
            (
                "{id: a, func: t, on_failure: {comand: x}}",
                "2:33: jobs[0].on_failure: 'comand' is not a key here; did you mean 'command'?"
            ),
            ("{id: a, func: t, on_failure: {command: 5}}", "2:33: jobs[0].on_failure.command: must be a line"),
            ("{id: a, func: t, on_failure: {command: x, url: 'http://h'}}", "2:45: jobs[0].on_failure.url: does"),
            ("{id: a, func: t, on_failure: {task: f, command: x}}", "2:42: jobs[0].on_failure.command: does not go"),
            ("{id: a, func: t, on_failure: {command: x, timeout: 5}}", "2:45: jobs[0].on_failure.timeout: "),
            ("{id: a, func: t, on_failure: {task: f, id: b}}", "2:42: jobs[0].on_failure: 'id' is not a key here"),
            ("{id: a, func: t, on_failure: {task: ''}}", "2:33: jobs[0].on_failure.task: is empty"),
            (
                "{id: a, func: t, max_instance: 2}",
                "2:20: jobs[0]: 'max_instance' is not a key here; did you mean 'max_i"
            ),
        ]
    )
    func wrong(text: String, expected: String) {
        let problems = problemLines("jobs:\n- \(text)\n")
        #expect(problems.count == 1 && problems.first?.hasPrefix("f:\(expected)") == true, "\(problems)")
    }

    @Test("The same id twice is told with both places, also where it stands in two files or in two forms")
    func sameID() {
        #expect(
            problemLines("jobs:\n- {id: \"é\", func: t}\n- {id: \"e\\u0301\", func: t}") == [
                "f:3:4: jobs[1].id: 'é' is the id of the job in line 2 already"
            ])
        let two = problemLines { () throws(ConfigurationError) in
            _ = try Configuration([
                .text("jobs: [{id: a, func: t}]", name: "f"), .text("\njobs: [{id: a, func: t}]", name: "g"),
            ])
        }
        #expect(two == ["g:2:9: jobs[0].id: 'a' is the id of the job in f, line 1, already"])
    }
}
#endif
