import Testing

@Suite("The words of next, explain and the command itself")
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
            (["zzz"], "Error: 'zzz' is not a subcommand; the subcommands are serve, next, explain, completions, help"),
            (["next", "* * * * *", "-c", "-1"], "Error: --count: '-1' is not a number from 0 to 10000000"),
            (["next", "* * * * *", "--count", "-1"], "Error: --count: '-1' is not a number from 0 to 10000000"),
            (["explain", "* * * * *", "-c", "-1"], "Error: --count: '-1' is not a number from 0 to 1000"),
            (["next", "* * * * *", "-z", ""], "for '-z <timezone>': a zone needs a name, such as 'Europe/Berlin'"),
            (["next", "* * * * *", "-z", "Mars"], "for '-z <timezone>': it is not in the time zone database"),
            (["next", "* * * * *", "--from", "x"], "for '--from <time>': it is not a date that exists"),
            (["next", "* * * * *", "--from", ""], "for '--from <time>': it is not a date that exists"),
        ]
    )
    func refused(arguments: [String], message: String) async throws {
        let run = try await CommandRun.carillon(arguments)
        #expect(run.errors.first?.contains(message) == true, "\(run.errors)")
        #expect(run.status == 64)
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
        #expect(text.contains("Without it: UTC."))
        #expect(text.contains("Weekday 0 is Sunday in crontab text, and Monday in JSON of the type cron"))
        #expect(text.contains("no effect on an expression with a star"))
    }
}
