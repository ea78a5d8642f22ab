#if MySQL
import Carillon
import CarillonMySQL
import CarillonTesting
import CarillonTriggers
import Synchronization
import Testing

/// What the store does because of how MySQL and MariaDB behave.
@Suite(.timeLimit(.minutes(2))) struct RuleTests {
    @Test func namesAreComparedAsBytes() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        let ids = ["job", "job ", "JOB", "jöb", "jób"]
        #expect(try await store.insert(try ids.map { try TestJobs.job($0) }).allSatisfy { $0 != nil })
        #expect(Set(try await TestJobs.ids(store)) == Set(ids))
        #expect(try await store.remove([JobID("job ")], at: TestJobs.start) == [true])
        #expect(try await TestJobs.ids(store).contains("job"))
        await store.close()
    }

    @Test func aPassReadsEachTaskInOrderOfItsIndex() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        for task in 0..<3 {
            _ = try await store.insert(try (0..<500).map { try TestJobs.job("\(task) \($0)", task: "task-\(task)") })
        }
        try database.execute("ANALYZE TABLE carillon_jobs")
        let part = """
            SELECT next_due, id, generation FROM carillon_jobs
            WHERE state = 0 AND task = 'task-1' AND next_due <= 1800000060000000 ORDER BY next_due, id LIMIT 100
            FOR UPDATE SKIP LOCKED
            """
        let plan = try database.execute("EXPLAIN \(part)")
        #expect(plan.count == 1)
        let text = plan.joined().compactMap(\.self).joined(separator: " ")
        #expect(text.contains("range carillon_jobs_due") || text.contains("carillon_jobs_due"), "\(text)")
        #expect(!text.contains("filesort"), "\(text)")
        await store.close()
    }

    @Test func aHeartbeatThatWaitedIsStampedAfterItsWait() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        let report = NodeReport(
            id: try NodeID("node"), host: "h", process: 1, processStart: 1, tasks: [TaskName("work")], zones: "2026a")
        let first = try await store.heartbeat(report)
        let blocker = try database.connection()
        try blocker.execute("BEGIN; SELECT 1 FROM carillon_nodes FOR UPDATE")
        let known = KnownNodes(version: first.nodesVersion, silence: 1_000_000_000)
        async let second = store.heartbeat(report, since: known)
        try await database.waitForWaiter()
        // Longer than a stamp may wait without being written again.
        try blocker.execute("DO SLEEP(0.2)")
        let released = try database.microseconds()
        try blocker.execute("ROLLBACK")
        let stamp = try await second.storeTime.microseconds
        #expect(stamp >= released)
        #expect(try database.execute("SELECT last_heartbeat FROM carillon_nodes") == [["\(stamp)"]])
        await store.close()
    }

    @Test func theClockIsInUTCWhateverTheZoneOfTheServer() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let zone = try database.execute("SELECT @@GLOBAL.time_zone")
        #expect(zone == [["+05:30"]])
        let store = try await database.open()
        let report = NodeReport(
            id: try NodeID("node"), host: "h", process: 1, processStart: 1, tasks: [], zones: "2026a")
        let told = try await store.heartbeat(report).storeTime
        // The server is on this machine.
        #expect(abs(told.microseconds - SystemClock().now.microseconds) < 60_000_000)
        await store.close()
    }

    @Test func noTableHasAUniqueIndexBesideItsKey() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        try await database.open().close()
        let unique = try database.execute(
            """
            SELECT table_name, index_name FROM information_schema.statistics
            WHERE table_schema = DATABASE() AND non_unique = 0 AND index_name <> 'PRIMARY'
            """)
        #expect(unique.isEmpty)
        let without = try database.execute(
            """
            SELECT table_name FROM information_schema.tables AS t WHERE table_schema = DATABASE() AND (
                engine <> 'InnoDB' OR NOT EXISTS (
                    SELECT 1 FROM information_schema.statistics AS s WHERE s.table_schema = t.table_schema
                    AND s.table_name = t.table_name AND s.index_name = 'PRIMARY'))
            """)
        #expect(without.isEmpty)
    }

    @Test func aPassTakesAsManyAsAskedAndSkipsWhatIsLocked() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        _ = try await store.insert(try TestJobs.jobs(40))
        let blocker = try database.connection()
        // By the index that a pass goes by: any other way locks what it only looks at.
        let locked = try blocker.execute(
            """
            BEGIN; SELECT id FROM carillon_jobs FORCE INDEX (carillon_jobs_due)
            WHERE state = 0 AND task = 'work' AND next_due <= 1800000000000000 ORDER BY next_due, id LIMIT 5 FOR UPDATE
            """)
        let fired = try await TestJobs.pass(store, limit: 10).map(\.job.id.description)
        #expect(fired.count == 10)
        #expect(Set(fired).isDisjoint(with: Set(locked.compactMap { $0[0] })))
        try blocker.execute("ROLLBACK")
        await store.close()
    }

    @Test func aPassOverManyTasksLocksNoMoreThanItsLimit() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        let tasks = (0..<10).map { "task-\($0)" }
        for task in tasks {
            _ = try await store.insert(try (0..<20).map { try TestJobs.job("\(task) \($0)", task: task) })
        }
        var query = JobQuery(now: TestJobs.start)
        query.tasks = Set(try tasks.map { try TaskName($0) })
        query.dueLimit = 30
        let free = Mutex<String?>(nil)
        let raw = SendableBox(try database.connection())
        _ = try await store.pass(query) { batch in
            let rows = try? raw.value.execute(
                "SELECT count(*) FROM (SELECT 1 FROM carillon_jobs FOR UPDATE SKIP LOCKED) AS free")
            free.withLock { $0 = rows?.first?.first ?? nil }
            return batch.map { _ in nil }
        }
        #expect(free.withLock { $0 } == "170")
        await store.close()
    }

    @Test func aJobThatWasAddedAnewDuringTheWaitIsNotGone() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        _ = try await store.insert([try TestJobs.job("a")])
        let blocker = try database.connection()
        try blocker.execute("BEGIN; SELECT 1 FROM carillon_jobs FOR UPDATE")
        async let removed = store.remove([JobID("a")], at: TestJobs.start)
        try await database.waitForWaiter()
        try blocker.execute(
            """
            UPDATE carillon_jobs SET generation = generation + 1000;
            UPDATE carillon_definitions SET generation = generation + 1000;
            COMMIT
            """)
        #expect(try await removed == [true])
        #expect(try await TestJobs.ids(store).isEmpty)
        await store.close()
    }
}
#endif
