#if MySQL
import Carillon
import CarillonMySQL
import CarillonTesting
import Testing

/// Several sessions that work on one database.
@Suite(.timeLimit(.minutes(2))) struct SeveralNodesTests {
    @Test func twoNodesClaimEachJobOnce() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let tasks = (0..<10).map { "task-\($0)" }
        let stores = [try await database.open(), try await database.open()]
        for task in tasks {
            _ = try await stores[0].insert(try (0..<100).map { try TestJobs.job("\(task) \($0)", task: task) })
        }
        var fired: [[JobID]] = [[], []]
        // Both at once, again and again: each gets its 25 as long as there are 50.
        for _ in 0..<25 {
            async let first = TestJobs.pass(stores[0], node: "node-0", limit: 25, tasks: Set(tasks))
            async let second = TestJobs.pass(stores[1], node: "node-1", limit: 25, tasks: Set(tasks))
            fired[0] += try await first.map(\.job.id)
            fired[1] += try await second.map(\.job.id)
        }
        #expect(fired.map(\.count).reduce(0, +) == 1000)
        #expect(Set(fired.joined()).count == 1000)
        // Neither is starved: an even share is 500.
        #expect(fired.allSatisfy { $0.count >= 250 }, "\(fired.map(\.count))")
        for store in stores { await store.close() }
    }

    @Test func jobsOfSeveralSessionsAreAddedSideBySide() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        // Another session has drawn a generation and has not committed.
        let other = try database.connection()
        try other.execute("BEGIN; INSERT INTO carillon_generations () VALUES ()")
        _ = try await store.insert([try TestJobs.job("a")])
        #expect(try await TestJobs.ids(store) == ["a"])
        try other.execute("ROLLBACK")
        await store.close()
    }

    @Test func sessionsThatAddOneIdAtOnceAddItOnce() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        var stores: [MySQLJobStore] = []
        for _ in 0..<4 { stores.append(try await database.open()) }
        for round in 0..<20 {
            let added = try await withThrowingTaskGroup(of: Int.self) { group in
                for store in stores {
                    group.addTask {
                        let jobs = try (0..<5).map { try TestJobs.job("\(round) \($0)") }
                        return try await store.insert(jobs).count { $0 != nil }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(added == 5)
        }
        #expect(try await TestJobs.ids(stores[0]).count == 100)
        for store in stores { await store.close() }
    }

    @Test func generationsRiseAboveImportedOnes() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        let first = try #require(try await store.insert([try TestJobs.job("a")]).first.flatMap(\.self))
        let imported = try TestJobs.job("b").job(generation: first.generation + 1_234_567)
        _ = try await store.importItems([.job(JobSnapshot(job: imported))])
        let next = try await store.insert(try (0..<1500).map { try TestJobs.job("c \($0)") }).compactMap {
            $0?.generation
        }
        #expect(next.count == 1500)
        #expect(Set(next).count == 1500)
        #expect(try #require(next.min()) > imported.generation)
        await store.close()
    }
}
#endif
