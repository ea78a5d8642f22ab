#if Command
import Carillon
import CarillonTriggers
import Foundation
import Testing

@Suite("Tables of runs", .fewAtOnce)
struct RunTableTests {
    /// A store with a run that somebody asked for, which failed, and the run that follows from that.
    private func fixture(_ id: String) async throws -> StoreFixture {
        var job = try StoreFixture.job(id).definition
        job.policies.onFailure = FailureTask(TaskName("tell"))
        let fixture = try await StoreFixture([NewJob(id: try JobID(id), definition: job, added: Instant(.now))])
        _ = try await fixture.run(id, .failed, error: "exit status 3 since the file was not there")
        return fixture
    }

    @Test(
        "Of whatever width, a terminal is shown outcome and run, and no line is too long",
        arguments: ["a", "import-orders", "nightly-database-backup-of-the-shop"], [40, 60, 80, 100, 120, 200])
    func widths(id: String, columns: Int) async throws {
        let fixture = try await fixture(id)
        let list = try await fixture.carillon("runs", "list", variables: ["COLUMNS": "\(columns)"])
        let titles = try #require(list.output.first).split(separator: " ").map(String.init)
        #expect(titles.starts(with: ["OUTCOME"]), "\(list)")
        var runs: [String] = []
        for run in try await fixture.store.runs(RunFilter(), page: Page()) {
            runs.append(try await fixture.name(of: run.id.description))
        }
        try #require(runs.count == 2)
        for run in runs {
            let line = try #require(list.output.first { $0.split(separator: " ").contains(Substring(run)) }, "\(list)")
            // A name that stands alone may be too long.
            #expect(line.count <= columns || line == "    \(run)", "\(line)")
        }
        #expect(list.output.allSatisfy { line in line.count <= columns || runs.contains { line == "    \($0)" } })
        #expect(list.output.contains { $0.hasPrefix("failed") } && list.output.contains { $0.hasPrefix("ready") })
        #expect(list.output.count == (titles.contains("RUN") ? 3 : 6), "\(list)")
    }

    @Test(
        "Why a run failed is shown before when it was scheduled to the second and how long it took",
        arguments: [60, 80])
    func errors(columns: Int) async throws {
        let fixture = try await fixture("import-orders")
        let list = try await fixture.carillon("runs", "list", variables: ["COLUMNS": "\(columns)"])
        #expect(list.output.first?.contains("ERROR") == true, "\(list)")
        #expect(list.output.contains { $0.hasPrefix("failed") && $0.contains("exit status 3") }, "\(list)")
    }

    @Test("A run that a person or a failure asked for says so in its name, and in JSON")
    func kinds() async throws {
        let fixture = try await fixture("a")
        let list = try await fixture.carillon("runs", "list")
        #expect(list.output.contains { $0.contains(#/^ready +a/\S+/onFailure /#) }, "\(list)")
        #expect(list.output.contains { $0.contains(#/^failed +a/\S+/manual .* exit status 3/#) }, "\(list)")
        let json = try #require(try await fixture.json("runs", "list") as? [[String: Any]])
        #expect(Set(json.compactMap { $0["kind"] as? String }) == ["manual", "onFailure"])
    }
}
#endif
