#if Command
import Foundation
import Testing

@Suite("The words of next, explain and the command itself", .fewAtOnce)
struct WordsTests {
    @Test(
        "A time that a gap moves is told of, in lines and in JSON",
        arguments: [
            #"{"type": "date", "run_date": "2027-03-28T02:30:00"}"#,
            #"{"type": "calendarinterval", "days": 1, "hour": 2, "minute": 30}"#,
        ]
    )
    func notes(trigger: String) async throws {
        let berlin = ["--timezone", "Europe/Berlin", "--from", "2027-03-27T12:00", "--count", "1"]
        let lines = try await CommandRun.carillon(["next", trigger] + berlin)
        #expect(lines.output.first?.contains("02:30 does not exist on this day") == true, "\(lines)")
        let json = try await CommandRun.carillon(["next", trigger, "--json"] + berlin)
        #expect(json.output.first?.contains(#""notes":[{"time":"2027-03-28T03:00:00+02:00","note":"02:30"#) == true)
        let explained = try await CommandRun.carillon(["explain", trigger] + berlin)
        #expect(explained.output.count { $0.contains("02:30 does not exist on this day") } == 2, "\(explained)")
    }

    @Test(
        "What clock changes do is explained",
        arguments: [
            ("*/20 2 * * *", "are left out, since the expression follows elapsed time"),
            ("*/20 2 * * *", "follows elapsed time: it fires in both"),
            (#"{"type": "crontab", "expression": "30 2 * * *", "gap": "skip"}"#, "is left out (gap: skip)"),
            (#"{"type": "crontab", "expression": "30 2 * * *", "gap": "shift"}"#, "and is shifted to 03:30"),
            (
                #"{"type": "crontab", "expression": "30 2 * * *", "fold": "both"}"#,
                "twice on this day; this is the second"
            ),
            (#"{"type": "crontab", "expression": "* 2 * * *", "gap": "skip"}"#, "Note: gap: skip has no effect"),
            ("0 12 * * *", "no fire time is moved, merged, repeated or left out"),
            ("*/90 * * * *", "Note: '*/90' in the field minute selects 0 alone"),
            (#"{"type": "interval", "days": 1}"#, "calendarinterval keeps the time of day"),
            (#"{"type": "interval", "days": 1}"#, "from then on it fires 1 hour later by the clock"),
        ]
    )
    func explained(trigger: String, words: String) async throws {
        let run = try await CommandRun.carillon(["explain", trigger, "-z", "Europe/Berlin", "--from", "2027-01-01"])
        #expect(run.output.contains { $0.contains(words) }, "\(run.output)")
        #expect(run.output.contains { $0.contains("no fire time is moved") } == words.hasPrefix("no fire"))
    }

    @Test("fold: both is not explained as elapsed time")
    func foldBoth() async throws {
        let trigger = #"{"type": "crontab", "expression": "30 2 * * *", "fold": "both"}"#
        let run = try await CommandRun.carillon(["explain", trigger, "-z", "Europe/Berlin", "--from", "2027-01-01"])
        #expect(!run.output.contains { $0.contains("elapsed time") }, "\(run.output)")
    }

    @Test("A trigger of no words is told of by name", arguments: ["next", "explain"], ["", "  "])
    func emptyTrigger(command: String, trigger: String) async throws {
        let run = try await CommandRun.carillon([command, trigger])
        #expect(run.status == 64 && run.errors.first?.hasPrefix("Error: the trigger is empty; ") == true, "\(run)")
    }

    @Test(
        "A kind of trigger that is not known is told without calls of Swift, and with the kind that was meant",
        arguments: [
            (
                "full-moon",
                "is not a kind of trigger that this program has; the kinds are and, calendarinterval, cron, crontab, date, "
                    + "first_at, interval, or"
            ),
            ("intervall", "is not a kind of trigger that this program has; did you mean 'interval'?"),
        ])
    func unknownKinds(kind: String, words: String) async throws {
        let trigger = #"{"type": "\#(kind)", "parameters": {"days": 5}}"#
        let run = try await CommandRun.carillon(["next", trigger])
        #expect(run.status == 64 && run.errors.joined(separator: " ").contains("'\(kind)' \(words)"), "\(run)")
        #expect(!run.error.contains("Trigger.register"), "\(run)")
        let request =
            #"{"id": "1", "trigger": \#(trigger), "timezone": "UTC", "after": "2025-03-29T00:00:00Z", "count": 5}"#
        let stream = try await CommandRun.carillon(["next", "--jsonl"], input: request + "\n")
        #expect(stream.text.contains(words) && !stream.text.contains("Trigger.register"), "\(stream)")
    }

    @Test("Remarks on the trigger are among the notes in JSON")
    func remarks() async throws {
        let run = try await CommandRun.carillon(["next", "*/90 * * * *", "--json"])
        #expect(run.output.first?.contains(#""notes":[{"note":"'*/90' in the field minute"#) == true, "\(run.output)")
    }

    @Test(
        "What cannot be used is refused in words that name it once, with status 64",
        arguments: [
            (["nxt"], "Error: 'nxt' is not a subcommand; did you mean 'next'?"),
            (["help", "explian"], "Error: 'explian' is not a subcommand; did you mean 'explain'?"),
            (
                ["zzz"],
                "Error: 'zzz' is not a subcommand; the subcommands are serve, jobs, runs, tasks, nodes, doctor, "
                    + "backup, migrate, import, next, explain, completions, help"
            ),
            (["next", "* * * * *", "-c", "-1"], "Error: --count: '-1' is not a number from 0 to 10000000"),
            (["next", "* * * * *", "--count", "-1"], "Error: --count: '-1' is not a number from 0 to 10000000"),
            (["explain", "* * * * *", "-c", "-1"], "Error: --count: '-1' is not a number from 0 to 1000"),
            (["next", "* * * * *", "-z", ""], "for '-z <timezone>': a zone needs a name, such as 'Europe/Berlin'"),
            (["next", "* * * * *", "-z", "Mars"], "for '-z <timezone>': it is not in the time zone database"),
            (["next", "* * * * *", "--from", "x"], "for '--from <time>': it is not a date that exists"),
            (["next", "* * * * *", "--from", ""], "for '--from <time>': it is empty; a date is written like"),
            (["next", "--jsonl", "-z", "UTC"], "takes zone, time and count from each request: leave out --timezone"),
            (["next", "--jsonl", "--from", "2027-01-01"], "each request: leave out --from"),
            (["next", "--jsonl", "-c", "5"], "each request: leave out --count"),
            (["next", "-5 * * * *"], "'-5 * * * *' is taken for an option; put -- before"),
            (["explain", "-z", "UTC", "-5 * * * *"], "'-5 * * * *' is taken for an option; put -- before"),
            (["next", "--", "-5 * * * *"], "minute: '-5' is not understood"),
            (["serve", "--config", ""], "Error: --config: is empty"),
            (["serve", "--config", "none.yaml", "--state", ""], "Error: --state: is empty"),
        ]
    )
    func refused(arguments: [String], message: String) async throws {
        let run = try await CommandRun.carillon(arguments)
        #expect(run.errors.first?.contains(message) == true, "\(run.errors)")
        #expect(run.status == 64)
    }

    private static let severalZones =
        #"{"type": "or", "triggers": [{"type": "cron", "hour": 2, "minute": 30}, {"type": "cron", "hour": 3, "timezone": "America/New_York"}, {"type": "cron", "day": 1, "timezone": "Asia/Tokyo"}]}"#

    @Test("The clock changes of every zone of a trigger are explained, each by its own clock")
    func changesOfSeveralZones() async throws {
        let arguments = ["explain", Self.severalZones, "-z", "Europe/Berlin", "--from", "2027-03-01", "-c", "0"]
        let lines = try await CommandRun.carillon(arguments).output
        let sections = lines.filter { $0.hasPrefix("Clock changes") }
        #expect(
            sections == ["Clock changes ahead (Europe/Berlin)", "Clock changes ahead (America/New_York)"], "\(lines)")
        #expect(lines.contains { $0.contains("Sun 2027-03-28 03:00:00 +02:00  02:30 does not exist on this day") })
        #expect(lines.contains("  Sunday 14 March 2027: the clock goes from 02:00 to 03:00"), "\(lines)")
    }

    @Test("Fire times of a trigger of several zones are shown in the zone asked for, and notes name their clock")
    func zoneShown() async throws {
        func run(_ trigger: String, _ options: String...) async throws -> [String] {
            try await CommandRun.carillon(["next", trigger] + options).output
        }
        let asked = ["-z", "Europe/Berlin", "--from", "2027-03-28", "-c", "1"]
        #expect(
            try await CommandRun.carillon(["next", Self.severalZones] + asked).output.first?
                .hasPrefix("Sun 2027-03-28 03:00:00 +02:00  02:30 does not exist") == true)
        let trigger = #"{"type": "crontab", "expression": "30 2 * * *", "timezone": "America/New_York"}"#
        let both = #"{"type": "or", "triggers": [\#(trigger), {"type": "interval", "days": 9}]}"#
        #expect(
            try await run(both, "--from", "2027-03-14", "-c", "1").first?
                .hasPrefix("Sun 2027-03-14 07:00:00 +00:00  New York time: 02:30 does not exist on this day") == true)
        #expect(
            try await run(trigger, "-z", "UTC", "--from", "2027-03-14", "-c", "1").first?
                .hasPrefix("Sun 2027-03-14 03:00:00 -04:00  02:30 does not exist") == true)
    }

    @Test("Requests of several zones are answered in the zone asked for")
    func zoneAnswered() async throws {
        let request =
            #"{"id": "a", "trigger": \#(Self.severalZones), "timezone": "Europe/Berlin", "after": "2027-01-01T00:00:00Z", "count": 1}"#
        let run = try await CommandRun.carillon(["next", "--jsonl"], input: request + "\n")
        #expect(run.output == [#"{"id":"a","fire_times":["2027-01-01T02:30:00+01:00"]}"#])
    }

    @Test("No clock changes are told of beyond the year 9999")
    func endOfTheCalendar() async throws {
        let arguments = ["explain", "30 2 * * *", "-z", "America/New_York", "--from", "9999-12-01", "-c", "1"]
        let run = try await CommandRun.carillon(arguments)
        #expect(run.output.last?.hasPrefix("  Wed 9999-12-01 02:30:00") == true, "\(run.output)")
    }

    @Test(
        "Output that cannot be written is an error with status 74",
        .enabled(if: FileManager.default.isWritableFile(atPath: "/dev/full"), "there is no /dev/full"),
        arguments: [["explain", "@daily"], ["next", "@daily"], ["completions", "bash"]]
    )
    func fullDevice(arguments: [String]) async throws {
        let run = try await CommandRun.carillon(arguments, output: "/dev/full")
        #expect(run.errors.first?.hasPrefix("Error: writing the output: ") == true, "\(run.errors)")
        #expect(run.status == 74)
    }

    @Test(
        "A reader that has gone is no error to tell of, also where nobody is killed by SIGPIPE",
        arguments: [
            ["next", "@daily"], ["explain", "@daily"], ["completions", "bash"], ["--help"], ["jobs", "list"],
        ]
    )
    func goneReader(arguments: [String]) async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        // The command begins when nobody can read its output any more.
        let script = """
            trap '' PIPE; mkfifo gate
            { read go < gate; "$@"; echo "status $?" >&2; } | { exec <&-; echo go > gate; }
            """
        let run = try await CommandRun.carillon(
            arguments, variables: ["STATE_DIRECTORY": fixture.folder],
            launcher: ["/bin/sh", "-c", "cd '\(fixture.folder)' && \(script)", "sh"])
        #expect(run.errors == ["status 74"], "\(run)")
    }

    @Test(
        "Examples keep their lines in the help of 80 columns", arguments: ["serve", "next", "explain", "completions"])
    func examples(subcommand: String) async throws {
        let lines = try await CommandRun.carillon(["help", subcommand]).output
        let text = lines.prefix { !$0.hasPrefix("USAGE") }
        // A line that is broken goes on at the margin.
        for (line, next) in zip(text, text.dropFirst()) where line.hasPrefix("  ") && !next.hasPrefix("  ") {
            let isEnd = next.first?.isUppercase == true || next.hasPrefix("and the")
            #expect(isEnd, "\(line)\n\(next)")
        }
        #expect(text.allSatisfy { $0.count <= 80 })
        if subcommand == "next" {
            #expect(text.contains(#"  carillon next '{"type": "calendarinterval", "months": 1}'"#))
        }
    }

    @Test("The lines of examples are not filled in the manual page")
    func manual() throws {
        let root = URL(filePath: #filePath).pathComponents.dropLast(4).joined(separator: "/").dropFirst()
        let page = try String(contentsOfFile: "\(root)/docs/man/carillon.1", encoding: .utf8)
        var isLiteral = false
        var count = 0
        for line in page.split(separator: "\n") {
            if line.hasPrefix(".Bd -literal") { isLiteral = true }
            if line == ".Ed" { isLiteral = false }
            guard line.hasPrefix(" ") else { continue }
            #expect(isLiteral, "\(line)")
            count += 1
        }
        #expect(count > 10 && !isLiteral)
    }

    @Test("'local' is the zone that TZ names")
    func local() async throws {
        let arguments = ["next", "0 9 * * *", "-z", "local", "--from", "2027-01-01", "-c", "1"]
        let run = try await CommandRun.carillon(arguments, variables: ["TZ": "Asia/Tokyo"])
        #expect(run.output == ["Fri 2027-01-01 09:00:00 +09:00"])
    }

    @Test(
        "The help names the default zone, the first weekday, and what policies have no effect on",
        arguments: ["next", "explain"]
    )
    func help(subcommand: String) async throws {
        let lines = try await CommandRun.carillon(["help", subcommand]).output
        let text = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
        #expect(text.contains("Without it: UTC, or what $CARILLON_TIMEZONE says."))
        #expect(text.contains("Weekday 0 is Sunday in crontab text, and Monday in JSON of the type cron"))
        #expect(text.contains("no effect on an expression with a star"))
        #expect(text.contains("Show what comes after this time instead of now"))
        #expect(text.contains("shown in the zone of the trigger only where all parts name the same"))
    }

    @Test("The help of serve tells of jobs without a trigger, of requests to stop and of SIGHUP")
    func helpOfServe() async throws {
        let text = try await CommandRun.carillon(["help", "serve"]).output.joined(separator: " ")
        #expect(text.contains("A job without a trigger runs once, when it is first added."))
        #expect(text.contains("a second request asks them at once"))
        #expect(text.contains("made equal to the file at each start and at SIGHUP"))
    }
}
#endif
