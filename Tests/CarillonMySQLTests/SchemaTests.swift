#if MySQL
import Carillon
import CarillonMySQL
import CarillonSQL
import CarillonTesting
import Testing

/// Databases of other versions are upgraded or refused.
@Suite(.timeLimit(.minutes(2))) struct SchemaTests {
    @Test func everyOlderSchemaIsUpgradedInPlace() async throws {
        for count in 1..<SQLMigration.all.count {
            let database = try TestDatabase()
            defer { withExtendedLifetime(database) {} }
            let old = try await MySQLJobStore(
                try database.address(), migrations: Array(SQLMigration.all.prefix(count)), clock: nil)
            await old.close()
            let store = try await database.open()
            _ = try await store.insert(try TestJobs.jobs(2))
            #expect(try await TestJobs.pass(store).count == 2)
            await store.close()
        }
    }

    @Test func aNodeThatIsOlderThanTheSchemaWritesNothing() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        _ = try await store.insert(try TestJobs.jobs(2))
        // As another process of a newer version does it.
        let newer = SQLMigration.all + [SQLMigration("from the future") { _ in [] }]
        let other = try await MySQLJobStore(try database.address(), migrations: newer, clock: nil)
        await other.close()
        let error = await #expect(throws: CarillonError.self) { try await TestJobs.pass(store) }
        #expect(error?.code == .storeTooNew)
        #expect(try await store.runs(RunFilter(), page: Page(limit: 10)).isEmpty)
        await store.close()
        let refusal = await #expect(throws: CarillonError.self) { try await database.open() }
        #expect(refusal?.code == .storeTooNew)
    }

    @Test func aMigrationMayTakeLongerThanOtherStatements() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let slow = SQLMigration.all + [SQLMigration("slow") { _ in ["DO SLEEP(1.5)"] }]
        let store = try await MySQLJobStore(
            try database.address(), timeout: .seconds(1), migrations: slow, clock: nil)
        await store.close()
        #expect(try database.execute("SELECT 1 FROM carillon_migrations WHERE name = 'slow'") == [["1"]])
    }

    @Test func anotherPrefixIsAnotherStore() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        // A table of this name is another scheduler's, and stays as it is.
        try database.execute(
            "CREATE TABLE apscheduler_jobs (id VARCHAR(191)); INSERT INTO apscheduler_jobs VALUES ('theirs')")
        let first = try await database.open()
        let second = try await MySQLJobStore(url: database.url + "?tablename=apscheduler_jobs")
        _ = try await first.insert([try TestJobs.job("a")])
        _ = try await second.insert([try TestJobs.job("b")])
        #expect(try await TestJobs.ids(first) == ["a"])
        #expect(try await TestJobs.ids(second) == ["b"])
        #expect(try await TestJobs.pass(second).count == 1)
        #expect(try database.execute("SELECT id FROM apscheduler_jobs") == [["theirs"]])
        await first.close()
        await second.close()
    }

    @Test func storesThatOpenANewDatabaseAtOnceDoNotCollide() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 { group.addTask { try await database.open().close() } }
            try await group.waitForAll()
        }
        let count = try database.execute("SELECT count(*) FROM carillon_migrations")
        #expect(count == [["\(SQLMigration.all.count)"]])
    }

    /// A change of a table commits by itself: what a process leaves that dies in a migration is a part of it.
    @Test func aMigrationThatWasInterruptedGoesOn() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        try await database.open().close()
        func migration(_ statements: [String]) -> [SQLMigration] {
            SQLMigration.all + [SQLMigration("in parts") { _ in statements }]
        }
        let first = "CREATE TABLE carillon_extra (a BIGINT PRIMARY KEY)"
        let error = await #expect(throws: CarillonError.self) {
            _ = try await MySQLJobStore(
                try database.address(), migrations: migration([first, "INSERT INTO nowhere VALUES (1)"]), clock: nil)
        }
        #expect(error?.code == .storeFailed)
        #expect(try database.execute("SELECT count(*) FROM carillon_migration_steps") == [["2"]])
        // Another one dies when it has changed a table and not noted it yet.
        try database.execute("ALTER TABLE carillon_extra ADD COLUMN b BIGINT")
        let rest = [
            first, "ALTER TABLE carillon_extra ADD COLUMN b BIGINT", "INSERT INTO carillon_extra VALUES (1, 2)",
        ]
        let store = try await MySQLJobStore(try database.address(), migrations: migration(rest), clock: nil)
        await store.close()
        #expect(try database.execute("SELECT a, b FROM carillon_extra") == [["1", "2"]])
        #expect(try database.execute("SELECT count(*) FROM carillon_migration_steps") == [["0"]])
        #expect(try database.execute("SELECT 1 FROM carillon_migrations WHERE name = 'in parts'") == [["1"]])
    }

    @Test func aTableOfTheSameNameThatIsNotOursIsLeftAlone() async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        try database.execute("CREATE TABLE carillon_open_runs (theirs BIGINT)")
        let error = await #expect(throws: CarillonError.self) { try await database.open() }
        #expect(error?.code == .storeFailed)
        #expect(error?.reason.contains("already exists") == true, "\(String(describing: error))")
        #expect(try database.execute("SELECT count(*) FROM carillon_open_runs WHERE theirs IS NULL") == [["0"]])
    }

    /// Of a table with three rows as of one with thousands: a server that reads more rows than those it changes waits for
    /// what others have locked.
    @Test(arguments: [3, 5000])
    func thePlansOfAPassUseIndexes(_ count: Int) async throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        let store = try await database.open()
        _ = try await store.insert(try TestJobs.jobs(count))
        try await TestJobs.pass(store, limit: count)
        try database.execute("ANALYZE TABLE carillon_jobs, carillon_open_runs, carillon_definitions, carillon_job_tags")
        let connection = try MySQLConnection(try database.address())
        let dialect = connection.dialect
        let numbers = SQLValue.integers([1000, 1001])
        let listed = dialect.listed("carillon_jobs", by: "generation")
        var statements = [
            "SELECT generation FROM \(listed.tables) WHERE \(listed.condition) ORDER BY generation FOR UPDATE",
            dialect.update("carillon_jobs", by: "generation", set: "state_version = state_version + 1"),
            dialect.deletion(from: "carillon_job_tags", by: "generation"),
            dialect.deletion(from: "carillon_definitions", by: "generation"),
        ]
        if count > 1000 {
            statements += [
                "SELECT * FROM carillon_open_runs WHERE \(dialect.isAmongIntegers("generation"))",
                "SELECT * FROM carillon_definitions WHERE \(dialect.isAmongIntegers("generation"))",
            ]
        }
        for sql in statements {
            var plan: [String] = []
            try connection.query("EXPLAIN \(sql)", [numbers]) { row in
                plan.append("\((try? row.text(2)) ?? "?") \((try? row.text(3)) ?? "?")")
            }
            #expect(plan.contains { $0.hasPrefix("carillon_") && $0.hasSuffix("ref") }, "\(sql): \(plan)")
        }
        connection.close()
        await store.close()
    }
}
#endif
