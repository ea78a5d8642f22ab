#if MySQL
import Carillon
import CarillonMySQL
import CarillonTesting
import Synchronization

/// The harness of the MySQL store, on MariaDB: a database of its own for each storage.
struct MySQLStoreHarness: StoreHarness {
    var name: String { "MariaDB" }

    var features: Set<StoreFeature> { Set(StoreFeature.allCases).subtracting([.changeNotification]) }

    func makeStorage() async throws -> any StoreStorage { Storage(lease: try LeasedDatabase()) }

    private struct Storage: ServerStorage {
        let lease: LeasedDatabase
        var database: TestDatabase { lease.database }

        /// The server's clock, moved by what a case has stepped it.
        private static let clock = """
            CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED) + (SELECT step FROM test_clock)
            """

        func open() async throws -> any JobStore {
            try await MySQLJobStore(try database.address(), timeout: .seconds(60), clock: Self.clock)
        }

        func reopen() async throws -> any JobStore { try await open() }

        func execute(_ sql: String) throws { try database.execute(sql) }

        var storeURL: String { database.url }
    }
}

/// A database that is emptied and used again, because creating its tables takes half a second.
private final class LeasedDatabase: Sendable {
    private static let free = Mutex<[TestDatabase]>([])

    let database: TestDatabase

    init() throws {
        if let known = Self.free.withLock({ $0.popLast() }) {
            database = known
        } else {
            database = try TestDatabase()
            try database.execute("CREATE TABLE test_clock (step BIGINT NOT NULL); INSERT INTO test_clock VALUES (0)")
        }
    }

    deinit {
        let database = database
        // One that cannot be emptied, as a session may have been left that holds locks, is dropped.
        guard (try? Self.empty(database)) != nil else { return }
        Self.free.withLock { $0.append(database) }
    }

    private static func empty(_ database: TestDatabase) throws {
        let raw = try database.connection()
        try database.endOtherSessions(than: raw)
        let tables = try raw.execute("SHOW TABLES LIKE 'carillon\\_%'").compactMap { $0.first ?? nil }
        var statements = ["SET SESSION innodb_lock_wait_timeout = 5"]
        for table in tables where table != "carillon_migrations" && table != "carillon_counters" {
            statements.append("DELETE FROM \(table)")
        }
        if tables.contains("carillon_counters") { statements.append("UPDATE carillon_counters SET value = 0") }
        statements.append("UPDATE test_clock SET step = 0")
        try raw.execute(statements.joined(separator: "; "))
    }
}
#endif
