#if PostgreSQL
import Carillon
import CarillonPostgreSQL
import CarillonSQL
import CarillonTesting
import Testing

/// Databases of other versions are upgraded or refused.
@Suite(.timeLimit(.minutes(2))) struct SchemaTests {
    @Test func everyOlderSchemaIsUpgradedInPlace() async throws {
        for count in 1..<SQLMigration.all.count {
            let schema = try TestSchema()
            defer { withExtendedLifetime(schema) {} }
            let old = try await PostgreSQLJobStore(
                try schema.address(), migrations: Array(SQLMigration.all.prefix(count)), clock: nil)
            await old.close()
            let store = try await schema.open()
            _ = try await store.insert(try TestJobs.jobs(2))
            #expect(try await TestJobs.pass(store).count == 2)
            await store.close()
        }
    }

    @Test func aNodeThatIsOlderThanTheSchemaWritesNothing() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let store = try await schema.open()
        _ = try await store.insert(try TestJobs.jobs(2))
        // As another process of a newer version does it.
        let newer = SQLMigration.all + [SQLMigration("from the future") { _ in [] }]
        let other = try await PostgreSQLJobStore(try schema.address(), migrations: newer, clock: nil)
        await other.close()
        let error = await #expect(throws: CarillonError.self) { try await TestJobs.pass(store) }
        #expect(error?.code == .storeTooNew)
        #expect(try await store.runs(RunFilter(), page: Page(limit: 10)).isEmpty)
        await store.close()
        let refusal = await #expect(throws: CarillonError.self) { try await schema.open() }
        #expect(refusal?.code == .storeTooNew)
    }

    @Test func aMigrationMayTakeLongerThanOtherStatements() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let slow = SQLMigration.all + [SQLMigration("slow") { _ in ["SELECT pg_sleep(0.6)"] }]
        let store = try await PostgreSQLJobStore(
            try schema.address(), timeout: .milliseconds(300), migrations: slow, clock: nil)
        await store.close()
        #expect(try schema.execute("SELECT 1 FROM carillon_migrations WHERE name = 'slow'") == [["1"]])
    }

    @Test func anotherPrefixIsAnotherStore() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        // A table of this name is another scheduler's, and stays as it is.
        try schema.execute("CREATE TABLE apscheduler_jobs (id TEXT); INSERT INTO apscheduler_jobs VALUES ('theirs')")
        let first = try await schema.open()
        let second = try await PostgreSQLJobStore(url: schema.url + "&tablename=apscheduler_jobs")
        _ = try await first.insert([try TestJobs.job("a")])
        _ = try await second.insert([try TestJobs.job("b")])
        #expect(try await TestJobs.ids(first) == ["a"])
        #expect(try await TestJobs.ids(second) == ["b"])
        #expect(try await TestJobs.pass(second).count == 1)
        #expect(try schema.execute("SELECT id FROM apscheduler_jobs") == [["theirs"]])
        await first.close()
        await second.close()
    }

    @Test func thePlansOfAPassUseIndexes() async throws {
        let schema = try TestSchema()
        defer { withExtendedLifetime(schema) {} }
        let store = try await schema.open()
        _ = try await store.insert(try TestJobs.jobs(5000))
        try schema.execute("ANALYZE carillon_jobs")
        let due = try schema.execute(
            """
            EXPLAIN SELECT next_due, id, generation FROM carillon_jobs WHERE state = 0 AND task = 'work'
            AND next_due <= 1800000000000000 ORDER BY next_due, id LIMIT 500 FOR UPDATE SKIP LOCKED
            """)
        try Self.expectIndex(due)
        // The tasks of active jobs are found in as many steps as there are tasks, each a few pages of the index.
        try RawDatabase(schema.server).execute("VACUUM \(schema.name).carillon_jobs")
        let tasks = try schema.execute(
            "EXPLAIN (ANALYZE, BUFFERS) SELECT min(task) FROM carillon_jobs WHERE state = 0 AND task > 'work'")
        let pages = tasks.lazy.compactMap { $0.first ?? nil }
            .compactMap { $0.firstMatch(of: /shared hit=(\d+)/).flatMap { Int($0.1) } }.first
        #expect(try #require(pages) < 10, "\(tasks)")
        try await TestJobs.pass(store, limit: 5000)
        try schema.execute("ANALYZE carillon_open_runs")
        // As the runs of a batch are read, by the generations of its jobs.
        let runs = try schema.execute(
            """
            EXPLAIN SELECT * FROM carillon_open_runs
            WHERE generation IN (SELECT value FROM unnest(CAST('{1,2,3,4,5,6,7,8,9,10}' AS BIGINT[])) AS value)
            """)
        try Self.expectIndex(runs)
        await store.close()
    }

    private static func expectIndex(_ plan: [[String?]]) throws {
        let text = plan.compactMap { $0.first ?? nil }.joined(separator: "\n")
        #expect(text.contains("Index Scan"), "\(text)")
        #expect(!text.contains("Seq Scan"), "\(text)")
    }
}
#endif
