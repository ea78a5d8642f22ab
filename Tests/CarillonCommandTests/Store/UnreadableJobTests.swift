import CarillonSQL
import CarillonSQLite
import Foundation
import Testing

@Suite("Commands on jobs that cannot be read", .fewAtOnce)
struct UnreadableJobTests {
    /// A store with a job that has an open run, which a statement then damages, beside one that is well.
    private func fixture(_ damage: String) async throws -> StoreFixture {
        let fixture = try await StoreFixture(["bad", "good"].map { try StoreFixture.job($0) })
        _ = try await fixture.carillon("jobs", "run", "bad")
        await (try SQLiteJobStore(path: "\(fixture.folder)/jobs.sqlite", settings: [damage])).close()
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
        #expect(show.error.contains(row), "\(show)")
        let doctor = try await fixture.carillon("doctor")
        #expect(doctor.output.contains { $0.contains("'bad' cannot be read: ") && $0.contains(row) }, "\(doctor)")
        #expect(!doctor.text.contains("'good'"), "\(doctor)")
    }

    @Test("An id that is no text does not keep 'carillon tasks' going round for ever", .timeLimit(.minutes(10)))
    func idWithoutText() async throws {
        let fixture = try await fixture(
            "UPDATE carillon_jobs SET id = CAST(x'ff' AS TEXT), task = 'none' WHERE id = 'bad'")
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
}
