#if Command
import Carillon
import CarillonTriggers
import Foundation
import Testing

@Suite("carillon import crontab", .fewAtOnce)
struct CrontabImportTests {
    private static let crontab = #"""
        # a comment, and an empty line

        SHELL=/bin/bash
        PATH = "/usr/bin:/bin"
        MAILTO=somebody@example.org
        CRON_TZ=Europe/Berlin
        30 2 * * * pg_dump shop > shop-$(date +\%F).sql
        @daily	mail -s hi root%Hello%World
        CRON_TZ=Asia/Tokyo
        HOME=/srv
        */5 9-17 * * mon-fri /usr/local/bin/check  --all
        """#

    private func arguments(_ fixture: StoreFixture, _ prefix: String) async throws -> (String, Trigger) {
        for listing in try await fixture.store.jobs(JobFilter(), page: Page()) {
            if case .job(let job) = listing, job.id.description.hasPrefix(prefix) {
                return (String(decoding: job.definition.arguments, as: UTF8.self), job.definition.trigger)
            }
        }
        Issue.record("there is no job \(prefix)")
        return ("", .date(.now))
    }

    @Test("Each line becomes a job, with environment, zone and input")
    func lines() async throws {
        let fixture = try await StoreFixture()
        let dry = try await fixture.carillon("import", "crontab", "-", "--dry-run", input: Self.crontab)
        #expect(dry.output.last == "Would be: 3 added", "\(dry)")
        #expect(try await fixture.store.jobs(JobFilter(), page: Page()).isEmpty)
        let run = try await fixture.carillon("import", "crontab", "-", input: Self.crontab)
        #expect(run.output.last == "3 added", "\(run)")
        #expect(run.error.contains("MAILTO has no effect"))
        let environment = #""environment":{"SHELL":"/bin/bash","PATH":"/usr/bin:/bin"}"#
        let (dump, dumped) = try await arguments(fixture, "crontab-pg_dump-")
        #expect(
            dump == #"{"command":["/bin/bash","-c","pg_dump shop > shop-$(date +%F).sql"],\#(environment)}"#)
        #expect(dumped == (try Trigger.crontab("30 2 * * *", in: Zone("Europe/Berlin"))))
        let (mail, _) = try await arguments(fixture, "crontab-mail-")
        #expect(mail.contains(#""mail -s hi root"]"#) && mail.contains(#""stdin":"Hello\u000aWorld\u000a""#), "\(mail)")
        let (check, checked) = try await arguments(fixture, "crontab-check-")
        #expect(check.contains(#""/usr/local/bin/check  --all""#) && check.contains(#""working_directory":"/srv""#))
        #expect(checked.zones.map(\.identifier) == ["Asia/Tokyo"])
    }

    @Test(
        "What is wrong is told with line and column, and nothing is imported",
        arguments: [
            ("0 25 * * * x", "2:3: hour: '25'"),
            (" 61 * * * * x", "2:2: minute: '61'"),
            ("0 0 * * frday x", "2:9:"),
            ("@fortnightly x", "2:1:"),
            ("5 4 * * *", "2:10: the command is missing"),
            ("5 4 * * *   ", "2:13: the command is missing"),
            (
                "0 0 * *",
                "2:1: '0 0 * *' has 4 words; a line has 5 fields (minute hour day month weekday) or a macro such as "
                    + "@daily, and then the command"
            ),
            ("  hello", "2:3: 'hello' has 1 word; a line has 5 fields"),
            ("CRON_TZ=Europe/Berln", "2:1: CRON_TZ: 'Europe/Berln'"),
            ("0 0 * * * %input", "2:11: the command is empty"),
        ]
    )
    func wrong(line: String, words: String) async throws {
        let fixture = try await StoreFixture()
        let run = try await fixture.carillon("import", "crontab", "-", input: "0 0 * * * fine\n\(line)\n")
        #expect(run.status == 65, "\(run)")
        #expect(run.error.contains("standard input:\(words)"), "\(run)")
        #expect(try await fixture.store.jobs(JobFilter(), page: Page()).isEmpty)
    }

    @Test("The byte order mark of a file in UTF-8 is no part of its first line")
    func byteOrderMark() async throws {
        let fixture = try await StoreFixture()
        let run = try await fixture.carillon("import", "crontab", "-", input: "\u{FEFF}0 0 * * * fine\n")
        #expect(run.output.last == "1 added", "\(run)")
        let wrong = try await fixture.carillon("import", "crontab", "-", input: "\u{FEFF}0 25 * * * x\n")
        #expect(wrong.error.contains("standard input:1:3: hour: '25'"), "\(wrong)")
    }

    @Test("A system's crontab has a user before each command")
    func system() async throws {
        let fixture = try await StoreFixture()
        let run = try await fixture.carillon(
            "import", "crontab", "-", "--system", input: "0 0 * * * root\t/usr/bin/tidy -q\n0 0 * * * root tidy\n")
        #expect(run.status == 0, "\(run)")
        let (tidy, _) = try await arguments(fixture, "crontab-tidy-")
        #expect(tidy.contains(#""user":"root""#))
        let bad = try await fixture.carillon("import", "crontab", "-", "--system", input: "0 0 * * * root\n")
        #expect(bad.status == 65)
        #expect(bad.error.contains("standard input:1:15: the user or the command is missing"), "\(bad)")
    }

    @Test("What comes on standard input has no name of its own, so nothing is removed for it without one")
    func removingWithoutName() async throws {
        let fixture = try await StoreFixture()
        _ = try await fixture.carillon("import", "crontab", "-", input: "0 0 * * * of-ada\n")
        for options in [["--remove-gone"], ["--remove-gone", "--dry-run"]] {
            let run = try await fixture.carillon(
                ["import", "crontab", "-"] + options, input: "0 0 * * * of-bob\n")
            #expect(run.status == 64 && run.error.contains("--remove-gone: give --name as well"), "\(run)")
        }
        #expect(try await fixture.store.jobs(JobFilter(), page: Page()).count == 1)
        for text in ["0 0 * * * of-bob\n0 1 * * * old\n", "0 0 * * * of-bob\n"] {
            let run = try await fixture.carillon(
                "import", "crontab", "-", "--name", "bob", "--remove-gone", input: text)
            #expect(run.status == 0, "\(run)")
        }
        #expect(try await fixture.store.jobs(JobFilter(), page: Page()).count == 2)
    }

    @Test(
        "A user before each command is noticed where nobody says that there is one",
        arguments: [
            ("0 0 * * * root tidy\n@daily root  backup --all\n", [], true),
            ("0 0 * * * root tidy\n", ["--dry-run"], true), ("0 0 * * * root tidy\n", ["--no-system"], false),
            ("0 0 * * * root tidy\n", ["--system"], false), ("0 0 * * * root\n", [], false),
            ("0 0 * * * root tidy\n0 0 * * * tidy root\n", [], false), ("0 0 * * * nobody-has-this x\n", [], false),
            ("", [], false),
        ]
    )
    func users(text: String, options: [String], isNoticed: Bool) async throws {
        let fixture = try await StoreFixture()
        let run = try await fixture.carillon(["import", "crontab", "-"] + options, input: text)
        #expect(run.status == 0)
        #expect(run.error.contains("'root' is a user of this machine") == isNoticed, "\(run)")
        #expect(run.error.contains("--system") == isNoticed && run.error.contains("standard input:1:") == isNoticed)
    }

    @Test("Lines that never fire are told of")
    func silentLines() async throws {
        let fixture = try await StoreFixture()
        let text = "0 0 30 2 * tidy\n0 0 29 2 * leap\nCRON_TZ=Asia/Tokyo\n0 0 31 4 * tidy\n"
        for options in [["--dry-run"], []] {
            let run = try await fixture.carillon(["import", "crontab", "-"] + options, input: text)
            #expect(run.status == 0)
            #expect(
                run.errors.filter { $0.contains("never fires") }.map { String($0.prefix(74)) } == [
                    "Warning: standard input:1: the line never fires: its trigger names no time",
                    "Warning: standard input:4: the line never fires: its trigger names no time",
                ], "\(run)")
        }
    }

    @Test("A line with @reboot is left out with a warning, and the others are imported", arguments: [[], ["--json"]])
    func reboot(options: [String]) async throws {
        let fixture = try await StoreFixture()
        let run = try await fixture.carillon(
            ["import", "crontab", "-"] + options, input: "@reboot warm-up\n@Reboot again\n0 5 * * * tidy\n")
        #expect(run.status == 0, "\(run)")
        for line in 1...2 { #expect(run.error.contains("standard input:\(line): left out: '@reboot' names no time")) }
        let jobs = try await fixture.store.jobs(JobFilter(), page: Page()).compactMap(\.job)
        #expect(jobs.map(\.id.description).map { $0.hasPrefix("crontab-tidy-") } == [true])
    }

    @Test(
        "A line that other crons read differently is imported with a warning",
        arguments: [
            ("5/15 * * * * x", "means 5-59/15 here"), ("0 1/2 * * * x", "means 1-23/2 here"),
            ("0 0 2-31 * 1-6 x", "day of the month and weekday are both restricted"),
            ("*/90 * * * * x", "'*/90' in the field minute selects 0 alone"),
            ("RANDOM_DELAY=6\n0 0 * * * x", "RANDOM_DELAY is only a variable of the commands here: for a random delay"),
            ("START_HOURS_RANGE=3-22\n0 0 * * * x", "START_HOURS_RANGE is only a variable"),
            ("PERSISTENT=yes\n0 0 * * * x", "PERSISTENT is only a variable"),
            ("DELAY=5\n0 0 * * * x", "DELAY is only a variable"), ("BATCH=1\n0 0 * * * x", "BATCH is only a variable"),
        ])
    func readDifferently(text: String, words: String) async throws {
        let fixture = try await StoreFixture()
        let run = try await fixture.carillon("import", "crontab", "-", input: text)
        #expect(run.status == 0, "\(run)")
        #expect(run.error.contains(words), "\(run)")
        #expect(try await fixture.store.jobs(JobFilter(), page: Page()).count == 1)
    }

    @Test("Many lines of which there is something to say are counted behind the first")
    func manyRemarks() async throws {
        let fixture = try await StoreFixture()
        let text = (0..<30).map { "\($0)/15 * * * * x\n" }.joined()
        let run = try await fixture.carillon("import", "crontab", "-", "--dry-run", input: text)
        #expect(run.errors.count { $0.contains("behind a single number") } == 20, "\(run)")
        #expect(run.error.contains("standard input:21: and 10 lines from here on may fire"), "\(run)")
    }

    @Test("What an import would do can be asked for before there is a store")
    func dryRunWithoutStore() async throws {
        let fixture = try await StoreFixture()
        let store = "sqlite:///\(fixture.folder)/new.sqlite"
        let arguments = ["import", "crontab", "-", "--dry-run", "--store", store]
        let run = try await CommandRun.carillon(arguments, input: "0 5 * * * tidy\n")
        #expect(run.status == 0 && run.output.last == "Would be: 1 added", "\(run)")
        #expect(!FileManager.default.fileExists(atPath: "\(fixture.folder)/new.sqlite"))
    }

    @Test(
        "As JSON an import tells each line with what becomes of it, and the warnings", arguments: [[], ["--dry-run"]])
    func json(options: [String]) async throws {
        let fixture = try await StoreFixture()
        _ = try await fixture.carillon("import", "crontab", "-", "-z", "UTC", input: "0 5 * * * tidy\n")
        let text = "@reboot warm-up\n0 6 * * * tidy\n0 7 * * * new --all\n"
        let form = try #require(
            try await fixture.json(["import", "crontab", "-", "-z", "UTC"] + options, input: text) as? [String: Any])
        let lines = try #require(form["lines"] as? [[String: Any]])
        #expect(lines.map { $0["line"] as? Int } == [2, 3])
        #expect(lines.map { $0["result"] as? String } == ["replaced", "added"])
        #expect(lines.map { $0["schedule"] as? String } == ["0 6 * * *", "0 7 * * *"])
        #expect(lines.map { $0["command"] as? String } == ["tidy", "new --all"])
        #expect((lines.first?["change"] as? String)?.hasPrefix("was at 05:00") == true, "\(lines)")
        #expect(lines.map { $0["timezone"] as? String } == ["UTC", "UTC"])
        let warnings = try #require(form["warnings"] as? [[String: Any]])
        #expect(warnings.map { $0["line"] as? Int } == [1])
        #expect(form["dry_run"] as? Bool == !options.isEmpty)
        #expect((form["added"] as? [String]) == lines.dropFirst().compactMap { $0["id"] as? String })
    }

    @Test("A crontab without lines is told of", arguments: ["", "# only words\nMAILTO=x\n"])
    func empty(text: String) async throws {
        let fixture = try await StoreFixture()
        let dry = try await fixture.carillon("import", "crontab", "-", "--dry-run", input: text)
        #expect(dry.output == ["The crontab has no line that says when to run something: nothing would be imported"])
        let run = try await fixture.carillon("import", "crontab", "-", input: text)
        #expect(run.output == ["The crontab has no line that says when to run something: nothing was imported"])
        let form = try await fixture.json("import", "crontab", "-", "--dry-run", input: text) as? [String: Any]
        #expect((form?["added"] as? [String])?.isEmpty == true, "\(String(describing: form))")
    }
}
#endif
