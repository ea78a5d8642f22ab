#if Configuration
import Carillon
import CarillonConfiguration
import Testing

@Suite("All that is wrong is told at once")
struct AllProblemsTests {
    /// Whether there is a problem for each beginning, in order, and no other.
    private func expect(
        _ text: String, _ expected: [String], location: SourceLocation = #_sourceLocation
    ) {
        let problems = problemLines(text)
        let areRight = zip(problems, expected).allSatisfy { $0.hasPrefix("f:\($1)") }
        #expect(
            problems.count == expected.count && areRight, "\(problems.joined(separator: "\n"))",
            sourceLocation: location)
    }

    @Test("Of the policies of a job, at the keys, also of those within others")
    func policies() {
        expect(
            """
            jobs:
            - id: a
              func: t
              misfire_grace_time: -1
              max_instances: 0
              retry:
                count: x
                coun: 5
                delay: -1
              history: {runs: x, days: y}
              on_failure: {command: 5, umask: 9, colour: red}
              tags: [5, x, 6]
            """,
            [
                "4:3: jobs[0].misfire_grace_time: '-1' is not a number of seconds",
                "5:3: jobs[0].max_instances: '0' is not in 1...",
                "7:5: jobs[0].retry.count: must be a whole number, not text (job 'a')",
                "8:5: jobs[0].retry: 'coun' is not a key here; did you mean 'count'?",
                "9:5: jobs[0].retry.delay: '-1' is not a number of seconds",
                "10:13: jobs[0].history.runs: must be a whole number",
                "10:22: jobs[0].history.days: must be a whole number",
                "11:16: jobs[0].on_failure.command: must be a line for /bin/sh",
                "11:28: jobs[0].on_failure.umask: must be one to four octal digits",
                "11:38: jobs[0].on_failure: 'colour' is not a key here",
                "12:10: jobs[0].tags[0]: must be text", "12:16: jobs[0].tags[2]: must be text",
            ])
    }

    @Test("Of the defaults of jobs, once and at their place, whatever jobs there are")
    func defaults() {
        expect(
            """
            job_defaults:
              max_instances: 0
              coalesce: maybe
              retry: {count: x, delay: y}
              on_failure: {func: shell, kwargs: {comand: x, umask: 9}}
            jobs:
            - {id: a, func: t}
            - {id: b, func: t, priority: 1}
            - {id: c, func: t, priority: x}
            """,
            [
                "2:3: job_defaults.max_instances: '0' is not in", "3:3: job_defaults.coalesce: ",
                "4:11: job_defaults.retry.count: must be",
                #"4:21: job_defaults.retry.delay: "y" is not a number of seconds"#,
                "5:38: job_defaults.on_failure.kwargs: 'comand' is not a key here; did you mean 'command'?",
                "5:49: job_defaults.on_failure.kwargs.umask: must be one to four octal digits",
                "9:20: jobs[2].priority: must be a whole number",
            ])
    }

    @Test("Of what a job runs, at the keys, wherever they stand")
    func tasks() {
        expect(
            """
            jobs:
            - id: a
              command: x
              umask: 9
              kill_after: soon
              environment: {A: [1], "B=C": x, "": y, D: }
            - id: b
              shell: {comand: x, umask: 9}
              kill_after: 5
            - id: c
              url: ftp://h
              method: FETCH
              expect: 99
              headers: {A: [1], "B C": x, D: "1\\n2"}
            - id: d
              url: http://h
              method: GET
              body: x
            """,
            [
                "4:3: jobs[0].umask: must be", "5:3: jobs[0].kill_after: must be",
                "6:17: jobs[0].environment.A: must be text, not a list",
                "6:25: jobs[0].environment: has a name that is empty or has an '=' in it",
                "6:35: jobs[0].environment: has a name that is empty", "6:42: jobs[0].environment.D: is empty",
                "8:11: jobs[1].shell: 'comand' is not a key here; did you mean 'command'?",
                "8:22: jobs[1].shell.umask: must be", "9:3: jobs[1].kill_after: belongs into 'shell'",
                "11:3: jobs[2].url: must begin with http://", "12:3: jobs[2].method: 'FETCH' is not one",
                "13:3: jobs[2].expect: must be a status code", "14:13: jobs[2].headers.A: must be text, not a list",
                "14:21: jobs[2].headers: has a name that no header can have",
                "14:31: jobs[2].headers.D: has a control character in it",
                "17:3: jobs[3].method: must be another than GET and HEAD where there is a body",
            ])
    }

    @Test("Of the arguments of a built-in task that is named, at their keys")
    func arguments() {
        expect(
            """
            jobs:
            - id: a
              func: shell
              kwargs:
                comand: x
                umask: 9
            - id: b
              func: http
              kwargs: {url: 'http://h', timeout: 0, expect: 99}
            - {id: c, func: shell, args: [[]], kwargs: {user: , colour: red}}
            - {id: d, func: shell}
            - {id: e, func: http, args: ['http://h'], kwargs: {url: 'http://i'}}
            - {id: f, func: shell, args: [x], arguments: {kill_after: soon}, trigger: interval, seconds: x}
            """,
            [
                "5:5: jobs[0].kwargs: 'comand' is not a key here; did you mean 'command'?",
                "6:5: jobs[0].kwargs.umask: must be one to four octal digits",
                "9:29: jobs[1].kwargs.timeout: must be a number of seconds",
                "9:41: jobs[1].kwargs.expect: must be a status code",
                "10:31: jobs[2].args.command: names no program",
                "10:53: jobs[2].kwargs: 'colour' is not a key here",
                "11:11: jobs[3].func: the key 'command' is missing among the arguments of 'shell'",
                "12:23: jobs[4].args: gives 'url', which 'kwargs' gives already",
                "13:47: jobs[5].arguments.kill_after: must be a number of seconds",
                "13:85: jobs[5].seconds: must be a number of seconds",
            ])
    }

    @Test("What a program calls 'shell' itself has the arguments that it says")
    func ownTask() throws {
        let text = "jobs: [{id: a, func: shell, args: [5], kwargs: {umask: 9}}]"
        let job = try read(text, argumentOrders: ["shell": ["fish"]]).jobs.first
        #expect(CarillonConfigurationTests.arguments(job) == #"{"umask":9,"fish":5}"#)
    }

    @Test("Of a trigger, at its keys, in each of its forms")
    func triggers() {
        expect(
            """
            jobs:
            - id: a
              func: t
              trigger: cron
              hour: 25
              minute: 61
              timezone: Mars
              secnds: 5
              jitter: -1
            - id: b
              func: t
              trigger:
                type: interval
                hours: x
                minuts: 5
                first_run: never
                end_date: soon
            - id: c
              func: t
              cron: 61 25 * * *
              weekdays: mine
            - id: d
              func: t
              trigger: or
              triggers:
              - {type: date, run_date: soon}
              - {type: cron, hour: 99, minute: 99}
              - {type: crontab, expression: 61 * * * 9}
              - {typ: date}
              - {type: dat}
            """,
            [
                "5:3: jobs[0].hour: '25' is not in 0...23", "6:3: jobs[0].minute: '61' is not in 0...59",
                "7:3: jobs[0].timezone: 'Mars' is not in", "8:3: jobs[0]: 'secnds' is not a key here; did you mean",
                "9:3: jobs[0].jitter: '-1'", "14:5: jobs[1].trigger.hours: must be a whole number, not text",
                "15:5: jobs[1].trigger: 'minuts' is not a key here; did you mean 'minutes'?",
                "16:5: jobs[1].trigger.first_run: 'never' is not one of",
                "17:5: jobs[1].trigger.end_date: 'soon'",
                "20:3: jobs[2].cron.minute: '61' is not in 0...59", "20:3: jobs[2].cron.hour: '25' is not in 0...23",
                "21:3: jobs[2].weekdays: 'mine' is not one of",
                "26:18: jobs[3].triggers[0].run_date: 'soon'", "27:18: jobs[3].triggers[1].hour: '99' is not in",
                "27:28: jobs[3].triggers[1].minute: '99' is not in",
                "28:21: jobs[3].triggers[2].expression.minute: '61' is not in",
                "28:21: jobs[3].triggers[2].expression.day_of_week: '9' is not in",
                "29:5: jobs[3].triggers[3]: the key 'type' is missing",
                "30:6: jobs[3].triggers[4].type: 'dat' is not a kind of trigger; did you mean 'date'?",
            ])
    }

    @Test("What only follows from a mistake is not told besides")
    func consequences() {
        expect(
            """
            jobs:
            - {id: a, func: t, trigger: interval, secnds: 5}
            - {id: b, func: t, trigger: {type: date, run_dat: 2026-01-01}}
            - {id: c, func: t, trigger: cron, hour: 25}
            - {id: d, func: t, trigger: interval, seconds: '${NOTHING}', jitter: x}
            - {id: e, func: t, trigger: crontab, expression: 5 4 * *, jitter: -1}
            """,
            [
                "2:39: jobs[0]: 'secnds' is not a key here", "3:42: jobs[1].trigger: 'run_dat' is not a key here",
                "4:35: jobs[2].hour: '25'", "5:48: jobs[3].seconds: the environment variable 'NOTHING' is not set",
                "5:62: jobs[3].jitter: must be", "6:38: jobs[4].expression: '5 4 * *' has 4 fields",
                "6:59: jobs[4].jitter: '-1'",
            ])
    }

    @Test("A key that is misspelt is not told to be missing besides")
    func misspeltKeys() {
        expect(
            """
            jobs:
            - {id: a, comand: x}
            - {id: b, comand: x, trigger: interval, seconds: 5, umask: "022"}
            - {di: c, command: x}
            - {id: d, command: x, triger: interval, seconds: 5}
            - {id: e, rul: 'http://h', timeout: 5}
            - {id: f, tsak: t, corn: '@daily'}
            jobstores:
              default: {typ: sqlite, path: x}
            """,
            [
                "2:11: jobs[0]: 'comand' is not a key here; did you mean 'command'?",
                "3:11: jobs[1]: 'comand' is not a key here; did you mean 'command'?",
                "4:4: jobs[2]: 'di' is not a key here; did you mean 'id'?",
                "5:23: jobs[3]: 'triger' is not a key here; did you mean 'trigger'?",
                "6:11: jobs[4]: 'rul' is not a key here; did you mean 'url'?",
                "7:11: jobs[5]: 'tsak' is not a key here; did you mean 'task'?",
                "7:20: jobs[5]: 'corn' is not a key here; did you mean 'cron'?",
                "9:13: jobstores.default: 'typ' is not a key here; did you mean 'type'?",
            ])
        // What is missing is told where nothing looks like it.
        expect(
            "jobs:\n- {colour: red}\n- {umask: '022', colour: red}",
            [
                "2:3: jobs[0]: the key 'id' is missing", "2:3: jobs[0]: nothing says what to run",
                "2:4: jobs[0]: 'colour' is not a key here", "3:3: jobs[1]: the key 'id' is missing",
                "3:3: jobs[1]: the key 'command' is missing, to which 'umask' belongs",
                "3:18: jobs[1]: 'colour' is not a key here",
            ])
    }

    @Test("Of words that a value can be, the nearest is named, and text stands in one pair of quotes")
    func words() {
        expect(
            """
            log: {level: inof, format: jsno}
            executors: {x: {type: theradpool}}
            jobs:
            - {id: a, func: t, coalesce: lates, at_limit: quee, recovery: marklost, misfire_grace_time: "5"}
            - {id: b, func: t, coalesce: never, trigger: cornn, retry: {count: 1, errors: TaskFailure}}
            - {id: c, func: t, trigger: {type: interavl, seconds: 5}}
            - {id: d, func: t, trigger: cron, hour: 5, gap: shfit, fold: bth}
            - {id: e, func: t, cron: '@dialy'}
            - {id: f, func: t, executor: defualt}
            """,
            [
                "1:7: log.level: 'inof' is not one of those there are; did you mean 'info'? They are trace, debug",
                "1:20: log.format: 'jsno' is not one of those there are; did you mean 'json'? They are text, json",
                "2:17: executors.x.type: 'theradpool' is not one of those there are; did you mean 'threadpool'?",
                "4:20: jobs[0].coalesce: 'lates' is not one of those there are; did you mean 'latest'? They are latest",
                "4:37: jobs[0].at_limit: 'quee' is not one of those there are; did you mean 'queue'? They are skip",
                "4:53: jobs[0].recovery: 'marklost' is not one of those there are; did you mean 'markLost'?",
                "4:73: jobs[0].misfire_grace_time: \"5\" is not a number of seconds",
                "5:20: jobs[1].coalesce: 'never' is not one of those there are; they are latest, earliest, all, true, false",
                "5:37: jobs[1].trigger: 'cornn' is not a kind of trigger; did you mean 'cron'?",
                "5:71: jobs[1].retry.errors: \"TaskFailure\" is not a list of the names of error types",
                "6:30: jobs[2].trigger.type: 'interavl' is not a kind of trigger; did you mean 'interval'?",
                "7:44: jobs[3].gap: 'shfit' is not one of those there are; did you mean 'shift'? They are once, skip",
                "7:56: jobs[3].fold: 'bth' is not one of those there are; did you mean 'both'? They are first, both",
                "8:20: jobs[4].cron: '@dialy' is not a macro; did you mean '@daily'? The macros are @annually",
                "9:20: jobs[5].executor: 'defualt' is not an executor of this configuration; did you mean 'default'?",
            ])
    }

    @Test("The types of errors that are tried again are those that there are, as far as that is known")
    func errorTypes() throws {
        expect(
            """
            jobs:
            - {id: a, command: x, retry: {count: y, errors: [Timeout]}}
            - {id: b, func: http, args: ['http://h'], retry: {count: 1, errors: [taskfailure, TaskFailure]}}
            - {id: c, func: t, retry: {count: 1, errors: [Timeout]}}
            - {id: d, command: x, retry: {count: 1, errors: [5, TaskFailure]}}
            """,
            [
                "2:31: jobs[0].retry.count: must be a whole number",
                "2:41: jobs[0].retry.errors: 'Timeout' is no type of error of the task 'shell'; all of its errors are",
                "3:61: jobs[1].retry.errors: 'taskfailure' is no type of error of the task 'http'; did you mean 'Task",
                "5:41: jobs[3].retry.errors: '5' is not the name of an error's type",
            ])
        let text = """
            job_defaults: {retry: {count: 1, errors: [TaskFailur]}}
            jobs: [{id: a, command: x, retry: {count: 1, errors: [TaskFailure]}}]
            """
        let configuration = try read(text)
        #expect(configuration.jobs.first?.policies.retry.errors == ["TaskFailure"])
        #expect(
            configuration.remarks.map(\.description) == [
                "f:1:34: job_defaults.retry.errors: does not have 'TaskFailure': runs of the tasks 'shell' and 'http' "
                    + "are not tried again"
            ])
    }

    @Test("A setting of a file is called by the key that was written")
    func keys() {
        expect(
            """
            state: [x]
            SCHEDULER_TIMEZONE: Mars
            SCHEDULER_EXECUTORS: {a: {type: x}}
            api: {prefix: jobs}
            """,
            [
                "1:1: state: must be text, not a list", "2:1: SCHEDULER_TIMEZONE: 'Mars' is not in",
                "3:27: SCHEDULER_EXECUTORS.a.type: 'x' is not one of", "4:7: api.prefix: must be the beginning",
            ])
    }
}
#endif
