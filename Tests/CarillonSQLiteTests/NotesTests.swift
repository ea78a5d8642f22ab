import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Testing

@Suite("Notes of running runs in the file")
struct NotesTests {
    private let file: StoreFile

    init() throws { file = try StoreFile() }

    private func rows() throws -> [String] {
        try RawDatabase(file.path).texts("SELECT doing FROM carillon_run_notes ORDER BY doing")
    }

    /// Runs that the node has taken and that have said something.
    private func noted(_ store: any JobStore, jobs count: Int) async throws -> [Run] {
        _ = try await store.insert(try TestJobs.jobs(count))
        let runs = try await TestJobs.pass(store).flatMap(\.runs)
        let notes = runs.map {
            RunNotes(
                run: $0.id, fence: $0.fence, progress: RunProgress(0.5, "\($0.id.occurrence.job)"),
                log: Array("log".utf8))
        }
        try await store.note(notes, from: try NodeID("node"), at: TestJobs.start)
        return runs
    }

    @Test("A run that ends, its job removed or not, leaves no row behind, and touches no other's")
    func ended() async throws {
        let store = try await file.open()
        let runs = try await noted(store, jobs: 4)
        #expect(try rows() == ["job 0", "job 1", "job 2", "job 3"])
        let ends = Dictionary(
            uniqueKeysWithValues: runs.map { run in
                let end = Completion(
                    run: run.id, fence: run.fence, finished: TestJobs.start, result: .ended(.succeeded))
                return (run.id.occurrence.job.description, end)
            })
        var pass = StorePass(now: TestJobs.start, node: try NodeID("node"), tasks: [])
        pass.completions = [try #require(ends["job 0"]), try #require(ends["job 2"])]
        #expect(try await pass.run(on: store).refused.isEmpty)
        #expect(try rows() == ["job 1", "job 3"])
        _ = try await store.remove([JobID("job 1")], at: TestJobs.start)
        #expect(try rows() == ["job 1", "job 3"], "it is running still")
        pass.completions = [try #require(ends["job 1"])]
        #expect(try await pass.run(on: store).refused.isEmpty)
        #expect(try rows() == ["job 3"])
    }

    @Test(
        "Notes that cannot be read are not shown, and the run is",
        arguments: ["fraction = 'much'", "noted = -1 << 62"])
    func unreadable(damage: String) async throws {
        let store = try await file.open()
        let run = try #require(try await noted(store, jobs: 1).first)
        #expect(try await store.run(run.id)?.progress == RunProgress(0.5, "job 0"))
        try RawDatabase(file.path).execute("UPDATE carillon_run_notes SET \(damage)")
        let shown = try #require(try await store.run(run.id))
        #expect(shown.state == .running(node: try NodeID("node")) && shown.progress == nil && shown.log == nil)
        #expect(try await store.runs(RunFilter(), page: Page()).map(\.id) == [run.id])
    }
}
