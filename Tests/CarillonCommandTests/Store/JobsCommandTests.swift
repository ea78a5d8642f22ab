#if Command
import Carillon
import CarillonTriggers
import Foundation
import Testing

@Suite("carillon jobs", .fewAtOnce)
struct JobsCommandTests {
    @Test("A job that waits out its jitter is due in the future, and its scheduled time is told beside")
    func jitter() async throws {
        let job = try StoreFixture.job("a")
        let fixture = try await StoreFixture([job])
        let now = Instant(.now)
        try await fixture.store.edit(job.id, at: now) { snapshot in
            var change = JobChange(job: snapshot.job)
            change.job.next = Job.Next(
                scheduled: now.advanced(byMicroseconds: -60_000_000), due: now.advanced(byMicroseconds: 90_000_000_000))
            return change
        }
        let shown = try await fixture.carillon("jobs", "show", "a")
        let next = shown.output.first { $0.hasPrefix("next ") }
        #expect(next?.contains(", in ") == true && next?.contains("ago") == false, "\(shown)")
        #expect(
            shown.output.contains { $0.hasPrefix("scheduled ") && $0.contains("it waits out its jitter") }, "\(shown)")
        let listed = try await fixture.carillon("jobs", "list")
        #expect(listed.text.contains("in 1 day") && !listed.text.contains("ago"), "\(listed)")
    }

    @Test(
        "What is said of a job is what the store gets",
        arguments: [
            (["--cron", "30 2 * * *", "-z", "Europe/Berlin"], "at 02:30, Berlin time"),
            (["--cron", "@hourly"], "every hour"),
            (["--at", "2099-12-24T18:00", "-z", "Europe/Berlin"], "once, on Thursday 24 December 2099 at 18:00"),
            (["--trigger", #"{"type": "calendarinterval", "months": 1}"#], "every month"),
            (["--every", "1h30m"], "every 90 minutes"),
            (["--every", "45"], "every 45 seconds"),
        ]
    )
    func triggers(options: [String], words: String) async throws {
        let fixture = try await StoreFixture()
        let arguments = ["jobs", "add", "a"] + options + ["--", "true"]
        let run = try await CommandRun.carillon(arguments, variables: ["STATE_DIRECTORY": fixture.folder])
        #expect(run.status == 0, "\(run)")
        let trigger = try await fixture.store.snapshot(JobID("a"), at: Instant(.now)).job.definition.trigger
        let told = trigger.description
        #expect(told.contains(words) || (words == "every 90 minutes" && told.contains("5400")), "\(told)")
    }

    @Test("Policies, tags and the command are kept; edit changes only what is given")
    func policies() async throws {
        let fixture = try await StoreFixture()
        let added = try await fixture.carillon(
            "jobs", "add", "a", "--every", "1h", "--misfire-grace", "90", "--coalesce", "all", "--max-instances", "3",
            "--at-limit", "queue", "--retry", "2", "--retry-delay", "10s", "--retry-delay-at-most", "1m", "--timeout",
            "1h", "--recovery", "markLost", "--priority", "-5", "--history-runs", "7", "--history-days", "8",
            "--on-failure", "alarm", "--tag", "x", "--tag", "y", "--executor", "slow", "--", "pg_dump", "-f", "a b")
        #expect(added.status == 0, "\(added)")
        let old = try await fixture.store.snapshot(JobID("a"), at: Instant(.now)).job.definition
        #expect(old.policies.misfireGrace == .seconds(90))
        #expect(old.policies.coalesce == .all)
        #expect(old.policies.maxInstances == 3)
        #expect(old.policies.atLimit == .queue)
        #expect(
            old.policies.retry
                == RetryPolicy(count: 2, backoff: .exponential(first: .seconds(10), atMost: .seconds(60))))
        #expect(old.policies.timeout == .seconds(3600))
        #expect(old.policies.recovery == .markLost)
        #expect(old.policies.priority == -5)
        #expect(old.policies.history == History(runs: 7, days: 8))
        #expect(old.policies.onFailure?.task.description == "alarm")
        #expect(old.tags == ["x", "y"])
        #expect(old.executor == "slow")
        #expect(String(decoding: old.arguments, as: UTF8.self) == #"{"command":["pg_dump","-f","a b"]}"#)

        let edited = try await fixture.carillon("jobs", "edit", "a", "--timeout", "none", "--", "echo hi | cat")
        #expect(edited.status == 0, "\(edited)")
        var expected = old
        expected.policies.timeout = nil
        expected.arguments = Array(#"{"command":"echo hi | cat"}"#.utf8)
        #expect(try await fixture.store.snapshot(JobID("a"), at: Instant(.now)).job.definition == expected)
    }

    @Test("A job has a name beside its id, which edit changes and takes away")
    func names() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("b")])
        let unnamed = try await fixture.carillon("jobs", "list")
        #expect(unnamed.output.first?.contains("NAME") == false, "\(unnamed)")
        let added = try await fixture.carillon(
            "jobs", "add", "a", "--name", "The nightly backup", "--every", "1h", "--", "true")
        #expect(added.status == 0, "\(added)")
        #expect(try await fixture.store.snapshot(JobID("a"), at: Instant(.now)).job.name == "The nightly backup")
        let listed = try await fixture.carillon("jobs", "list")
        #expect(listed.output.first?.contains("NAME") == true, "\(listed)")
        #expect(listed.output.dropFirst().first?.contains("The nightly backup") == true, "\(listed)")
        let shown = try await fixture.carillon("jobs", "show", "a")
        #expect(shown.output.contains { $0.hasPrefix("name ") && $0.hasSuffix("The nightly backup") }, "\(shown)")
        let json = try await fixture.carillon("jobs", "list", "--json")
        #expect(json.text.contains(#""id":"a","name":"The nightly backup""#), "\(json)")
        #expect(try await fixture.carillon("jobs", "edit", "a", "--name", "Backup").status == 0)
        #expect(try await fixture.store.snapshot(JobID("a"), at: Instant(.now)).job.name == "Backup")
        #expect(try await fixture.carillon("jobs", "edit", "a", "--name", "").status == 0)
        #expect(try await fixture.store.snapshot(JobID("a"), at: Instant(.now)).job.definition.name == nil)
        let refused = try await fixture.carillon("jobs", "edit", "a", "--name", "a\tb")
        #expect(
            refused.status == 65 && refused.error.contains("a name of a job has no control characters"), "\(refused)")
    }

    @Test("A task for failed runs has arguments of its own, which another one does not take over")
    func onFailure() async throws {
        let fixture = try await StoreFixture()
        func policies() async throws -> JSONValue {
            try await fixture.store.snapshot(JobID("a"), at: Instant(.now)).job.definition.policies.json
        }
        let add = ["jobs", "add", "a", "--on-failure", "shell"]
        for (arguments, problem) in [
            ([], "needs arguments of its own: give --on-failure-arguments"),
            (["--on-failure-arguments", "[1]"], "--on-failure-arguments: must be a JSON object"),
            (["--on-failure-arguments", #"{"comand": "x"}"#], "did you mean 'command'?"),
        ] {
            let refused = try await fixture.carillon(add + arguments + ["--", "true"])
            #expect(refused.status == 65 && refused.errors.joined().contains(problem), "\(refused)")
        }
        let line = try await fixture.carillon("jobs", "add", "line", "--on-failure", "mail -s x me", "--", "true")
        #expect(line.error.contains("a command is given by --on-failure shell --on-failure-arguments '{"), "\(line)")
        let given = ["--on-failure-arguments", #"{"command": "mail  me"}"#]
        #expect(try await fixture.carillon(add + given + ["--", "true"]).status == 0)
        let form = #"{"on_failure":{"task":"shell","arguments":{"command":"mail  me"}}}"#
        #expect(try await policies().description == form)
        let shown = try await fixture.carillon("jobs", "show", "a", "--json")
        #expect(shown.output.joined().contains(#""policies":\#(form)"#), "\(shown)")
        let other = [given[0], #"{"command":"x"}"#]
        #expect(try await fixture.carillon(["jobs", "edit", "a"] + other).status == 0)
        #expect(try await policies().description.contains(#""arguments":{"command":"x"}"#))
        #expect(try await fixture.carillon("jobs", "edit", "a", "--on-failure", "tell").status == 0)
        #expect(try await policies().description == #"{"on_failure":"tell"}"#)
        #expect(try await fixture.carillon("jobs", "edit", "a", "--on-failure", "none").status == 0)
        let none = try await fixture.carillon(["jobs", "edit", "a"] + given)
        #expect(none.status == 65 && none.errors.joined().contains("there is no task for failed runs"), "\(none)")
    }

    @Test("Another command leaves the rest of the arguments")
    func commandOfMore() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        #expect(try await fixture.carillon("jobs", "edit", "a", "--", "false").status == 0)
        let arguments = try await fixture.store.snapshot(JobID("a"), at: Instant(.now)).job.definition.arguments
        #expect(String(decoding: arguments, as: UTF8.self) == #"{"command":["false"],"working_directory":"/tmp"}"#)
    }

    @Test(
        "An id that is taken",
        arguments: [("fail", 1, "true"), ("keep", 0, "true"), ("replace", 0, "false")] as [(String, Int32, String)]
    )
    func taken(policy: String, status: Int32, command: String) async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let run = try await fixture.carillon(
            "jobs", "add", "a", "--cron", "0 12 * * *", "-z", "Europe/Berlin", "--if-exists", policy, "--", "false")
        #expect(run.status == status, "\(run)")
        let job = try await fixture.store.snapshot(JobID("a"), at: Instant(.now)).job
        #expect(String(decoding: job.definition.arguments, as: UTF8.self).contains(#"["\#(command)"]"#))
        #expect(job.generation == 1)
    }

    @Test("A job that is paused is not told to be due")
    func paused() async throws {
        let fixture = try await StoreFixture()
        let words = "it is paused, and comes at its next time after 'carillon jobs resume 'a b''"
        let added = try await fixture.carillon("jobs", "add", "a b", "--every", "2s", "--paused", "--", "true")
        #expect(added.output == ["Added 'a b': every 2 seconds; \(words)"], "\(added)")
        let edited = try await fixture.carillon("jobs", "edit", "a b", "--every", "3s")
        #expect(edited.output == ["Changed 'a b': every 3 seconds; \(words)"], "\(edited)")
        let shown = try await fixture.carillon("jobs", "show", "a b")
        #expect(shown.output.contains("next     at its next time after 'carillon jobs resume 'a b''"), "\(shown)")
        #expect(try await fixture.carillon("jobs", "resume", "a b").status == 0)
        #expect(try await fixture.carillon("jobs", "show", "a b").text.contains("next     at") == false)
        // What was to run once, now, has had its time.
        let once = try await fixture.carillon("jobs", "add", "once", "--paused", "--", "true")
        #expect(
            once.text.hasSuffix("comes no more: none of its times is left, and 'carillon jobs resume once' ends it"))
    }

    @Test("An executor that the named configuration does not have is warned of, as no server would take the runs")
    func executors() async throws {
        let fixture = try await StoreFixture()
        let config = "\(fixture.folder)/c.yaml"
        try "executors: {slow: debug}".write(toFile: config, atomically: true, encoding: .utf8)
        func errors(_ id: String, _ executor: String, _ options: String...) async throws -> [String] {
            let add = ["jobs", "add", id, "--executor", executor] + options + ["--", "true"]
            let run = try await fixture.carillon(add)
            #expect(run.status == 0, "\(run)")
            return run.errors
        }
        #expect(try await errors("a", "slow", "--config", config) == [])
        #expect(try await errors("b", "fast") == [])
        let expected =
            "Warning: the runs of job 'c' wait for a server that has the executor 'slwo'; did you mean 'slow'? "
            + "The configuration has default, slow"
        #expect(try await errors("c", "slwo", "--config", config) == [expected])
        let edited = try await fixture.carillon("jobs", "edit", "b", "--priority", "1", "--config", config)
        #expect(edited.errors.first?.contains("has the executor 'fast'; the configuration has default, slow") == true)
    }

    @Test("A job whose last time a pause has skipped is told to have ended")
    func resumedTooLate() async throws {
        let fixture = try await StoreFixture()
        #expect(try await fixture.carillon("jobs", "add", "once", "--paused", "--", "true").status == 0)
        let resumed = try await fixture.carillon("jobs", "resume", "once")
        #expect(resumed.output == ["'once': resumed"] && resumed.status == 0, "\(resumed)")
        #expect(resumed.errors == ["Warning: job 'once' has ended: the pause has skipped the last of its times"])
    }

    @Test("Another trigger is read in the zone of the one before, unless another zone is given")
    func zone() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let kept = try await fixture.carillon("jobs", "edit", "a", "--cron", "0 4 * * *")
        #expect(kept.text.contains("at 04:00, Berlin time"), "\(kept)")
        let other = try await fixture.carillon("jobs", "edit", "a", "--cron", "0 4 * * *", "-z", "UTC")
        #expect(other.text.contains("at 04:00, UTC"), "\(other)")
    }

    @Test("What was exported and is imported over itself is unchanged, also where arguments were written with blanks")
    func exportedAgain() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let arguments = #"{ "command": [ "true" ], "kill_after": 1.50 }"#
        let added = try await fixture.carillon("jobs", "add", "b", "--task", "shell", "--arguments", arguments)
        #expect(added.status == 0, "\(added)")
        let export = try await fixture.carillon("jobs", "export").text
        let again = try await fixture.carillon("jobs", "import", "-", "--if-exists", "replace", input: export)
        #expect(again.output == ["2 unchanged"], "\(again)")
    }

    @Test("Pause, resume, run and remove, and what is told of ids that are not there")
    func actions() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a"), try StoreFixture.job("b")])
        func state(_ id: String) async throws -> Job.State {
            try await fixture.store.snapshot(JobID(id), at: Instant(.now)).job.state
        }
        let paused = try await fixture.carillon("jobs", "pause", "a", "nope", "b")
        #expect(paused.status == 1)
        #expect(paused.output == ["'a': paused", "'b': paused"])
        #expect(paused.errors == ["Error: there is no job 'nope'"])
        #expect(try await fixture.carillon("jobs", "pause", "a").output == ["'a': already paused"])
        #expect(try await state("b") != .active)
        #expect(try await fixture.carillon("jobs", "resume", "a", "b").output == ["'a': resumed", "'b': resumed"])
        #expect(try await state("b") == .active)
        let run = try #require(try await fixture.json("jobs", "run", "a") as? [String: Any])
        #expect(run["state"] as? String == "ready")
        #expect(run["kind"] as? String == "manual")
        let removed = try await fixture.carillon("jobs", "remove", "a", "a")
        #expect(removed.status == 1)
        #expect(removed.output == ["'a': removed"])
        #expect(removed.errors.first?.hasPrefix("Error: there is no job 'a' any more: it has run") == true)
        #expect(try await fixture.carillon("jobs", "show", "a").status == 1)
    }

    @Test(
        "Bad input is refused with the status of its kind, and nothing is written",
        arguments: [
            (["lst"], 64, "did you mean 'jobs list'?"),
            (["show", "nope"], 1, "there is no job 'nope'"),
            (["show", String(repeating: "x", count: 300)], 65, "has 300"),
            (["show", ""], 65, "1 to 200 bytes"),
            (["add", "z"], 64, "say what to run"),
            (["add", "z", "--cron", "61 * * * *", "--", "true"], 65, "--cron: minute: '61'"),
            (["add", "z", "--every", "5x", "--", "true"], 64, "not a length of time"),
            (["add", "z", "--every", "99999999999999999999", "--", "true"], 64, "not a length of time"),
            (["add", "z", "--every", "0", "--", "true"], 64, "no interval"),
            (["add", "z", "--every", "5m", "--cron", "@daily", "--", "true"], 64, "one trigger"),
            (["add", "z", "--at", "soon", "--", "true"], 65, "--at:"),
            (
                ["add", "z", "--coalesce", "latst", "--", "true"], 64,
                "did you mean 'latest'? They are latest, earliest"
            ),
            (["add", "z", "--at-limit", "quee", "--", "true"], 64, "did you mean 'queue'?"),
            (["add", "z", "--recovery", "marklost", "--", "true"], 64, "did you mean 'markLost'?"),
            (["add", "z", "--if-exists", "kep", "--", "true"], 64, "did you mean 'keep'?"),
            (["add", "z", "--", ""], 64, "the command behind -- names no program"),
            (["add", "z", "--", "  "], 64, "the command behind -- names no program"),
            (["add", "z", "--task", "shell"], 65, "'command' is missing"),
            (["add", "z", "--task", "shell", "--arguments", #"{"command": ""}"#], 65, "'command' is empty"),
            (["add", "z", "--task", "shell", "--arguments", #"{"command": [" "]}"#], 65, "names no program"),
            (["add", "z", "--trigger", "{", "--", "true"], 65, "--trigger:"),
            (["add", "z", "--cron", "@daily", "-z", "Europe/Berln", "--", "true"], 64, "Europe/Berlin"),
            (["add", "z", "--task", "shell", "--arguments", "[1]"], 65, "must be a JSON object"),
            (["add", "z", "--task", "shell", "--arguments", #"{"comand": "x"}"#], 65, "did you mean 'command'"),
            (["add", "z", "--task", "http", "--arguments", "{}"], 65, "url"),
            (["add", "z", "--task", "x", "--", "true"], 64, "a command or a task"),
            (["add", "z", "--max-instances", "0", "--", "true"], 65, "maxInstances is 0; it is 1 to 1000000"),
            (["add", "z", "--coalesce", "sometimes", "--", "true"], 64, "coalesce"),
            (["edit", "a", "--if-version", "7", "--priority", "1"], 1, "has version 1, not 7"),
            (["edit", "a", "-z", "UTC"], 64, "--timezone"),
            (["list", "--limit", "0"], 64, "1 to 1000000"),
            (["list", "--limit", "99999999999999999999"], 64, "limit"),
            (["list", "--state", "asleep"], 64, "asleep"),
            (["list", "--store", "mongodb://localhost"], 69, "is not available in this version"),
            (["list", "--store", "nonsense"], 64, "the aliases are 'default'"),
            (["list", "--config", "/nowhere.yaml"], 66, "/nowhere.yaml"),
            (["import", "/nowhere.json"], 66, "No such file"),
        ] as [([String], Int32, String)]
    )
    func badInput(arguments: [String], status: Int32, words: String) async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let run = try await CommandRun.carillon(
            ["jobs"] + arguments, variables: ["STATE_DIRECTORY": fixture.folder])
        #expect(run.status == status, "\(run)")
        #expect(run.error.contains(words), "\(run)")
        #expect(run.output.isEmpty, "\(run)")
        #expect(try await fixture.store.jobs(JobFilter(), page: Page()).count == 1)
    }

    @Test("Filters and pages")
    func pages() async throws {
        let ids = (1...7).map { "job-\($0)" }
        let fixture = try await StoreFixture(
            try ids.map { try StoreFixture.job($0, tags: $0 == "job-3" ? ["night"] : [], isPaused: $0 == "job-5") })
        func listed(_ arguments: String...) async throws -> [String] {
            let run = try await CommandRun.carillon(
                ["jobs", "list", "--json"] + arguments, variables: ["STATE_DIRECTORY": fixture.folder])
            let rows = try JSONSerialization.jsonObject(with: Data(run.text.utf8)) as? [[String: Any]]
            return try #require(rows).compactMap { $0["id"] as? String }
        }
        #expect(try await listed() == ids)
        #expect(try await listed("--limit", "3") == ["job-1", "job-2", "job-3"])
        #expect(try await listed("--limit", "3", "--after", "job-3") == ["job-4", "job-5", "job-6"])
        #expect(try await listed("--tag", "night") == ["job-3"])
        #expect(try await listed("--state", "paused") == ["job-5"])
        #expect(try await listed("--text", "b-7") == ["job-7"])
        #expect(try await listed("--task", "http") == [])
        #expect(try await listed("--sort", "due", "--after", "job-6") == ["job-7"])
        #expect(try await listed("--parked") == [])
    }

    @Test("A list says of a paused job neither when it comes nor that it came; as JSON it has the time it stands at")
    func pausedInList() async throws {
        let fixture = try await StoreFixture([
            try StoreFixture.job("a"), try StoreFixture.job("b", isPaused: true),
        ])
        let listed = try await fixture.carillon("jobs", "list")
        let words = listed.output.map { $0.split(separator: " ").map(String.init) }
        #expect(words.first?.prefix(4) == ["ID", "STATE", "NEXT", "WHEN"], "\(listed)")
        #expect(words.contains { $0.starts(with: ["a", "active"]) && $0.contains("12:00:00") }, "\(listed)")
        #expect(words.contains { $0.starts(with: ["b", "paused"]) && !$0.contains("12:00:00") }, "\(listed)")
        #expect(listed.output.contains { $0.hasPrefix("b ") && !$0.contains(" in ") }, "\(listed)")
        let objects = try #require(try await fixture.json("jobs", "list") as? [[String: Any]])
        #expect(objects.allSatisfy { $0["next_scheduled"] is String }, "\(objects)")
    }

    @Test("Several configurations add up, as for 'serve'")
    func severalConfigurations() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let folder = try TemporaryFolder()
        let store = try folder.write("state_directory: \(fixture.folder)", to: "store.yaml")
        let executors = try folder.write("executors: {slow: debug}", to: "executors.yaml")
        let both = ["--config", store, "--config", executors]
        let listed = try await CommandRun.carillon(["jobs", "list"] + both)
        #expect(listed.status == 0 && listed.output.last?.hasPrefix("a ") == true, "\(listed)")
        let add = ["jobs", "add", "b", "--executor", "slow"]
        let added = try await CommandRun.carillon(add + both + ["--", "true"])
        #expect(added.status == 0 && added.errors.isEmpty, "\(added)")
        let empty = try await CommandRun.carillon(["jobs", "list", "--config", store, "--config", ""])
        #expect(empty.status == 64 && empty.error.contains("--config: is empty"), "\(empty)")
    }

    @Test(
        "A misspelt word gets the nearest one",
        arguments: [
            (["jobs", "list", "--state", "pause"], "paused"), (["jobs", "list", "--sort", "deu"], "due"),
            (["runs", "list", "--state", "runing"], "running"), (["runs", "list", "--outcome", "fialed"], "failed"),
            (["jobs", "export", "--state", "endet"], "ended"), (["runs", "follow", "--kind", "manuel"], "manual"),
            (["runs", "list", "--kind", "manuel"], "manual"), (["runs", "list", "--kind", "on-failur"], "onFailure"),
        ])
    func nearestWord(arguments: [String], word: String) async throws {
        let run = try await CommandRun.carillon(arguments)
        #expect(run.status == 64, "\(run)")
        #expect(run.error.contains("it is not one of those there are; did you mean '\(word)'? They are "), "\(run)")
    }

    @Test("Tables fit the width, and are whole where nobody says one", arguments: [40, 60, 80, 120])
    func width(columns: Int) async throws {
        let fixture = try await StoreFixture([
            try StoreFixture.job("a-job-with-quite-a-long-name-\(String(repeating: "x", count: 60))", tags: ["night"])
        ])
        let narrow = try await fixture.carillon("jobs", "list", variables: ["COLUMNS": "\(columns)"])
        // A name that is too long is whole, on a line of its own, and the rest of its row stands below.
        let name = "a-job-with-quite-a-long-name-\(String(repeating: "x", count: 60))"
        #expect(narrow.output.allSatisfy { $0.count <= columns || $0 == name }, "\(narrow.text)")
        #expect(narrow.output.count == 3 && narrow.output[1] == name, "\(narrow.text)")
        #expect(narrow.output.last?.contains(#/ active +(\S+ \S+ \S+ \S+ +)?in \d+ /#) == true, "\(narrow.text)")
        let whole = try await fixture.carillon("jobs", "list")
        #expect(whole.text.contains(String(repeating: "x", count: 60)))
        #expect(whole.text.contains("night"))
        #expect(!whole.text.contains("\u{1B}"))
    }

    @Test("Where there is little room the widest columns give alike, and empty ones are left out")
    func room() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a-job-with-quite-a-long-name-indeed-as-some-have")])
        let added = try await fixture.carillon(
            "jobs", "add", "b", "--cron", "0,15,30,45 9-17 * * mon-fri", "-z", "Europe/Berlin", "--", "true")
        #expect(added.status == 0, "\(added)")
        let list = try await fixture.carillon("jobs", "list", variables: ["COLUMNS": "80"])
        #expect(list.output.first?.contains(/^ID {14,}STATE {3}WHEN +TRIGGER$/) == true, "\(list.text)")
        #expect(list.output.last?.contains("every 15 minutes from") == true, "\(list.text)")
    }

    @Test("A repetition is listed without the time that it counts from")
    func summary() async throws {
        let fixture = try await StoreFixture()
        let added = try await fixture.carillon("jobs", "add", "b", "--every", "90", "--", "true")
        #expect(added.text.contains("Added 'b': every 90 seconds; next "), "\(added)")
        let list = try await fixture.carillon("jobs", "list")
        #expect(list.output.last?.contains("every 90 seconds  shell") == true, "\(list)")
        #expect(try await fixture.carillon("jobs", "show", "b").text.contains("every 90 seconds, from 20"))
    }

    @Test("A hundred thousand jobs are listed to the limit, also into a pipe that nobody reads to the end")
    func many() async throws {
        let template = try StoreFixture.job("a")
        let jobs = try (0..<100_000).map {
            NewJob(id: try JobID("job-\($0 + 100_000)"), definition: template.definition, added: template.added)
        }
        let fixture = try await StoreFixture(jobs)
        let page = try await fixture.carillon("jobs", "list", "--limit", "2500")
        #expect(page.output.count == 2501)
        #expect(page.output.last?.hasPrefix("job-102499 ") == true)
        let folder = fixture.folder
        let (text, errors) = try await ServedProcess.onThread {
            let process = Process()
            let output = Pipe()
            let errors = Pipe()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = [
                "-c", "\"$1\" jobs list --limit 100000 --json | head -n 2", "sh", try ServedProcess.binary().path,
            ]
            process.environment = ["STATE_DIRECTORY": folder, "PATH": "/usr/bin:/bin"]
            process.standardOutput = output
            process.standardError = errors
            try process.run()
            let text = try output.fileHandleForReading.rest()
            let said = try errors.fileHandleForReading.rest()
            process.waitUntilExit()
            return (String(decoding: text, as: UTF8.self), String(decoding: said, as: UTF8.self))
        }
        #expect(text.split(separator: "\n").count == 2)
        #expect(errors == "")
    }

    @Test("In the environment that a job's command has, every command works as elsewhere")
    func insideJob() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let names = ["JOB", "OCCURRENCE", "RUN", "ATTEMPT", "SCHEDULED", "FAILED_JOB", "FAILED_ERROR"]
        let variables = Dictionary(uniqueKeysWithValues: names.map { ("CARILLON_\($0)", "x") })
        for arguments in [["jobs", "list"], ["runs", "list"], ["doctor"], ["jobs", "run", "a"]] {
            let run = try await fixture.carillon(arguments, variables: variables)
            #expect(run.status == 0, "\(run)")
        }
        // A variable that is nearly a setting is still one too many.
        let wrong = try await fixture.carillon("jobs", "list", variables: ["CARILLON_TIMEZON": "UTC"])
        #expect(wrong.status == 78 && wrong.error.contains("did you mean 'CARILLON_TIMEZONE'?"), "\(wrong)")
    }
}
#endif
