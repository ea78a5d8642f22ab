import Carillon
import CarillonSQL
import CarillonSQLite
import CarillonTesting
import Foundation
import Testing

/// What files that cannot be written do is tried with the command, as somebody whom permissions bind.
@Suite("Opening for reading alone")
struct ReadingOnlyTests {
    private let file: StoreFile

    init() throws { file = try StoreFile() }

    @Test("Sees what another connection writes, and refuses to write")
    func reading() async throws {
        let store = try await file.open()
        _ = try await store.insert(try TestJobs.jobs(2))
        let reader = try await SQLiteJobStore(readingOnly: file.path)
        #expect(try await TestJobs.ids(reader) == ["job 0", "job 1"])
        _ = try await store.insert([try TestJobs.job("later")])
        #expect(try await TestJobs.ids(reader) == ["job 0", "job 1", "later"])
        let error = await failure(.storeReadOnly) { try await reader.insert([try TestJobs.job("mine")]) }
        #expect(error?.reason.contains("\(file.path) was opened for reading alone") == true)
        #expect(try await TestJobs.ids(store).count == 3)
        await reader.close()
    }

    @Test("A file that is not there is not made")
    func missing() async throws {
        let path = file.path
        #expect(await failure(.storeUnavailable) { try await SQLiteJobStore(readingOnly: path) } != nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: file.folder).isEmpty)
    }

    @Test("An older version is refused, as it would have to be upgraded; so is a newer one")
    func versions() async throws {
        let path = file.path
        let steps = SQLMigration.all
        await (try SQLiteJobStore(path: path, migrations: Array(steps.dropLast()), settings: [])).close()
        let older = await failure(.storeReadOnly) { try await SQLiteJobStore(readingOnly: path) }
        #expect(older?.reason.contains("older version") == true)
        let future = steps + [SQLMigration("from the future") { _ in [] }]
        await (try SQLiteJobStore(path: path, migrations: future, settings: [])).close()
        #expect(await failure(.storeTooNew) { try await SQLiteJobStore(readingOnly: path) } != nil)
    }

    @Test("Nodes are seen without a heartbeat, and writing is tried without a change")
    func looking() async throws {
        let store = try await file.open()
        let id = try NodeID("n")
        let report = NodeReport(id: id, host: "h", process: 1, processStart: 0, tasks: [])
        _ = try await store.heartbeat(report)
        let (time, nodes) = try await store.nodesAtAGlance()
        #expect(time == TestJobs.start)
        #expect(nodes.map(\.report.id) == [id])
        let before = try await store.heartbeat(report)
        try await store.tryWriting()
        #expect(try await store.heartbeat(report) == before)
        let reader = try await SQLiteJobStore(readingOnly: file.path)
        #expect(await failure(.storeReadOnly) { try await reader.tryWriting() } != nil)
    }
}
