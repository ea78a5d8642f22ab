import Carillon
import CarillonSQL
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Testing

/// What heartbeats cost where nothing has happened.
@Suite("Heartbeats")
struct HeartbeatTests {
    private let file: StoreFile
    private let session: SQLSession
    private let connection: CountingConnection

    init() async throws {
        file = try StoreFile()
        let store = try await file.open()
        _ = try await store.insert([try TestJobs.job("a", after: 3600)])
        await store.close()
        connection = try CountingConnection(file.path)
        session = SQLSession(
            connection, definitions: DefinitionCache(), unreadable: UnreadableJobs(), clock: { TestJobs.start })
    }

    private func report() throws -> NodeReport {
        NodeReport(
            id: try NodeID("node"), host: "host", process: 1, processStart: 1, tasks: [TaskName("work")],
            zones: "2026a")
    }

    @Test("A heartbeat of an idle node is at most three statements, and asking for news is one")
    func statements() throws {
        let first = try session.heartbeat(try report(), since: nil)
        #expect(first.namesAll && first.nodes.count == 1)
        let known = KnownNodes(version: first.nodesVersion, silence: 1_000_000)
        connection.statements = []
        let next = try session.heartbeat(try report(), since: known)
        #expect(connection.statements.count <= 3, "\(connection.statements)")
        #expect(!next.namesAll && next.nodes.isEmpty)
        #expect(next.news == first.news)
        connection.statements = []
        let news = try session.news(for: first.nodes[0].report.id, tasks: try report().tasks)
        #expect(connection.statements.count == 1, "\(connection.statements)")
        #expect(news.earliest.due == first.news.earliest.due)
    }
}
