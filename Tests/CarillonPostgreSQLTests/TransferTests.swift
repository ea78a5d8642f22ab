#if PostgreSQL
import Carillon
import CarillonPostgreSQL
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

/// Everything is moved from SQLite to PostgreSQL and back, by the library and by the command.
@Suite(.serialized, .timeLimit(.minutes(5))) struct TransferTests {
    /// A folder that is gone when the test is over.
    private final class Folder: Sendable {
        let path = FileManager.default.temporaryDirectory.path + "/carillon-tests-" + UUID().uuidString

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private static func filled(_ folder: Folder) async throws -> SQLiteJobStore {
        let store = try await SQLiteJobStore(path: "\(folder.path)/old.sqlite")
        try await TransferContents.fill(store)
        try await ExampleHistory(jobs: 100, runsPerJob: 100, after: 1000).add(to: store)
        return store
    }

    @Test func thereAndBackEverythingIsTheSame() async throws {
        let (folder, schema) = (try Folder(), try TestSchema())
        defer { withExtendedLifetime((folder, schema)) {} }
        let source = try await Self.filled(folder)
        let server = try await schema.open()
        let back = try await SQLiteJobStore(path: "\(folder.path)/back.sqlite")
        let before = try await TransferContents(of: source)
        let there = try await StoreTransfer(from: source, named: "old", to: server, named: "server").run()
        #expect(there.end == .complete && there.written.total == before.items.count && there.left.count == 0)
        let differences = try await TransferContents(of: server).differences(from: before)
        #expect(differences.isEmpty, "\(differences)")
        let here = try await StoreTransfer(from: server, named: "server", to: back, named: "back").run()
        #expect(here.end == .complete && here.digest == there.digest)
        let after = try await TransferContents(of: back).differences(from: before)
        #expect(after.isEmpty, "\(after)")
        // Generations that are given later are above those that were brought.
        let added = try await server.insert([try TestJobs.job("new")]).first
        #expect((added??.generation ?? 0) > 1100)
        for store in [source, back] { await store.close() }
        await server.close()
    }

    @Test func aServedDatabaseAndOneUnderTwoNamesAreRefused() async throws {
        let (folder, schema) = (try Folder(), try TestSchema())
        defer { withExtendedLifetime((folder, schema)) {} }
        let source = try await Self.filled(folder)
        let (server, same) = (try await schema.open(), try await schema.open())
        let alive = NodeReport(id: try NodeID("far"), host: "another", process: 7, processStart: 1, tasks: [])
        _ = try await server.heartbeat(alive, since: nil)
        let served = await #expect(throws: CarillonError.self) {
            _ = try await StoreTransfer(from: source, named: "old", to: server, named: "server").run()
        }
        #expect(served?.code == .storeInUse)
        try await server.forget([alive.id])
        let one = await #expect(throws: CarillonError.self) {
            _ = try await StoreTransfer(from: server, named: "a", to: same, named: "b").run()
        }
        #expect(one?.code == .invalidRange)
        #expect(try await server.transferCounts().total == 0)
        await source.close()
        await server.close()
        await same.close()
    }

    #if Command
    /// Runs `carillon migrate`, and kills it once the target has so many things; never if `count` is `nil`.
    private static func migrate(
        from source: String, to target: String, killingAt count: Int?, _ schema: TestSchema
    ) async throws -> Int32 {
        let command = try BuiltCommand(["migrate", "--from", source, "--to", target])
        while command.isRunning {
            await Task.yield()
            guard let count else { continue }
            let rows = try? schema.execute(
                """
                SELECT (SELECT count(*) FROM carillon_jobs) + (SELECT count(*) FROM carillon_past_runs)
                """)
            if let text = rows?.first?.first, let text, let there = Int(text), there >= count { break }
        }
        if count != nil { command.send(SIGKILL) }
        return await command.end()
    }

    @Test func killedAnywhereTheCommandGoesOn() async throws {
        let (folder, schema) = (try Folder(), try TestSchema())
        defer { withExtendedLifetime((folder, schema)) {} }
        let source = try await Self.filled(folder)
        let before = try await TransferContents(of: source)
        await source.close()
        let address = "sqlite:///\(folder.path)/old.sqlite"
        for count in [1, 60, 2000, 7000] {
            let end = try await Self.migrate(from: address, to: schema.url, killingAt: count, schema)
            #expect(end == -SIGKILL, "at \(count)")
        }
        #expect(try await Self.migrate(from: address, to: schema.url, killingAt: nil, schema) == 0)
        let server = try await schema.open()
        let there = try await TransferContents(of: server).differences(from: before)
        #expect(there.isEmpty, "\(there)")
        await server.close()
        let back = "\(folder.path)/back.sqlite"
        let end = try await Self.migrate(from: schema.url, to: "sqlite:///\(back)", killingAt: nil, schema)
        #expect(end == 0)
        let store = try await SQLiteJobStore(path: back)
        let after = try await TransferContents(of: store).differences(from: before)
        #expect(after.isEmpty, "\(after)")
        await store.close()
    }
    #endif
}
#endif
