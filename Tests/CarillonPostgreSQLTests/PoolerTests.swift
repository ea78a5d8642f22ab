#if PostgreSQL
import Carillon
import CarillonPostgreSQL
import CarillonTesting
import Testing

/// Stores behind PgBouncer, which gives each of their transactions another connection.
@Suite(.serialized, .timeLimit(.minutes(2))) struct PoolerTests {
    @Test func storesBehindAPoolerFireEachJobOnce() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let url = try server.pool()
        // Six connections to a pooler that has four.
        let stores = [try await PostgreSQLJobStore(url: url), try await PostgreSQLJobStore(url: url)]
        _ = try await stores[0].insert(try TestJobs.jobs(200))
        let fired = try await withThrowingTaskGroup(of: [JobID].self) { group in
            for (number, store) in stores.enumerated() {
                group.addTask {
                    let report = NodeReport(
                        id: try NodeID("node-\(number)"), host: "h", process: 1, processStart: 1,
                        tasks: [TaskName("work")], zones: "2026a")
                    var mine: [JobID] = []
                    while true {
                        _ = try await store.heartbeat(report)
                        let some = try await TestJobs.pass(store, node: "node-\(number)", limit: 10)
                        if some.isEmpty { return mine }
                        mine += some.map(\.job.id)
                    }
                }
            }
            return try await group.reduce(into: [JobID]()) { $0 += $1 }
        }
        #expect(fired.count == 200)
        #expect(Set(fired).count == 200)
        #expect(try await stores[1].runs(RunFilter(), page: Page(limit: 1000)).count == 200)
        // The next client of these connections finds them unchanged.
        let plain = url.prefix { $0 != "?" }
        for _ in 0..<10 {
            let left = try RawDatabase(String(plain)).execute(
                "SELECT current_setting('statement_timeout'), count(*) FROM pg_prepared_statements")
            #expect(left == [["0", "0"]])
        }
        for store in stores { await store.close() }
    }

    @Test func aStoreWithoutAPoolerHearsOfChangesMadeBehindOne() async throws {
        let server = try OwnServer()
        defer { withExtendedLifetime(server) {} }
        let pooled = try await PostgreSQLJobStore(url: try server.pool())
        let direct = try await PostgreSQLJobStore(url: server.url)
        let changes = try await direct.changes()
        let silent = try await pooled.changes()
        _ = try await pooled.insert([try TestJobs.job("a")])
        #expect(await changes.first { _ in true } != nil)
        // It ends with its store, and has said nothing.
        await pooled.close()
        #expect(await silent.first { _ in true } == nil)
        await direct.close()
    }
}
#endif
