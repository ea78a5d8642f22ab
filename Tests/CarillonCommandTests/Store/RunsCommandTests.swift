#if Command
import Carillon
import CarillonTriggers
import Foundation
import Testing

@Suite("carillon runs", .fewAtOnce)
struct RunsCommandTests {
    @Test("A run is listed and shown with its outcome's own word, its error and its log", arguments: Outcome.allCases)
    func shown(outcome: Outcome) async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a/b")])
        let log = (1...60).map { "line \($0)" }.joined(separator: "\n") + "\n\u{1B}[2Jtail"
        let run = try await fixture.run("a/b", outcome, error: "exit status 3", log: log)
        let listed = try #require(try await fixture.json("runs", "list") as? [[String: Any]])
        #expect(listed.count == 1)
        #expect(listed.first?["id"] as? String == run.id.description)
        #expect(listed.first?["outcome"] as? String == outcome.rawValue)
        #expect(listed.first?["state"] as? String == "finished")
        #expect(listed.first?["error"] as? String == "exit status 3")
        let table = try await fixture.carillon("runs", "list", "--outcome", outcome.rawValue)
        #expect(table.output.last?.hasPrefix(outcome.rawValue) == true, "\(table)")
        let text = try await fixture.carillon("runs", "show", run.id.description, "--lines", "5")
        #expect(text.status == 0, "\(text)")
        #expect(text.text.contains("outcome    \(outcome.rawValue)"))
        #expect(text.text.contains("error      exit status 3"))
        #expect(text.text.contains("Log (the last 5 of 61 lines)"))
        #expect(text.text.contains("line 60") && !text.text.contains("line 56"))
        #expect(!text.text.contains("\u{1B}"), "a terminal must take nothing of a log for a command")
        #expect(try await fixture.carillon("runs", "show", run.id.description, "--log").text == log)
    }

    /// What a run of the job `a` is called that somebody asked for, whatever else is asked for in its second.
    private static func lastingName(of run: Run.ID) throws -> String {
        "a/\(run.occurrence.scheduled.formatted(in: try Zone("Europe/Berlin")))/manual"
    }

    @Test("Runs are cancelled, and tried again")
    func cancelAndRetry() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let run = try #require(try await fixture.json("jobs", "run", "a") as? [String: Any])
        let id = try #require(run["id"] as? String)
        #expect(try await fixture.carillon("runs", "retry", id).status == 1)
        let asking = try #require(try await fixture.store.snapshot(JobID("a"), at: Instant(.now)).open.first).id
        let name = try Self.lastingName(of: asking)
        #expect(try await fixture.carillon("runs", "cancel", id).output == ["\(name): cancelled"])
        let again = try await fixture.carillon("runs", "cancel", id)
        #expect(again.status == 1)
        #expect(again.error.contains("it is cancelled already"))
        #expect(try await fixture.carillon("runs", "retry", id).output == ["\(name): queued"])
        let taken = try await fixture.take(JobID("a"))
        #expect(taken.id.attempt == 2)
        let asked = try await fixture.carillon("runs", "cancel", taken.id.description)
        #expect(asked.output == ["\(name)/2: cancel requested"])
        #expect(try await fixture.store.run(taken.id)?.isCancelRequested == true)
        let listed = try #require(try await fixture.json("runs", "list", "--state", "running") as? [[String: Any]])
        #expect(listed.compactMap { $0["attempt"] as? Int } == [2])
    }

    @Test("What has succeeded is tried again only where that is asked for")
    func retryOfSuccess() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let failed = try await fixture.run("a", .failed).id
        let name = try Self.lastingName(of: failed)
        #expect(try await fixture.carillon("runs", "retry", failed.description).output == ["\(name): queued"])
        let taken = try await fixture.take(JobID("a"))
        var pass = StorePass(now: Instant(.now), node: fixture.node, tasks: [])
        pass.completions = [
            Completion(run: taken.id, fence: taken.fence, finished: Instant(.now), result: .ended(.succeeded))
        ]
        _ = try await pass.run(on: fixture.store)
        for (id, name) in [(failed, name), (taken.id, "\(name)/2")] {
            let refused = try await fixture.carillon("runs", "retry", id.description)
            #expect(refused.status == 1 && refused.output.isEmpty, "\(refused)")
            #expect(
                refused.errors == [
                    "Error: run '\(name)' is not tried again: its occurrence has succeeded; --again does it all the same"
                ])
        }
        let again = try await fixture.carillon("runs", "retry", "--again", failed.description)
        #expect(again.output == ["\(name): queued"])
    }

    @Test("Whoever removes a job is told of its runs that go on")
    func removedWhileAtWork() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        try await fixture.store.runNow(JobID("a"), at: Instant(.now))
        _ = try await fixture.take(JobID("a"))
        let removed = try await fixture.carillon("jobs", "remove", "a")
        #expect(removed.output == ["'a': removed"])
        #expect(
            removed.errors == [
                "Warning: 1 run of job 'a' is at work and goes on; a job that is added by this id does not wait for it"
            ])
    }

    @Test(
        "Bad input is refused with the status of its kind",
        arguments: [
            (["show", "nope"], 65, "is no run: a run is called by its job and its time"),
            (["show", "a/1/2026-01-01T00:00:00Z/scheduled/0/1"], 1, "there is no run"),
            (["show", "a/99999999999999999999/2026-01-01T00:00:00Z/scheduled/0/1"], 65, "no generation"),
            (["show", "a/1/2026-13-01T00:00:00Z/scheduled/0/1"], 65, "no time"),
            (["show", "a/1/2026-01-01T00:00:00Z/sometimes/0/1"], 65, "no kind"),
            (["show", "a/1/2026-01-01T00:00:00Z/scheduled/0/0"], 65, "an attempt"),
            (["show", "/1/2026-01-01T00:00:00Z/scheduled/0/1"], 65, "no job"),
            (["cancel", "a/1/2026-01-01T00:00:00Z/scheduled/0/1"], 1, "there is no run"),
            (["retry", "nope"], 65, "is no run: a run is called by its job and its time"),
            (["list", "--outcome", "missed"], 64, "missed"),
            (["list", "--state", "running", "--outcome", "failed"], 64, "no outcome"),
            (["list", "--since", "2026-02-01", "--until", "2026-01-01"], 64, "later than --until"),
            (["list", "--after", "nope"], 65, "is no run: a run is called by its job and its time"),
            (["why", "nope", "2026-01-01"], 1, "there is no job 'nope'"),
            (["why", "a", "someday"], 64, "someday"),
            (["why", "a", "2026-02-01", "--through", "2026-01-01"], 64, "earlier"),
            (["follow", "nope"], 1, "there is no job 'nope'"),
        ] as [([String], Int32, String)]
    )
    func badInput(arguments: [String], status: Int32, words: String) async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let run = try await CommandRun.carillon(
            ["runs"] + arguments, variables: ["STATE_DIRECTORY": fixture.folder])
        #expect(run.status == status, "\(run)")
        #expect(run.error.contains(words), "\(run)")
        #expect(run.output.isEmpty, "\(run)")
    }

    @Test(
        "Every time of a job has an explanation",
        arguments: [
            ("2020-01-01T12:00", "beforeJob"), ("2020-01-01T12:01", "notScheduled"), ("2099-01-01T12:00", "upcoming"),
        ]
    )
    func why(time: String, word: String) async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let answer = try #require(try await fixture.json("runs", "why", "a", time) as? [String: Any])
        #expect(answer["explanation"] as? String == word)
        #expect(answer["scheduled"] as? String == "\(time):00+01:00", "read in the job's zone")
        let sentence = try await fixture.carillon("runs", "why", "a", time)
        #expect(sentence.output.first == answer["sentence"] as? String)
    }

    private func job(_ crontab: String) throws -> NewJob {
        let definition = JobDefinition(
            task: TaskName("x"), trigger: try .crontab(crontab, in: Zone("Europe/Berlin")))
        return NewJob(id: JobID("a"), definition: definition, added: Instant(.now))
    }

    @Test(
        "A date alone means the one occurrence of that day",
        arguments: [
            ("0 12 * * *", "2099-01-01", "2099-01-01T12:00:00+01:00", "upcoming"),
            ("0 12 * * *", "2020-01-01", "2020-01-01T12:00:00+01:00", "beforeJob"),
            ("30 2 * * 0", "2099-03-29", "2099-03-29T03:00:00+02:00", "upcoming"),
            ("0 6,18 * * *", "2020-01-01", "2020-01-01T06:00:00+01:00", "beforeJob"),
            ("0 0,6 * * *", "2099-01-01", "2099-01-01T00:00:00+01:00", "upcoming"),
            ("0 12 1 * *", "2099-01-02", "2099-01-02T00:00:00+01:00", "notScheduled"),
        ])
    func day(crontab: String, date: String, scheduled: String, word: String) async throws {
        let fixture = try await StoreFixture([try job(crontab)])
        let answer = try #require(try await fixture.json("runs", "why", "a", date) as? [String: Any])
        #expect(answer["explanation"] as? String == word)
        #expect(answer["scheduled"] as? String == scheduled)
    }

    @Test(
        "Of a day with several occurrences the times are told, five at most",
        arguments: [
            ("0 6,18 * * *", "2099-01-01T06:00:00+01:00 and 2099-01-01T18:00:00+01:00: give one of these times"),
            ("0 9,17,22 * * *", "2099-01-01T09:00:00+01:00, 2099-01-01T17:00:00+01:00 and 2099-01-01T22:00:00+01:00: "),
            ("1-59 * * * *", "2099-01-01T00:04:00+01:00, 2099-01-01T00:05:00+01:00 and further times: give one of th"),
        ])
    func busyDay(crontab: String, words: String) async throws {
        let fixture = try await StoreFixture([try job(crontab)])
        let told = try await fixture.carillon("runs", "why", "a", "2099-01-01")
        let start = "The trigger of 'a' does not fire at Thu 2099-01-01 00:00:00 +01:00; on that day it fires at 2099-"
        #expect(told.text.hasPrefix(start) && told.text.contains(words), "\(told)")
        let midnight = try await fixture.carillon("runs", "why", "a", "2099-01-01T00:00")
        let plain = "The trigger of 'a' does not fire at Thu 2099-01-01 00:00:00 +01:00."
        #expect(midnight.text == plain, "who asks for midnight means it: \(midnight)")
    }

    @Test("A date alone finds what an earlier trigger named that day, of a job that is gone, too")
    func dayOfHistory() async throws {
        let start = Instant(.now).advanced(byMicroseconds: -3_600_000_000)
        let definition = JobDefinition(
            task: TaskName("x"),
            trigger: try .interval(seconds: 172_800, start: start.date, in: .utc))
        let fixture = try await StoreFixture([
            NewJob(
                id: JobID("a"), definition: definition, added: start.advanced(byMicroseconds: -1_000_000),
                isPaused: true)
        ])
        #expect(try await fixture.carillon("jobs", "resume", "a").status == 0)
        let date = String(start.formatted(in: .utc).prefix(10))
        for change in [["edit", "a", "--at", "2099-01-01"], ["remove", "a"]] {
            #expect(try await fixture.carillon(["jobs"] + change).status == 0)
            let answer = try #require(try await fixture.json("runs", "why", "a", date) as? [String: Any])
            #expect(answer["explanation"] as? String == "notRun", "\(answer)")
        }
    }

    /// A job of an interval that was paused when it came to so many occurrences from 02:00 on 1 January 2020.
    private func paused(_ occurrences: Int, every seconds: Int64) async throws -> (StoreFixture, resumed: Instant) {
        let first = try #require(Moment("2020-01-01T02:00")).instant(in: .utc)
        let trigger = try Trigger.interval(seconds: Int(seconds), start: first.date, in: .utc)
        let added = first.advanced(byMicroseconds: -1)
        let definition = JobDefinition(task: TaskName("x"), trigger: trigger)
        let fixture = try await StoreFixture([
            NewJob(id: JobID("a"), definition: definition, added: added, isPaused: true)
        ])
        let resumed = first.advanced(byMicroseconds: (Int64(occurrences) - 1) * seconds * 1_000_000 + 1)
        #expect(try await fixture.store.resume(JobID("a"), at: resumed))
        return (fixture, resumed)
    }

    @Test(
        "A day of an earlier job of the same id has that job's times, not those of the one that was added since",
        arguments: [
            (1, "skipped(jobPaused)"),
            (
                2,
                "; on that day it fires at 2020-01-01T02:00:00+00:00 and 2020-01-01T10:00:00+00:00: give one of these times"
            ),
        ])
    func dayOfFormerJob(occurrences: Int, words: String) async throws {
        let (fixture, resumed) = try await paused(occurrences, every: 8 * 3600)
        // What is due later would be told of as removed with the job.
        #expect(try await fixture.store.remove([JobID("a")], at: resumed) == [true])
        _ = try await fixture.store.insert([try job("0 6 * * *")])
        let told = try await fixture.carillon("runs", "why", "a", "2020-01-01", "-z", "UTC")
        #expect(told.text.contains(words), "\(told)")
    }

    @Test(
        "Where only the ends of a stretch are known, it is said that there are further times",
        arguments: [
            (2, "and 2020-01-01T03:00:00+00:00: give"), (3, "2020-01-01T04:00:00+00:00 and further times: give"),
        ])
    func dayOfStretch(occurrences: Int, words: String) async throws {
        let (fixture, resumed) = try await paused(occurrences, every: 3600)
        let whole = try await fixture.carillon("runs", "why", "a", "2020-01-01", "-z", "UTC")
        #expect(whole.text.contains("T02:00:00+00:00, 2020-01-01T03:00:00+00:00, 2020-01-01T04:"), "\(whole)")
        try await fixture.store.edit(JobID("a"), at: resumed) { (snapshot) throws(CarillonError) in
            var definition = snapshot.job.definition
            definition.trigger = .date(Instant(.now).date)
            return try snapshot.modified(definition, at: resumed)
        }
        let told = try await fixture.carillon("runs", "why", "a", "2020-01-01", "-z", "UTC")
        #expect(told.text.contains("it fires at 2020-01-01T02:00:00+00:00") && told.text.contains(words), "\(told)")
    }

    @Test("What a pause skipped is told, for one time and for a stretch")
    func skipped() async throws {
        let definition = JobDefinition(
            task: TaskName("x"), trigger: try .interval(seconds: 60, start: .now - 3600, in: .utc))
        let added = Instant(.now - 3600)
        let fixture = try await StoreFixture([
            NewJob(id: JobID("a"), definition: definition, added: added, isPaused: true)
        ])
        #expect(try await fixture.carillon("jobs", "resume", "a").status == 0)
        let first = added.formatted(in: .utc)
        let answer = try #require(
            try await fixture.json("runs", "why", "a", first, "--through", "2099-01-01") as? [String: Any])
        let reasons = try #require(answer["reasons"] as? [[String: Any]])
        #expect(reasons.compactMap { $0["reason"] as? String } == ["skipped(jobPaused)"])
        let skipped = try #require(reasons.first?["first"] as? String)
        let one = try #require(try await fixture.json("runs", "why", "a", skipped) as? [String: Any])
        #expect(one["explanation"] as? String == "notRun")
        #expect((one["sentence"] as? String)?.contains("the job was paused") == true)
    }

    @Test("What was not run is shown in a terminal of any width", arguments: [40, 60, 80, 120, 200])
    func widths(columns: Int) async throws {
        let definition = JobDefinition(
            task: TaskName("x"), trigger: try .interval(seconds: 60, start: .now - 3600, in: .utc))
        let fixture = try await StoreFixture([
            NewJob(id: JobID("a"), definition: definition, added: Instant(.now - 3600), isPaused: true)
        ])
        #expect(try await fixture.carillon("jobs", "resume", "a").status == 0)
        let told = try await fixture.carillon(
            "runs", "why", "a", "2020-01-01", "--through", "2099-01-01", variables: ["COLUMNS": "\(columns)"])
        let table = try #require(told.output.firstIndex(of: "Not run").map { told.output[$0...].dropFirst() })
        #expect(table.allSatisfy { $0.count <= columns }, "\(told)")
        // Reason, count and both ends are there whatever the width.
        let words = table.joined(separator: " ").split(separator: " ")
        #expect(words.contains("skipped(jobPaused)") && words.contains { Int($0) ?? 0 > 50 }, "\(told)")
        #expect(words.count { $0.hasSuffix("+00:00") } >= 2, "\(told)")
        #expect(words.contains("RECORDED") == (columns == 200), "\(told)")
        #expect(table.count == (columns < 60 ? 6 : columns < 100 ? 4 : 2), "\(told)")
    }

    private static let terminal = "/usr/bin/script"

    @Test(
        "That there are more is told in lines that fit, with the id whole",
        .enabled(if: FileManager.default.isExecutableFile(atPath: terminal), "needs script of util-linux"),
        arguments: [40, 60, 200])
    func more(columns: Int) async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("nightly-backup"), try StoreFixture.job("b")])
        for _ in 0..<2 { _ = try await fixture.run("nightly-backup", .succeeded) }
        for list in ["jobs", "runs"] {
            let told = try await CommandRun.carillon(
                [list, "list", "--limit", "1"],
                variables: ["STATE_DIRECTORY": fixture.folder, "COLUMNS": "\(columns)"],
                launcher: ["/bin/sh", "-c", "exec \(Self.terminal) -qec \"$*\" /dev/null", "sh"])
            let lines = told.text.split(whereSeparator: \.isNewline).map(String.init)
            let hint = try #require(
                lines.firstIndex { $0.hasPrefix("There are more: ") }.map { lines[$0...] }, "\(told)")
            #expect(hint.contains { $0.contains("--after '") } && hint.joined().contains("--limit"), "\(told)")
            #expect(hint.allSatisfy { $0.count <= columns || $0.hasPrefix("    --after '") }, "\(told)")
        }
    }

    @Test("Runs are followed as they start and end")
    func follow() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let folder = fixture.folder
        let lines = AsyncStream<String>.makeStream()
        let process = try await ServedProcess.onThread {
            let process = Process()
            let output = Pipe()
            process.executableURL = try ServedProcess.binary()
            process.arguments = ["runs", "follow", "a", "--json"]
            process.environment = ["STATE_DIRECTORY": folder]
            process.standardOutput = output
            try process.run()
            output.fileHandleForReading.readabilityHandler = { handle in
                let data = (try? handle.next()) ?? Data()
                if data.isEmpty { lines.continuation.finish() }
                for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
                    lines.continuation.yield(String(line))
                }
            }
            return process
        }
        defer { if process.isRunning { kill(process.processIdentifier, SIGINT) } }
        var seen: [String] = []
        // The follower may begin after a run has ended, so there are new ones until it has told of two events.
        let runs = Task {
            while !Task.isCancelled { _ = try await fixture.run("a", .succeeded) }
        }
        for await line in lines.stream {
            let event = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            seen.append(event["event"] as? String ?? "")
            if seen.contains("ended") { break }
        }
        runs.cancel()
        #expect(seen.first == "started")
        #expect(seen.contains("ended"))
    }
}
#endif
