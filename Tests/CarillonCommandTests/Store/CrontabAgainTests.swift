#if Command
import Carillon
import CarillonTriggers
import Foundation
import Testing

@Suite("A crontab that is imported again", .fewAtOnce)
struct CrontabAgainTests {
    private static let crontab = """
        PATH=/usr/bin:/bin
        30 2 * * * backup --all
        0 4 * * 6 backup --all
        5 * * * * tidy
        """

    /// The ids in the store, sorted.
    private func ids(_ fixture: StoreFixture) async throws -> [String] {
        try await fixture.store.jobs(JobFilter(), page: Page()).compactMap(\.job?.id.description).sorted()
    }

    private func importing(
        _ text: String, _ fixture: StoreFixture, file: String = "crontab", options: [String] = []
    ) async throws -> CommandRun {
        let path = "\(fixture.folder)/\(file)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try await CommandRun.carillon(
            ["import", "crontab", path] + options, variables: ["STATE_DIRECTORY": fixture.folder])
    }

    @Test("Nothing has changed: nothing is written, and each line is a job of its own")
    func unchanged() async throws {
        let fixture = try await StoreFixture()
        #expect(try await importing(Self.crontab, fixture).output.last == "3 added")
        let before = try await ids(fixture)
        #expect(Set(before).count == 3)
        #expect(before.last?.hasPrefix("crontab-tidy-") == true, "\(before)")
        for _ in 1...2 {
            let again = try await importing(Self.crontab, fixture)
            #expect(again.output == ["3 unchanged"], "\(again)")
        }
        let dry = try await importing(Self.crontab, fixture, options: ["--dry-run"])
        #expect(dry.output.last == "Would be: 3 unchanged", "\(dry)")
        #expect(try await ids(fixture) == before)
        let jobs = try await fixture.store.jobs(JobFilter(), page: Page()).compactMap(\.job)
        #expect(jobs.allSatisfy { $0.definitionVersion == 1 })
    }

    @Test("The same lines of another file, or under another name, are other jobs")
    func files() async throws {
        let fixture = try await StoreFixture()
        _ = try await importing(Self.crontab, fixture)
        #expect(try await importing(Self.crontab, fixture, file: "other").output.last == "3 added")
        #expect(try await importing(Self.crontab, fixture, options: ["--name", "third"]).output.last == "3 added")
        #expect(try await ids(fixture).count == 9)
        #expect(try await importing(Self.crontab, fixture, file: "other").output == ["3 unchanged"])
    }

    @Test("Another environment or zone above the same line makes another entry")
    func environments() async throws {
        let fixture = try await StoreFixture()
        let run = try await importing(
            "0 1 * * * a\nX=1\n0 1 * * * a\nCRON_TZ=Asia/Tokyo\n0 1 * * * a\n0 1 * * * a\n", fixture,
            options: ["-z", "UTC"])
        #expect(run.output.last == "4 added", "\(run)")
        let ids = try await ids(fixture)
        // The last line is there twice.
        #expect(ids.count == 4 && ids.count { $0.hasSuffix("-2") } == 1, "\(ids)")
    }

    @Test(
        "After an edit it is told what changed, and the jobs stay the same jobs",
        arguments: [
            ("30 2 * * * backup --all", "45 3 * * * backup --all", "1 replaced, 2 unchanged", "was at 02:30"),
            ("PATH=/usr/bin:/bin", "PATH=/bin", "3 replaced", "other environment"),
            ("30 2 * * * backup", "30\t2  *\t* * \t backup", "3 unchanged", ""),
            ("5 * * * * tidy", "\t5 * * * * tidy \t", "3 unchanged", ""),
            ("PATH=/usr/bin:/bin", "CRON_TZ=Asia/Tokyo\nPATH=/usr/bin:/bin", "3 replaced", "was at 02:30"),
            ("PATH=/usr/bin:/bin", "# words\n\nPATH=/usr/bin:/bin", "3 unchanged", ""),
            ("5 * * * * tidy", "5 * * * * tidy\n7 * * * * tidy", "1 added, 3 unchanged", "added"),
            ("5 * * * * tidy", "7 * * * * tidy\n5 * * * * tidy", "1 added, 3 unchanged", "added"),
            (
                "30 2 * * * backup --all\n0 4 * * 6 backup --all", "0 4 * * 6 backup --all\n30 2 * * * backup --all",
                "3 unchanged", ""
            ),
        ]
    )
    func edits(old: String, new: String, summary: String, words: String) async throws {
        let fixture = try await StoreFixture()
        _ = try await importing(Self.crontab, fixture, options: ["-z", "UTC"])
        let before = try await ids(fixture)
        let text = Self.crontab.replacing(old, with: new)
        let dry = try await importing(text, fixture, options: ["-z", "UTC", "--dry-run"])
        #expect(dry.output.last == "Would be: \(summary)", "\(dry)")
        let run = try await importing(text, fixture, options: ["-z", "UTC"])
        #expect(run.output.last == summary, "\(run)")
        #expect(words.isEmpty || run.text.contains(words), "\(run)")
        #expect(Set(try await ids(fixture)).isSuperset(of: before))
    }

    @Test("Jobs of lines that are gone are told of and stay, or are removed where that is asked for")
    func gone() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("mine", tags: ["crontab"])])
        _ = try await importing(Self.crontab, fixture)
        let text = Self.crontab.replacing("30 2 * * * backup --all\n", with: "")
        let kept = try await importing(text, fixture)
        #expect(kept.output.contains("2 unchanged, 1 gone"), "\(kept)")
        #expect(kept.text.contains("--remove-gone"), "\(kept)")
        #expect(try await ids(fixture).count == 4)
        let dry = try await importing(text, fixture, options: ["--remove-gone", "--dry-run"])
        #expect(dry.output.last == "Would be: 2 unchanged, 1 removed", "\(dry)")
        #expect(try await ids(fixture).count == 4)
        let removed = try await importing(text, fixture, options: ["--remove-gone"])
        #expect(removed.output.last == "2 unchanged, 1 removed", "\(removed)")
        let left = try await ids(fixture)
        #expect(left.count == 3 && left.contains("mine"), "\(left)")
        // The one whose line is still there.
        let jobs = try await fixture.store.jobs(JobFilter(), page: Page()).compactMap(\.job)
        #expect(!jobs.contains { $0.definition.trigger.description.contains("02:30") })
    }

    @Test(
        "A crontab that has become empty removes nothing unless that is asked for",
        arguments: ["", " \n\n", "# 5 * * * * tidy\nMAILTO=ada\n"], [[], ["--json"], ["--dry-run"]])
    func empty(text: String, options: [String]) async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("mine", tags: ["crontab"])])
        _ = try await importing(Self.crontab, fixture)
        let refused = try await importing(text, fixture, options: ["--remove-gone"] + options)
        #expect(refused.status == 1 && refused.output.isEmpty, "\(refused)")
        #expect(
            refused.errors.last
                == "Error: \(fixture.folder)/crontab: has no line that says when to run something, and --remove-gone would "
                + "remove all 3 jobs of this crontab; nothing was removed: give --allow-empty as well where that is meant",
            "\(refused)")
        #expect(try await ids(fixture).count == 4)
        // Without the flag nothing is at stake.
        let kept = try await importing(text, fixture, options: options)
        #expect(kept.status == 0, "\(kept)")
        #expect(try await ids(fixture).count == 4)
        let removed = try await importing(text, fixture, options: ["--remove-gone", "--allow-empty"] + options)
        #expect(removed.status == 0, "\(removed)")
        #expect(try await ids(fixture).count == (options == ["--dry-run"] ? 4 : 1), "\(removed)")
        // There is nothing left to be lost.
        if options.isEmpty { #expect(try await importing(text, fixture, options: ["--remove-gone"]).status == 0) }
    }

    @Test("That a crontab may be empty goes with the removal of jobs alone")
    func emptyAlone() async throws {
        let fixture = try await StoreFixture()
        let run = try await importing(Self.crontab, fixture, options: ["--allow-empty"])
        #expect(run.status == 64 && run.error.contains("--allow-empty: goes with --remove-gone alone"), "\(run)")
    }

    @Test(
        "Of jobs whose lines are gone it is said which would still run",
        arguments: [
            (
                "5 * * * * tidy", [],
                "1 job is of a line that is gone and would still run: --remove-gone removes what is"
            ),
            ("0 0 30 2 * tidy", [], "1 job is of a line that is gone: --remove-gone removes what is gone"),
            ("5 * * * * tidy", ["pause"], "1 job is of a line that is gone: --remove-gone removes what is gone"),
            ("5 * * * * tidy\n6 * * * * sweep", [], "2 jobs are of lines that are gone and would still run: --remove"),
            (
                "5 * * * * tidy\n0 0 30 2 * sweep", [],
                "2 jobs are of lines that are gone, and 1 of them would still run"
            ),
        ]
    )
    func stillRunning(lines: String, action: [String], words: String) async throws {
        let fixture = try await StoreFixture()
        _ = try await importing("1 * * * * stays\n\(lines)\n", fixture)
        for word in action {
            let id = try #require(try await ids(fixture).last)
            #expect(try await fixture.carillon("jobs", word, id).status == 0)
        }
        let run = try await importing("1 * * * * stays\n", fixture)
        #expect(run.output.last?.hasPrefix(words) == true, "\(run)")
    }

    @Test("What was edited of a job and a crontab does not say stays")
    func policies() async throws {
        let fixture = try await StoreFixture()
        _ = try await importing("5 * * * * tidy\n", fixture)
        let id = try #require(try await ids(fixture).first)
        #expect(try await fixture.carillon("jobs", "edit", id, "--timeout", "90s", "--tag", "mine").status == 0)
        #expect(try await fixture.carillon("jobs", "pause", id).status == 0)
        #expect(try await importing("5 * * * * tidy\n", fixture).output == ["1 unchanged"])
        #expect(try await importing("6 * * * * tidy\n", fixture).output.last == "1 replaced")
        let job = try await fixture.store.snapshot(JobID(id), at: Instant(.now)).job
        #expect(job.definition.policies.timeout == .seconds(90))
        #expect(job.definition.tags.contains("mine"))
        #expect(job.state != .active)
    }

    @Test("A job of somebody else under the same id is not touched")
    func foreign() async throws {
        let fixture = try await StoreFixture()
        _ = try await importing("5 * * * * tidy\n", fixture)
        let id = try #require(try await ids(fixture).first)
        #expect(try await fixture.carillon("jobs", "remove", id).status == 0)
        #expect(try await fixture.carillon("jobs", "add", id, "--every", "1h", "--", "mine").status == 0)
        #expect(try await importing("5 * * * * tidy\n", fixture).output.last == "1 added")
        #expect(try await ids(fixture) == [id, "\(id)-2"])
        #expect(try await importing("5 * * * * tidy\n", fixture).output == ["1 unchanged"])
    }

    @Test(
        "The id has the programs, and nothing of their arguments",
        arguments: [
            ("cd / && run-parts --report /etc/cron.hourly", "run-parts"),
            ("test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }", "run-parts"),
            ("pg_dump shop | gzip -9 > /srv/shop.gz 2>&1", "pg_dump-gzip"),
            ("PASSWORD=hunter2 /opt/bin/sync.sh -p 'a;hunter3' >/dev/null 2>&1", "sync.sh"),
            ("[ -d /run ] && tar cf /srv/$(date; echo hunter2).tar /etc", "tar"),
            ("\"/opt/my tool/go\" now", "go"),
            ("2>&1 : ;", "command"),
            ("räuber", "ruber"),
        ]
    )
    func slugs(command: String, slug: String) async throws {
        let fixture = try await StoreFixture()
        #expect(try await importing("0 0 * * * \(command)\n", fixture).status == 0)
        let id = try #require(try await ids(fixture).first)
        #expect(id.wholeMatch(of: /crontab-(.+)-[0-9a-f]{8}/)?.1 == slug[...], "\(id)")
    }
}
#endif
