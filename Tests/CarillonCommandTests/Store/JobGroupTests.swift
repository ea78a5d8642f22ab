#if Command
import Carillon
import CarillonTriggers
import Foundation
import Testing

@Suite("Several jobs at once, times told from now on, and the last run of a job", .fewAtOnce)
struct JobGroupTests {
    private func fixture() async throws -> StoreFixture {
        try await StoreFixture([
            try StoreFixture.job("a", tags: ["night"]), try StoreFixture.job("b", tags: ["night"]),
            try StoreFixture.job("c"),
        ])
    }

    private func paused(_ fixture: StoreFixture) async throws -> [String] {
        var filter = JobFilter()
        filter.state = .paused
        return try await fixture.store.jobs(filter, page: Page()).compactMap { $0.job?.id.description }.sorted()
    }

    @Test("pause and resume by tag, and all")
    func pauseAndResume() async throws {
        let fixture = try await fixture()
        let night = try await fixture.carillon("jobs", "pause", "--tag", "night")
        #expect(night.status == 0 && night.output == ["'a': paused", "'b': paused"], "\(night)")
        #expect(try await paused(fixture) == ["a", "b"])
        #expect(try await fixture.carillon("jobs", "pause", "--all").output == ["'c': paused"])
        #expect(try await fixture.carillon("jobs", "resume", "--tag", "night").status == 0)
        #expect(try await paused(fixture) == ["c"])
        #expect(try await fixture.carillon("jobs", "resume", "--all").output == ["'c': resumed"])
        let misspelt = try await fixture.carillon("jobs", "pause", "--tag", "nigth")
        #expect(misspelt.status == 1 && misspelt.error.contains("no job has the tag 'nigth'"), "\(misspelt)")
        for arguments in [
            ["jobs", "pause"], ["jobs", "pause", "a", "--all"], ["jobs", "resume", "--all", "--tag", "x"],
        ] {
            #expect(try await fixture.carillon(arguments).status == 64, "\(arguments)")
        }
        #expect(try await paused(fixture).isEmpty)
    }

    @Test("run by tag, and all; of one job the answer is one run")
    func run() async throws {
        let fixture = try await fixture()
        let night = try await fixture.carillon("jobs", "run", "--tag", "night")
        #expect(night.status == 0 && night.output.count == 2, "\(night)")
        let all = try #require(try await fixture.json("jobs", "run", "--all") as? [[String: Any]])
        #expect(all.compactMap { $0["job"] as? String } == ["a", "b", "c"])
        let one = try #require(try await fixture.json("jobs", "run", "c") as? [String: Any])
        #expect(one["job"] as? String == "c")
    }

    @Test("backfill runs each time of a past range once more, and refuses the future")
    func backfill() async throws {
        let fixture = try await fixture()
        let arguments = ["jobs", "backfill", "a", "--from", "2026-03-01", "--through", "2026-03-03T23:59"]
        let run = try await fixture.carillon(arguments)
        #expect(
            run.status == 0 && run.text.hasPrefix("3 runs of 'a' are to come, for Sun 2026-03-01 12:00:00"), "\(run)")
        let open = try await fixture.store.snapshot(JobID("a"), at: Instant(.now)).open
        #expect(open.count == 3 && open.allSatisfy { $0.id.occurrence.kind == .backfill }, "\(open)")
        let none = try await fixture.carillon(
            "jobs", "backfill", "a", "--from", "2026-03-01", "--through", "2026-03-01T11:00")
        #expect(none.status == 0 && none.text.hasPrefix("Nothing to run"), "\(none)")
        let future = try await fixture.carillon("jobs", "backfill", "a", "--from", "now", "--through", "in 2d")
        #expect(future.status == 65 && future.error.contains("only the past can be backfilled"), "\(future)")
    }

    @Test("Times may be told from now on", arguments: ["1h", "1h ago", "yesterday", "today"])
    func since(text: String) async throws {
        let fixture = try await fixture()
        let run = try await fixture.run("a", .succeeded)
        let listed = try await fixture.carillon("runs", "list", "--since", text)
        // A run just before midnight is not of today.
        let name = try await fixture.name(of: run.id.description)
        if text != "today" { #expect(listed.text.contains(" \(name) "), "\(listed)") }
        #expect(listed.status == 0, "\(listed)")
        let later = try await fixture.carillon("runs", "list", "--since", "in 1h")
        #expect(later.output == ["There are no such runs."], "\(later)")
        #expect(try await fixture.carillon("runs", "why", "a", text).status == 0)
        #expect(try await CommandRun.carillon(["next", "@daily", "--from", text]).status == 0)
        // The day before it has one midnight more.
        let next = ["next", "@daily", "--count", "2", "-z", "UTC", "--from"]
        let today = try await CommandRun.carillon(next + ["today"]).output
        let yesterday = try await CommandRun.carillon(next + ["yesterday"]).output
        #expect(yesterday.last?.prefix(14) == today.first?.prefix(14), "\(yesterday), \(today)")
        let wrong = try await fixture.carillon("runs", "list", "--since", "1hour")
        #expect(wrong.status == 64 && wrong.error.contains("or now, today, yesterday"), "\(wrong)")
    }

    @Test("A job once in an hour is written as such; an hour ago is refused")
    func at() async throws {
        let fixture = try await StoreFixture()
        let run = try await fixture.carillon("jobs", "add", "x", "--at", "in 1h", "--", "true")
        #expect(run.status == 0)
        #expect(run.text.hasSuffix(" in 1 hour") || run.text.hasSuffix(" in 59 minutes"), "\(run)")
        let past = try await fixture.carillon("jobs", "add", "y", "--at", "1h", "--", "true")
        #expect(past.status == 65 && past.error.contains("write 'in 1h' for one to come"), "\(past)")
    }

    @Test("runs show of a job is its last run")
    func lastRun() async throws {
        let fixture = try await fixture()
        let none = try await fixture.carillon("runs", "show", "a")
        #expect(none.status == 1 && none.error.contains("job 'a' has no runs"), "\(none)")
        _ = try await fixture.run("a", .failed, error: "first", log: "one")
        let last = try await fixture.run("a", .failed, error: "second", log: "two")
        let shown = try await fixture.carillon("runs", "show", "a")
        #expect(shown.output.dropFirst().first == "id         \(last.id)" && shown.text.contains("second"), "\(shown)")
        #expect(try await fixture.carillon("runs", "show", "a", "--log", "--raw").output == ["two"])
        let nobody = try await fixture.carillon("runs", "show", "nobody")
        #expect(nobody.status == 65 && nobody.error.contains("is no run"), "\(nobody)")
    }

    @Test("A job that cannot be read is replaced where somebody says so, and the message names the package")
    func unreadable() async throws {
        let folder = try TemporaryFolder()
        let zones = "\(folder.path)/zones/Private"
        try FileManager.default.createDirectory(atPath: zones, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: "/usr/share/zoneinfo/Europe/Berlin", toPath: "\(zones)/Zone")
        let fixture = try await StoreFixture()
        let adding = ["jobs", "add", "a", "--cron", "0 12 * * *"]
        let there = try await fixture.carillon(
            adding + ["-z", "Private/Zone", "--", "true"], variables: ["TZDIR": "\(folder.path)/zones"])
        #expect(there.status == 0, "\(there)")
        let editing = try await fixture.carillon("jobs", "edit", "a", "--cron", "0 13 * * *")
        #expect(editing.status == 1 && editing.error.contains("the package 'tzdata'"), "\(editing)")
        #expect(editing.error.contains("carillon jobs add a --if-exists replace"), "\(editing)")
        let replacing = try await fixture.carillon(adding + ["--if-exists", "replace", "--", "true"])
        #expect(replacing.status == 0 && replacing.text.hasPrefix("Replaced 'a': at 12:00"), "\(replacing)")
    }

    @Test("Policies are shown a line each in words, times to the second, and an empty store as such")
    func screens() async throws {
        let fixture = try await StoreFixture()
        #expect(try await fixture.carillon("jobs", "list").output == ["There are no jobs."])
        #expect(try await fixture.carillon("jobs", "list", "--tag", "x").output == ["There are no such jobs."])
        #expect(try await fixture.carillon("runs", "list").output == ["There are no runs."])
        let once = try await fixture.carillon("jobs", "add", "once", "--", "true")
        #expect(!once.text.contains("."), "\(once)")
        _ = try await fixture.carillon(
            "jobs", "add", "a", "--every", "90m", "--retry", "3", "--retry-delay", "1m", "--retry-delay-at-most", "1h",
            "--timeout", "2h", "--at-limit", "queue", "--", "true")
        let shown = try await fixture.carillon("jobs", "show", "a")
        #expect(shown.text.contains("every 90 minutes"), "\(shown)")
        #expect(
            shown.output.contains {
                $0.hasPrefix("retry ") && $0.hasSuffix("3 times, after 1 min, doubled each time up to 1 h")
            })
        #expect(shown.output.contains { $0.hasPrefix("timeout ") && $0.hasSuffix(" 2 h") }, "\(shown)")
        #expect(!shown.text.contains("{\"retry\"") && !shown.text.contains("T0"), "\(shown)")
    }
}
#endif
