#if Configuration
import CarillonConfiguration
import Testing

@Suite("Words of errors")
struct WordingTests {
    @Test(
        "Kinds of values are called as somebody calls them who writes YAML",
        arguments: [
            ("trigger: interval, seconds: '5'", "must be a number of seconds, not text"),
            ("trigger: interval, seconds: ", "must be a number of seconds, not nothing"),
            ("trigger: interval, seconds: [5]", "must be a number of seconds, not a list"),
            ("trigger: interval, seconds: {a: 5}", "must be a number of seconds, not keys and values"),
            ("trigger: cron, hour: [5]", "must be text or a whole number, not a list"),
            ("trigger: or, triggers: 5", "must be a list of triggers, not the number 5"),
            ("trigger: or, triggers: [5]", "a trigger must be keys and values, not the number 5"),
            ("trigger: interval, seconds: 5, timezone: 5", "is text, not the number 5"),
            (
                "history: 5",
                "a history must be keys and values, not the number 5; write it as history: {runs: 1000, days"
            ),
            (
                "retry: 5",
                "a retry policy must be keys and values, not the number 5; write it as retry: {count: 3, delay"
            ),
            (
                "retry: [5]",
                "a retry policy must be keys and values, not a list; write it as retry: {count: 3, delay: 60}"
            ),
            ("max_instances: ", "must be a whole number, not nothing"),
            ("on_failure: 5", "is not the name of a task, or keys and values of 'task' and 'arguments'"),
        ])
    func kinds(text: String, expected: String) {
        let problems = problemLines("jobs:\n- {id: a, func: t, \(text)}")
        #expect(problems.count == 1 && problems.first?.contains(expected) == true, "\(problems)")
    }

    @Test(
        "What is called differently elsewhere is answered with its name here, and nothing follows from it",
        arguments: [
            ("command: x, env: {A: 1}", "jobs[0]: 'env' is not a key here; it is called 'environment' (job"),
            ("command: x, cwd: /", "jobs[0]: 'cwd' is not a key here; it is called 'working_directory'"),
            ("cmd: x", "jobs[0]: 'cmd' is not a key here; it is called 'command'"),
            (
                "command: x, every: 5m",
                "'every' is not a key here; it is called 'trigger', as in trigger: {type: interval"
            ),
            ("command: x, every: 5, seconds: 5", "'every' is not a key here; it is called 'trigger', as in trigger"),
            ("command: x, schedule: '@daily'", #"it is called 'cron', as in cron: "30 2 * * *""#),
            ("command: x, trigger: cron, hour: 5, tz: UTC", "jobs[0]: 'tz' is not a key here; it is called 'timezone'"),
        ])
    func elsewhere(text: String, expected: String) {
        let problems = problemLines("jobs:\n- {id: a, \(text)}")
        #expect(problems.count == 1 && problems.first?.contains(expected) == true, "\(problems)")
    }

    @Test("Settings are told of in the same words")
    func settings() {
        #expect(problemLines("lease: ").first?.hasSuffix("from 1 to 86400, not nothing") == true)
        let executor = problemLines("executors: {default: 20}")
        #expect(
            executor == [
                "f:1:13: executors.default: must be a type, or a type with a number as in default: {type: threadpool, "
                    + "max_workers: 20}, not the number 20"
            ])
        #expect(problemLines("executors: {a: {type: debug, max_workers: x}}").first?.hasSuffix(", not text") == true)
    }

    @Test("What is wrong with a job names it, once its id is known")
    func jobs() {
        let problems = problemLines(
            """
            jobs:
            - {id: ping, func: t, trigger: interval, seconds: x}
            - {func: t, timeout: x}
            - {id: pong, func: t, colour: red, tags: x}
            lease: x
            """)
        #expect(problems.count == 6, "\(problems)")
        let names = problems.map { line in line.contains("(job 'ping')") ? 1 : line.contains("(job 'pong')") ? 2 : 0 }
        #expect(names == [1, 0, 0, 2, 2, 0], "\(problems)")
        #expect(problems.first == "f:2:42: jobs[0].seconds: must be a number of seconds, not text (job 'ping')")
    }
}
#endif
