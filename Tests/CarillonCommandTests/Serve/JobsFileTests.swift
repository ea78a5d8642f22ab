import CarillonCommand
import CarillonTriggers
import Testing

@Suite("The jobs file")
struct JobsFileTests {
    /// Reads a text and returns the lines of its problems; none where it is right.
    private func problems(_ text: String) -> [String] { problems(Array(text.utf8)) }

    private func problems(_ bytes: [UInt8]) -> [String] {
        do throws(CommandFailure) {
            _ = try JobsFile(bytes, name: "f")
            return []
        } catch {
            #expect(error.status == .badConfiguration)
            return error.description.split(separator: "\n").map(String.init)
        }
    }

    @Test("A right file is read with its zone, state, triggers and commands")
    func right() throws {
        let text = """
            timezone: Europe/Berlin
            state: here
            jobs:
            - {id: flat, trigger: interval, seconds: 5, command: echo a}
            - id: nested
              trigger: {type: cron, hour: 08, minute: "*/5", timezone: Asia/Tokyo}
              command: [sleep, 1]
            - {id: no, command: true}
            """
        let file = try JobsFile(Array(text.utf8), name: "f")
        #expect(file.zone.identifier == "Europe/Berlin")
        #expect(file.state == "here")
        #expect(file.jobs.map(\.id) == ["flat", "nested", "no"])
        #expect(
            file.jobs.map(\.command) == [["/bin/sh", "-c", "echo a"], ["sleep", "1"], ["/bin/sh", "-c", "true"]])
        let triggers = file.jobs.map { $0.trigger?.json.description }
        let cron = #"{"type":"cron","hour":"8","minute":"*/5","timezone":"Asia/Tokyo"}"#
        #expect(triggers == [#"{"type":"interval","seconds":5,"timezone":"Europe/Berlin"}"#, cron, nil])
    }

    @Test("A zone counts wherever it stands in the file")
    func zoneBehindJobs() throws {
        let text = "jobs:\n- {id: a, command: x, trigger: date, run_date: 2026-07-01 12:00}\ntimezone: Asia/Tokyo\n"
        let trigger = try JobsFile(Array(text.utf8), name: "f").jobs.first?.trigger
        #expect(trigger?.next(after: .earliest)?.formatted(in: .utc) == "2026-07-01T03:00:00+00:00")
    }

    @Test("JSON is read as well")
    func json() throws {
        let text = #"{"jobs": [{"id": "a", "command": ["x"], "trigger": {"type": "interval", "seconds": 1}}]}"#
        #expect(try JobsFile(Array(text.utf8), name: "f").jobs.map(\.id) == ["a"])
    }

    @Test(
        "What is wrong is told with line and column",
        arguments: [
            ("", "1:1: the file is empty"),
            ("# nothing\n", "1:1: the file is empty"),
            ("words", "1:1: a jobs file must consist of keys and values"),
            ("- a", "1:1: a jobs file must consist of keys and values"),
            ("timezone: UTC", "1:1: the key 'jobs' is missing"),
            ("jobs:", "1:1: jobs: must be a list"),
            ("jobs: []", "1:1: jobs: must be a list"),
            ("jobs:\n  - id: a\n command: x\n", "3:2: did not find expected key"),
            ("jobs:\n\t- id: a\n", "2:1: a tab cannot indent"),
            ("jobs: *nothing\n", "1:7: found undefined alias"),
            ("jobs: [1]\n---\njobs: [1]\n", "2:1: expected a single document"),
            ("jobs: [1]\njobs: [2]\n", "1:1: the key 'jobs' stands here more than once"),
            ("jobs:\n- {id: a, command: x, id: b}\n", "2:4: the key 'id' stands here more than once"),
            ("jobs: [{id: a, command: x}]\n<<: {a: b}\nx: y\n", "2:1: merge keys ('<<') are not understood"),
            ("%YAML 3.0\n---\njobs: [1]\n", "1:1: found incompatible YAML document$"),
            ("jobs: [{id: a, command: x}]\nstat: x\n", "2:1: 'stat' is not a key here; did you mean 'state'?"),
            ("jobs: [{id: a, command: x}]\nstate: 5\n", "2:1: state: must be text; put it in quotes"),
            ("jobs: [{id: a, command: x}]\ntimezone: Mars/Base\n", "2:1: timezone: 'Mars/Base' is not in"),
            ("jobs: [{id: a, command: x}]\n? [a]\n: 1\n", "2:3: a key must be text"),
        ]
    )
    func top(text: String, expected: String) {
        // A dollar sign is the end of the line.
        let first = problems(text).first.map { $0 + "$" }
        #expect(first?.hasPrefix("f:\(expected)") == true, "\(problems(text))")
    }

    @Test(
        "What is wrong with a job is told with line and column",
        arguments: [
            ("7", "2:3: a job must consist of keys and values"),
            ("{command: x}", "2:3: the key 'id' is missing"),
            ("{id: a}", "2:3: the key 'command' is missing"),
            ("{id: , command: x}", "2:4: id: is empty"),
            ("{id: 5, command: x}", "2:4: id: must be text; put it in quotes"),
            ("{id: [a], command: x}", "2:4: id: must be text"),
            (#"{id: "a\tb", command: x}"#, "2:4: id: must be text of 1 to 200 bytes"),
            (#"{id: "e\u0301", command: x}"#, "2:4: id: must be text of 1 to 200 bytes"),
            ("{id: a, command: 5}", "2:11: command: must be a line"),
            ("{id: a, command: }", "2:11: command: must be a line"),
            ("{id: a, command: []}", "2:11: command: must be a line"),
            ("{id: a, command: [x, [y]]}", "2:11: command: must be a line"),
            (#"{id: a, command: "x\0y"}"#, "2:11: command: must be a line"),
            ("{id: a, command: x, colour: red}", "2:23: 'colour' is not a key here; the keys are id, trigger, command"),
            ("{id: a, command: x, seconds: 5}", "2:23: 'seconds' is not a key here"),
            ("{id: a, command: x, trigger: intervall}", "2:23: trigger: 'intervall' is not a kind of trigger"),
            ("{id: a, command: x, trigger: }", "2:23: trigger: is a string, not null"),
            ("{id: a, command: x, trigger: [1]}", "2:32: a trigger must consist of"),
            ("{id: a, command: x, trigger: interval}", "2:23: an interval is longer than nothing"),
            ("{id: a, command: x, trigger: date}", "2:23: run_date: is missing"),
            (
                "{id: a, command: x, trigger: interval, secnds: 5}",
                "2:42: 'secnds' is not a key here; did you mean 'seconds'? The keys are seconds, id, trigger, command, weeks"
            ),
            (
                "{id: a, comand: x, command: x, trigger: interval, seconds: 5}",
                "2:11: 'comand' is not a key here; did you mean 'command'?"
            ),
            (
                "{id: a, command: x, trigger: interval, hour: 5, seconds: 5}",
                "2:42: 'hour' is not a key here; did you mean 'hours'?"
            ),
            (
                "{id: a, command: x, trigger: {type: interval, secnds: 5}}",
                "2:49: 'secnds' is not a key here; did you mean 'seconds'? The keys are seconds, type, weeks"
            ),
            (
                "{id: a, command: x, trigger: {type: or, triggers: [{type: interval, seconds: true, secnds: 5}]}}",
                "2:86: triggers[0]: 'secnds' is not a key here; did you mean 'seconds'?"
            ),
            (
                #"{id: a, command: x, trigger: interval, seconds: "5"}"#,
                "2:42: seconds: must be a whole number, not a string"
            ),
            (
                "{id: a, command: x, trigger: interval, seconds: 1.5}",
                "2:42: seconds: must be a whole number, not the number 1.5"
            ),
            (
                "{id: a, command: x, trigger: interval, seconds: true}",
                "2:42: seconds: must be a whole number, not true"
            ),
            ("{id: a, command: x, trigger: cron, type: cron, hour: 5}", "2:38: type: says what 'trigger' says"),
            ("{id: a, command: x, trigger: cron, minute: */5}", "2:47: text that begins with '*' or '&' needs quotes"),
            ("{id: a, command: x, trigger: {type: cron, minute: 61}}", "2:45: minute: '61' is not in 0...59"),
            ("{id: a, command: x, trigger: {type: cron, hour: 1}, minute: 1}", "2:55: 'minute' is not a key here"),
            ("{id: a, command: x, trigger: date, run_date: 2025-13-01}", "2:38: run_date: '2025-13-01' is not a date"),
            (#"{id: a, command: x, trigger: crontab, expression: "1 2 3"}"#, "2:41: expression"),
            (
                "{id: a, command: x, trigger: or, triggers: [{type: date, run_date: 2025-01-01}, {type: cron, hour: 99}]}",
                "2:96: triggers[1].hour: '99'"
            ),
        ]
    )
    func job(text: String, expected: String) {
        let problems = problems("jobs:\n- \(text)\n")
        #expect(problems.contains { $0.hasPrefix("f:\(expected)") }, "\(problems)")
    }

    @Test("All problems of a file are told, by their place")
    func several() {
        let text = "jobs:\n- {id: a, comand: x}\n- {id: a, command: x}\n- {id: a, command: x}\nzone: UTC\n"
        let places = problems(text).map { $0.split(separator: ":").prefix(3).joined(separator: ":") }
        #expect(places == ["f:2:3", "f:2:11", "f:3:4", "f:4:4", "f:5:1"])
    }

    @Test("A misspelt key is told before what is wrong with values because of it")
    func misspeltKeyFirst() {
        let problems = problems("jobs:\n- {id: a, command: x, trigger: interval, seconds: '5', minuts: 5}\n")
        #expect(problems.count == 1 && problems.first?.contains("did you mean 'minutes'?") == true, "\(problems)")
    }

    @Test("A merge key is all that is told of a job or a trigger that has one")
    func merge() {
        let text = "jobs:\n- {<<: {id: a}, comand: x}\n- {id: b, command: x, trigger: {<<: {type: cron}, hour: 5}}\n"
        let places = problems(text).map { $0.split(separator: ":").prefix(4).joined(separator: ":") }
        let words = " merge keys ('<<') are not understood; write the keys out"
        #expect(places == ["f:2:4:\(words)", "f:3:33:\(words)"])
    }

    @Test("A crowd of problems is cut short")
    func crowd() {
        let lines = problems("jobs:\n" + String(repeating: "- {command: x}\n", count: 5000))
        #expect(lines.count == 101)
        #expect(lines.last == "f: and 4900 problems more")
    }

    @Test("A file that is not UTF-8 is refused where it breaks off")
    func notText() {
        #expect(problems(Array("jobs:\n- id: ".utf8) + [0xFF]) == ["f:2:7: the file is not UTF-8 text"])
        #expect(problems(Array("jobs:\n- id: ".utf8) + [0x01]) == ["f:2:7: control characters are not allowed"])
    }

    @Test("A hostile file is refused soon: too large, too deep, or of aliases that explode, in values and in keys")
    func hostile() {
        #expect(problems([UInt8](repeating: 0x23, count: 10_000_001)) == ["f:1:1: the file is larger than 10 MB"])
        #expect(problems(String(repeating: "[", count: 1_000_000)).first?.hasSuffix("nested too deeply") == true)
        var bomb = "a0: &a0 [x, x]\n"
        for level in 1...40 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(problems(bomb).first?.contains("aliases") == true)
        #expect(problems(bomb + "? *a40\n: x\n").first?.contains("aliases") == true)
        // Few enough to be read, too many for a trigger.
        let wide = "[" + String(repeating: "x, ", count: 200) + "]"
        let trigger =
            "{type: or, triggers: [&a \(wide), &b [*a, *a, *a, *a, *a, *a, *a, *a], [*b, *b, *b, *b, *b, *b, *b, *b]]}"
        let problems = problems("jobs:\n- {id: a, command: x, trigger: \(trigger)}\n")
        #expect(problems.first?.hasSuffix("there is too much in here") == true, "\(problems)")
    }
}
