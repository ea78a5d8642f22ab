#if Command
import Carillon
import CarillonSQL
import CarillonSQLite
import CarillonTriggers
import Foundation
import Testing

@Suite("Commands on jobs that cannot be read", .fewAtOnce)
struct UnreadableJobTests {
    /// A store with a job that has an open run, which a statement then damages, beside one that is well.
    private func fixture(_ damage: String...) async throws -> StoreFixture {
        let fixture = try await StoreFixture(["bad", "good"].map { try StoreFixture.job($0) })
        _ = try await fixture.carillon("jobs", "run", "bad")
        await (try SQLiteJobStore(path: "\(fixture.folder)/jobs.sqlite", settings: damage)).close()
        return fixture
    }

    @Test("A run that cannot be read is told of by list, show and doctor, with its row")
    func run() async throws {
        let fixture = try await fixture("UPDATE carillon_open_runs SET kind = 77")
        let row = /table carillon_open_runs \(generation 1, scheduled \d+, kind 77, number \d+, attempt 1\): kind is 77/
        let list = try #require(try await fixture.json("jobs", "list") as? [[String: Any]])
        #expect(list.map { $0["state"] as? String } == ["unreadable", "active"], "\(list)")
        #expect((list.first?["error"] as? String)?.contains(row) == true, "\(list)")
        let show = try await fixture.carillon("jobs", "show", "bad")
        #expect(show.status == 1 && show.error.contains("job 'bad' cannot be read: "), "\(show)")
        #expect(show.error.contains(row) && !show.error.contains("--timezone"), "\(show)")
        let doctor = try await fixture.carillon("doctor")
        #expect(doctor.output.contains { $0.contains("'bad' cannot be read: ") && $0.contains(row) }, "\(doctor)")
        #expect(!doctor.text.contains("'good'"), "\(doctor)")
    }

    @Test("An id that is no text does not keep 'carillon tasks' going round for ever", .timeLimit(.minutes(10)))
    func idWithoutText() async throws {
        let fixture = try await fixture(
            "UPDATE carillon_jobs SET id = CAST(x'ff' AS TEXT), task = 'none' WHERE id = 'bad'",
            "UPDATE carillon_definitions SET id = CAST(x'ff' AS TEXT), task = 'none' WHERE id = 'bad'")
        let run = try await fixture.carillon("tasks")
        #expect(run.status == 0 && run.text.contains("shell"), "\(run)")
    }

    @Test("History that cannot be read is told of by why, also of a stretch and of a job that is gone")
    func history() async throws {
        let fixture = try await fixture(
            """
            INSERT INTO carillon_reasons
            (job, generation, first_scheduled, last_scheduled, occurrences, reason, recorded)
            VALUES ('gone', 1, 1577880000000000, 1577880000000000, 1, 'lunar', 1577880000000000)
            """)
        let why = try await fixture.carillon("runs", "why", "gone", "2020-01-01T12:00:00Z")
        #expect(why.status == 0 && why.text.contains("1 row of its history cannot be read."), "\(why)")
        let form = try #require(
            try await fixture.json("runs", "why", "gone", "2020-01-01T12:00:00Z") as? [String: Any])
        #expect(form["explanation"] as? String == "unreadable", "\(form)")
        let stretch = ["2020-01-01", "--through", "2020-01-02"]
        let all = try #require(try await fixture.json(["runs", "why", "gone"] + stretch) as? [String: Any])
        #expect(all["unreadable"] as? Int == 1 && (all["reasons"] as? [Any])?.isEmpty == true, "\(all)")
        let listed = try await fixture.carillon(["runs", "why", "gone"] + stretch)
        #expect(listed.text.contains("1 row of the history of that time cannot be read."), "\(listed)")
    }

    @Test("Those of a state are those that are known to be in it", arguments: ["active", "paused", "ended"])
    func state(_ state: String) async throws {
        let fixture = try await fixture("UPDATE carillon_definitions SET trigger_json = 'x' WHERE generation = 1")
        let list = try #require(try await fixture.json("jobs", "list", "--state", state) as? [[String: Any]])
        #expect(list.compactMap { $0["id"] as? String } == (state == "active" ? ["good"] : []), "\(list)")
    }

    /// A store with a run that failed, its second attempt that succeeded, and what a statement makes of them.
    private func past(_ damage: String) async throws -> StoreFixture {
        let fixture = try await StoreFixture(["a", "b"].map { try StoreFixture.job($0) })
        let run = try await fixture.run("a", .failed)
        #expect(try await fixture.carillon("runs", "retry", run.id.description).status == 0)
        let again = try await fixture.take(JobID("a"))
        var pass = StorePass(now: Instant(.now), node: fixture.node, tasks: [])
        pass.completions = [
            Completion(run: again.id, fence: again.fence, finished: Instant(.now), result: .ended(.succeeded))
        ]
        _ = try await pass.run(on: fixture.store)
        _ = try await fixture.run("b", .succeeded)
        await (try SQLiteJobStore(path: "\(fixture.folder)/jobs.sqlite", settings: [damage])).close()
        return fixture
    }

    @Test(
        "Past runs that cannot be read are counted by list, show, why and doctor",
        arguments: ["fence = -1", "available = 9223372036854775807", "number = 'x'"])
    func pastRuns(_ damage: String) async throws {
        let fixture = try await past("UPDATE carillon_past_runs SET \(damage) WHERE job = 'a' AND attempt = 2")
        let list = try await fixture.carillon("runs", "list")
        #expect(list.output.count == 3, "\(list)")
        let words = "1 row of these runs cannot be read. 'carillon doctor' says of which jobs."
        #expect(list.errors == ["Warning: \(words)"], "\(list)")
        #expect(try await fixture.carillon("runs", "list", "--job", "b").errors.isEmpty)
        #expect(try await fixture.carillon("runs", "list", "--json").errors.count == 1)
        let show = try await fixture.carillon("runs", "show", "a")
        #expect(show.output.contains { $0.hasPrefix("outcome ") && $0.hasSuffix("failed") }, "\(show)")
        #expect(
            show.error.contains("1 row of the history of job 'a'") && show.error.hasSuffix("cannot be read."), "\(show)"
        )
        #expect(try await fixture.carillon("runs", "show", "b").errors.isEmpty)
        let run = try #require(try await fixture.json("runs", "show", "a") as? [String: Any])
        let time = try #require(run["scheduled"] as? String)
        let why = try await fixture.carillon("runs", "why", "a", time)
        #expect(why.output.first?.contains("failed") == true, "\(why)")
        #expect(why.output.last == "1 row of the history of that time cannot be read.", "\(why)")
        let form = try #require(try await fixture.json("runs", "why", "a", time) as? [String: Any])
        #expect(form["unreadable"] as? Int == 1)
        let second = try await fixture.carillon("runs", "show", "a/\(time)/manual/2")
        #expect(
            second.status == 1 && second.error.contains("1 row of the history of that time cannot be read"), "\(second)"
        )
        let doctor = try await fixture.carillon("doctor")
        let found = "warning  history: 1 row of past runs and reasons cannot be read: of job 'a' (1)"
        #expect(doctor.status == 0 && doctor.output.contains(found), "\(doctor)")
    }

    @Test("A store whose history can be read is well")
    func whole() async throws {
        let fixture = try await past("SELECT 1")
        for command in [["runs", "list"], ["runs", "show", "a"]] {
            #expect(try await fixture.carillon(command).errors.isEmpty)
        }
        #expect(try await !fixture.carillon("doctor").text.contains("history"))
    }

    // MARK: Zones that are gone

    /// A store with a paused job, or one that is not, whose zone is then called by a name that the database does not have.
    private func goneZone(_ trigger: String? = nil) async throws -> StoreFixture {
        let fixture = try await StoreFixture([
            try StoreFixture.job("bad", tags: ["kept"]), try StoreFixture.job("good"),
        ])
        if let trigger {
            #expect(try await fixture.carillon("jobs", "edit", "bad", "--trigger", trigger).status == 0)
        }
        _ = try await fixture.run("bad", .failed)
        let rename = "REPLACE(trigger_json, 'Europe/Berlin', 'US/Gone')"
        let damage = "UPDATE carillon_definitions SET trigger_json = \(rename) WHERE generation = 1"
        await (try SQLiteJobStore(path: "\(fixture.folder)/jobs.sqlite", settings: [damage])).close()
        return fixture
    }

    @Test("A job whose zone is gone gets another, and is the same otherwise")
    func otherZone() async throws {
        let fixture = try await goneZone()
        let show = try await fixture.carillon("jobs", "show", "bad")
        #expect(
            show.status == 1 && show.error.contains("'US/Gone'") && show.error.contains("'tzdata-legacy'"), "\(show)")
        let advice = "'carillon jobs edit bad --timezone ZONE' gives its trigger another zone"
        #expect(show.error.hasSuffix(advice), "\(show)")
        let doctor = try await fixture.carillon("doctor")
        #expect(doctor.output.contains("         jobs: \(advice)"), "\(doctor)")
        for options in [["--timeout", "1h"], ["--cron", "0 4 * * *"], ["--timezone", "US/Other"]] {
            let refused = try await fixture.carillon(["jobs", "edit", "bad"] + options)
            #expect(refused.status != 0, "\(refused)")
            if options[0] != "--timezone" {
                let words = "'carillon jobs edit bad --timezone ZONE' gives its trigger another zone, and "
                #expect(refused.status == 1 && refused.error.contains(words), "\(refused)")
            }
        }
        let edited = try await fixture.carillon("jobs", "edit", "bad", "--timezone", "Europe/Paris", "--timeout", "1h")
        #expect(edited.output.first?.hasPrefix("Changed 'bad': at 12:00, Paris time; next ") == true, "\(edited)")
        let job = try #require(try await fixture.json("jobs", "show", "bad") as? [String: Any])
        #expect((job["trigger"] as? [String: Any])?["timezone"] as? String == "Europe/Paris", "\(job)")
        #expect((job["policies"] as? [String: Any])?["timeout"] as? Int == 3600, "\(job)")
        #expect(job["tags"] as? [String] == ["kept"] && job["generation"] as? Int == 1 && job["version"] as? Int == 2)
        #expect((job["next_due"] as? String)?.contains("T12:00:00") == true, "\(job)")
        #expect((try await fixture.json("runs", "list", "--job", "bad") as? [Any])?.count == 1)
        // One whose zone is there has a trigger to go with it.
        let good = try await fixture.carillon("jobs", "edit", "good", "--timezone", "Europe/Paris")
        #expect(good.status == 64 && good.error.contains("give --cron"), "\(good)")
    }

    @Test(
        "So it does with another trigger",
        arguments: [
            (["--cron", "0 4 * * *", "--timezone", "Europe/Paris"], "at 04:00, Paris time"),
            (["--every", "2h"], "every 2 hours"),
            (["--trigger", #"{"type":"cron","hour":5,"timezone":"Asia/Tokyo"}"#], "at 05:00, Tokyo time"),
        ])
    func otherTrigger(options: [String], words: String) async throws {
        let fixture = try await goneZone()
        let edited = try await fixture.carillon(["jobs", "edit", "bad"] + options)
        #expect(edited.output.first?.hasPrefix("Changed 'bad': \(words)") == true, "\(edited)")
        #expect(try await fixture.carillon("jobs", "show", "bad").status == 0)
        let bad = #"{"type":"cron","hour":5,"timezone":"US/Gone"}"#
        let refused = try await (try await goneZone()).carillon("jobs", "edit", "bad", "--trigger", bad)
        #expect(refused.status == 65 && refused.error.contains("US/Gone"), "\(refused)")
    }

    @Test("Of a trigger of several parts only the zones that are gone are changed")
    func parts() async throws {
        let fixture = try await goneZone(
            #"{"type":"or","triggers":[{"type":"cron","hour":5,"timezone":"Asia/Tokyo"},"#
                + #"{"type":"cron","hour":6,"timezone":"Europe/Berlin"}]}"#)
        #expect(try await fixture.carillon("jobs", "edit", "bad", "-z", "Europe/Paris").status == 0)
        let job = try #require(try await fixture.json("jobs", "show", "bad") as? [String: Any])
        let text = "\(job["trigger"] ?? "")"
        #expect(text.contains("Asia/Tokyo") && text.contains("Europe/Paris") && !text.contains("US/Gone"), "\(text)")
    }

    @Test("What came due while its zone was gone has a reason")
    func dueMeanwhile() async throws {
        let fixture = try await goneZone()
        let due = Instant(seconds: Instant(.now).flooredSeconds / 86_400 * 86_400 - 3 * 86_400 + 11 * 3600)
        let late = "UPDATE carillon_jobs SET next_scheduled = \(due.microseconds), next_due = \(due.microseconds)"
        await (try SQLiteJobStore(path: "\(fixture.folder)/jobs.sqlite", settings: ["\(late) WHERE id = 'bad'"]))
            .close()
        #expect(try await fixture.carillon("jobs", "edit", "bad", "--timezone", "Europe/Berlin").status == 0)
        let reasons = try await fixture.store.reasons(
            JobID("bad"), from: .earliest, through: .latest, limit: 10)
        #expect(reasons.map(\.reason) == [.triggerReplaced] && reasons.first?.first == due, "\(reasons)")
        #expect((reasons.first?.count ?? 0) >= 3, "\(reasons)")
    }
}
#endif
