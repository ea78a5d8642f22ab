#if Command
import Carillon
import CarillonTriggers
import Foundation
import Testing

/// What people see, on terminals of several widths.
@Suite("Screens", .fewAtOnce)
struct ScreenTests {
    private static let widths = [40, 80, 120]

    /// A store with jobs and runs of many kinds, beside a configuration.
    private static func fixture() async throws -> StoreFixture {
        let start = Instant(.now).advanced(byMicroseconds: -3_600_000_000)
        var long = try StoreFixture.job("nightly-database-backup-of-the-shop", tags: ["db", "nightly"]).definition
        long.policies.retry = RetryPolicy(count: 2, backoff: .constant(.seconds(60)))
        long.policies.onFailure = FailureTask(TaskName("tell"))
        var behind = try StoreFixture.job("behind").definition
        behind.trigger = try .interval(seconds: 60, start: start.date, in: .utc)
        behind.policies.atLimit = .queue
        behind.policies.coalesce = .all
        behind.policies.misfireGrace = nil
        let fixture = try await StoreFixture([
            NewJob(id: JobID("nightly-database-backup-of-the-shop"), definition: long, added: start),
            NewJob(id: JobID("behind"), definition: behind, added: start),
            try StoreFixture.job("paused", isPaused: true),
        ])
        _ = try await fixture.run(
            "nightly-database-backup-of-the-shop", .failed, error: "exit status 3 since there is no room left",
            log: "reading\nwriting\n")
        _ = try await StorePass(now: Instant(.now), node: fixture.node, tasks: [TaskName("shell")])
            .run(on: fixture.store)
        let report = NodeReport(
            id: fixture.node, host: "a-machine-with-a-name", process: 7, processStart: 0,
            tasks: [TaskName("shell"), TaskName("http")])
        _ = try await fixture.store.heartbeat(report)
        try await fixture.store.runNow(JobID("paused"), at: Instant(.now))
        return fixture
    }

    private static let commands: [[String]] = [
        ["jobs", "list"], ["jobs", "list", "--state", "paused"], ["jobs", "list", "--tag", "none"],
        ["jobs", "show", "behind"], ["jobs", "show", "paused"],
        ["jobs", "show", "nightly-database-backup-of-the-shop"],
        ["jobs", "show", "gone"], ["jobs", "edit", "paused", "--cron", "0 12 13 * 5"], ["jobs", "run", "paused"],
        ["jobs", "add", "new", "--cron", "*/90 * * * *", "--", "true"],
        ["jobs", "backfill", "paused", "--from", "2026-11-20", "--through", "2026-11-22"],
        ["runs", "list"], ["runs", "list", "--outcome", "failed"], ["runs", "list", "--outcome", "lost"],
        ["runs", "show", "nightly-database-backup-of-the-shop"], ["runs", "show", "behind/2020-01-01"],
        ["runs", "show", "no-such-thing"], ["runs", "why", "paused", "2020-01-01T12:00"],
        ["runs", "why", "paused", "2099-01-01T12:00"], ["runs", "why", "behind", "yesterday", "--through", "now"],
        ["jobs", "shw"], ["jobs", "add", "x", "--corn", "5"], ["jobs", "add", "x", "--every", "5q", "--", "true"],
        ["serve", "--help"], ["nodes"], ["tasks"], ["doctor"],
        ["next", "30 2 * * *", "-z", "America/New_York", "--from", "2027-03-12"],
        ["explain", "30 2 * * *", "-z", "America/New_York", "--from", "2027-03-12"],
    ]

    @Test("No line is wider than the terminal but where it is one word, a command to copy or a name", arguments: widths)
    func width(columns: Int) async throws {
        let fixture = try await Self.fixture()
        for command in Self.commands {
            let run = try await fixture.carillon(command, variables: ["COLUMNS": "\(columns)"])
            for line in run.output + run.errors where line.count > columns {
                let words = line.drop { $0 == " " }
                // A fact that is one word stands behind its name.
                let isOneWord = !words.contains(" ") || words.contains(/^[a-z ]{2,16} {2,}\S+$/)
                // Commands that the program runs, and in quotes those that a person is to type, stay whole.
                let isCommand = words.hasPrefix("'") || words.contains(/^(command|arguments|result|id|run) {2,}/)
                #expect(isOneWord || isCommand || words.hasPrefix("Run "), "\(command) at \(columns): \(line)")
            }
            #expect(!(run.output + run.errors).isEmpty, "\(command)")
        }
    }

    @Test("What matters is there in every width", arguments: widths)
    func whole(columns: Int) async throws {
        let fixture = try await Self.fixture()
        func text(_ command: String...) async throws -> String {
            let run = try await fixture.carillon(command, variables: ["COLUMNS": "\(columns)"])
            return (run.output + run.errors).joined(separator: " ").split(separator: " ").joined(separator: " ")
        }
        let jobs = try await text("jobs", "list")
        for words in ["paused", "active", "behind", "WHEN", " in ", "nightly-database-backup-of-the-shop "] {
            #expect(jobs.contains(words), "\(jobs)")
        }
        let runs = try await text("runs", "list")
        for words in ["failed", "exit status 3", "nightly-database-backup-of-the-shop/"] {
            #expect(runs.contains(words), "\(runs)")
        }
        let show = try await text("jobs", "show", "nightly-database-backup-of-the-shop")
        for words in [
            "command true", "arguments working_directory: /tmp", "retry 2 times, after 1 min", "on failure tell",
        ] {
            #expect(show.contains(words), "\(show)")
        }
        #expect(!show.contains("{"), "\(show)")
        let doctor = try await text("doctor")
        #expect(doctor.contains("'behind' falls behind: "), "\(doctor)")
        #expect(doctor.contains("which take longer than the time between them"), "\(doctor)")
        let explain = try await text("explain", "30 2 * * *", "-z", "America/New_York", "--from", "2027-03-12")
        #expect(explain.contains("(the clock goes from 02:00 to 03:00); the job fires now"), "\(explain)")
        #expect(try await text("jobs", "list", "--tag", "none") == "There are no such jobs.")
        #expect(try await text("runs", "list", "--outcome", "lost") == "There are no such runs.")
    }

    @Test("Without a filter there are no jobs and no runs, rather than no such")
    func empty() async throws {
        let fixture = try await StoreFixture()
        #expect(try await fixture.carillon("jobs", "list").output == ["There are no jobs."])
        #expect(try await fixture.carillon("runs", "list").output == ["There are no runs."])
    }

    @Test("A terminal says itself how wide it is")
    func terminal() async throws {
        let fixture = try await Self.fixture()
        let script = "stty cols 60 && exec \"$0\" doctor"
        let run = try await CommandRun.carillon(
            [], variables: ["STATE_DIRECTORY": fixture.folder, "CARILLON_LEASE": "3600", "NO_COLOR": "1"],
            launcher: ["/bin/sh", "-c", "exec script -qec \"/bin/sh -c '\(script)' $0\" /dev/null"])
        // What it says while it looks stands on the line that is then written.
        let lines = run.text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.contains("\u{1B}") }
        #expect(lines.contains { $0.contains("falls behind") }, "\(run)")
        #expect(lines.allSatisfy { $0.count <= 60 || !$0.drop { $0 == " " }.contains(" ") }, "\(run)")
        #expect(lines.contains { $0.count > 40 }, "\(run)")
    }

    @Test("An array as a command is shown as one types it, other arguments by their names, and no JSON")
    func commands() async throws {
        let fixture = try await StoreFixture()
        let added = try await fixture.carillon(
            "jobs", "add", "a", "--every", "1h", "--", "cp", "a file", "", "it's", "/tmp")
        #expect(added.status == 0, "\(added)")
        let show = try await fixture.carillon("jobs", "show", "a")
        #expect(show.output.contains(#"command  cp 'a file' '' 'it'\''s' /tmp"#), "\(show)")
        #expect(!show.output.contains { $0.hasPrefix("arguments") }, "\(show)")
    }

    @Test("Lengths of time and numbers of policies are as one says them")
    func policies() async throws {
        var definition = try StoreFixture.job("a").definition
        definition.policies.timeout = .milliseconds(1500)
        definition.policies.history = History(runs: 1, days: 30)
        let fixture = try await StoreFixture([
            NewJob(id: JobID("a"), definition: definition, added: Instant(.now))
        ])
        let show = try await fixture.carillon("jobs", "show", "a")
        #expect(show.output.contains("timeout    1.5 s"), "\(show)")
        #expect(show.output.contains("history    1 run, 30 days"), "\(show)")
    }

    @Test("A result is shown by its names")
    func result() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        try await fixture.store.runNow(JobID("a"), at: Instant(.now))
        let run = try await fixture.take(JobID("a"))
        var pass = StorePass(now: Instant(.now), node: fixture.node, tasks: [])
        let result: Completion.Result = .ended(.succeeded, result: Array(#"{"exit_status":0,"rows":[1,2]}"#.utf8))
        pass.completions = [Completion(run: run.id, fence: run.fence, finished: Instant(.now), result: result)]
        _ = try await pass.run(on: fixture.store)
        let show = try await fixture.carillon("runs", "show", "a")
        #expect(show.output.contains("result     exit_status: 0"), "\(show)")
        #expect(show.output.contains("           rows: [1,2]"), "\(show)")
    }

    @Test("What a server says first is whole on a narrow terminal")
    func banner() async throws {
        let state = try TemporaryFolder()
        let ids = (1...9).map { "job-number-\($0)" }
        let jobs = ids.map { "{id: \($0), cron: '0 3 * * *', command: 'true'}" }.joined(separator: ", ")
        let file = try state.write("jobs: [\(jobs)]\n", to: "jobs.yaml")
        let arguments = ["--config", file, "--state", state.path]
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: arguments, variables: ["COLUMNS": "40"])
            let lines = server.lines(through: "  next ")
            _ = server.end(SIGTERM)
            return lines
        }
        let said = lines.prefix { !$0.hasPrefix("  next ") }
        for id in ids { #expect(said.contains { $0.contains(id) }, "\(lines)") }
        #expect(said.allSatisfy { $0.count <= 40 || !$0.dropFirst(9).contains(" ") }, "\(lines)")
    }

    @Test("A job that waits out its jitter says when it runs")
    func jitter() async throws {
        let start = Instant(.now).advanced(byMicroseconds: -60_000_000)
        let jobs = try (0..<20).map { number in
            var definition = try StoreFixture.job("a").definition
            definition.trigger = try Trigger(
                json: JSONReader.value(
                    of: Array(
                        #"{"type":"interval","days":30,"jitter":86400,"start_date":"\#(start.formatted(in: .utc))"}"#
                            .utf8))
            )
            .resolved(defaultZone: .utc)
            return NewJob(id: try JobID("a\(number)"), definition: definition, added: start)
        }
        let fixture = try await StoreFixture(jobs)
        var found: Job?
        for job in jobs {
            let listed = try await fixture.store.snapshot(job.id, at: Instant(.now)).job
            if let next = listed.next, next.due > start.advanced(byMicroseconds: 1_200_000_000) { found = listed }
        }
        let job = try #require(found)
        let id = job.id.description
        let list = try await fixture.carillon("jobs", "list", "--text", id)
        let line = try #require(list.output.first { $0.hasPrefix("\(id) ") })
        #expect(line.contains(#/ in \d+ (minutes|hours?) /#) && !line.contains("ago"), "\(list)")
        let show = try await fixture.carillon("jobs", "show", id)
        #expect(show.output.contains { $0.hasPrefix("next ") && $0.contains(", in ") }, "\(show)")
        #expect(
            show.output.contains { $0.hasPrefix("scheduled ") && $0.hasSuffix("; it waits out its jitter") }, "\(show)")
        let why = try await fixture.carillon("runs", "why", id, start.formatted(in: .utc))
        let words = #/ waits out its jitter: it runs .*, in \d+ (minutes|hours?)\.$/#
        #expect(why.output.first?.contains(words) == true, "\(why)")
        let doctor = try await fixture.carillon("doctor")
        #expect(!doctor.text.contains("'\(id)'"), "\(doctor)")
    }
}
#endif
