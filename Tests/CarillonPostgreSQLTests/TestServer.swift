#if PostgreSQL
import CPostgreSQL
import Carillon
import CarillonPostgreSQL
import CarillonTesting
import Foundation

/// The server that the tests run on, which `scripts/test` starts.
enum TestServer {
    /// The variable that has the address of its database.
    private static let variable = "CARILLON_TEST_POSTGRESQL"

    /// What a test says when there is no server: it fails, because nothing was tested.
    struct Missing: Error, CustomStringConvertible {
        var description: String {
            """
            there is no PostgreSQL server to test on: run 'scripts/support/postgresql-server start FOLDER', and put the \
            address that it prints into \(TestServer.variable)
            """
        }
    }

    /// The address of its database.
    static func url() throws -> String {
        guard let url = ProcessInfo.processInfo.environment[variable], !url.isEmpty else { throw Missing() }
        return url
    }
}

/// A schema of its own, which goes with this object.
final class TestSchema: Sendable {
    let name: String
    let server: String

    /// Creates a schema on a server; on that of all tests if none is named.
    init(on server: String? = nil) throws {
        self.server = try server ?? TestServer.url()
        name = "t\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        try RawDatabase(self.server).execute("CREATE SCHEMA \(name)")
    }

    deinit { _ = try? RawDatabase(server).execute("DROP SCHEMA \(name) CASCADE") }

    /// The address by which a store opens it.
    var url: String { "\(server)?schema=\(name)" }

    func address() throws -> PostgreSQLAddress { try PostgreSQLAddress(url) }

    func open(timeout: Duration = .seconds(5)) async throws -> PostgreSQLJobStore {
        try await PostgreSQLJobStore(try address(), timeout: timeout)
    }

    /// The port of its server.
    func port() throws -> UInt16 {
        let rows = try RawDatabase(server).execute("SHOW port")
        guard let text = rows.first?.first, let text, let port = UInt16(text) else {
            throw TestFailure("the server does not say its port")
        }
        return port
    }

    /// A connection that is in the schema.
    func connection() throws -> RawDatabase {
        let connection = try RawDatabase(server)
        try connection.execute("SET search_path = \(name)")
        return connection
    }

    /// Returns once another session waits for a lock on a table of the schema or on a transaction.
    func waitForWaiter() async throws {
        let connection = try connection()
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            let waiting = try connection.execute(
                """
                SELECT 1 FROM pg_locks AS w JOIN pg_locks AS t ON t.pid = w.pid AND t.relation IS NOT NULL
                JOIN pg_class AS c ON c.oid = t.relation JOIN pg_namespace AS n ON n.oid = c.relnamespace
                WHERE NOT w.granted AND n.nspname = '\(name)' LIMIT 1
                """)
            if !waiting.isEmpty { return }
            await Task.yield()
        }
        throw TestFailure("no session waited for a lock")
    }

    /// The time of the server's clock, in microseconds.
    func microseconds() throws -> Int64 {
        let rows = try execute("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)")
        return rows.first?.first.flatMap { $0 }.flatMap { Int64($0) } ?? 0
    }

    /// Makes the first updates of a table fail.
    func failUpdates(of table: String, with state: String, times: Int) throws {
        // A sequence goes on counting when the transaction is rolled back.
        try execute(
            """
            CREATE SEQUENCE failures;
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('failures') <= \(times) THEN RAISE EXCEPTION 'injected' USING ERRCODE = '\(state)'; END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER failing BEFORE UPDATE ON \(table) FOR EACH STATEMENT EXECUTE FUNCTION fail()
            """)
    }

    /// Waits until no transaction of another session is under way in the schema. The server needs a moment to notice that a
    /// connection was cut.
    func waitForOthers() async throws {
        let locks = """
            SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation
            WHERE relnamespace = CAST('\(name)' AS regnamespace) AND pid <> pg_backend_pid()
            """
        while try execute(locks) != [["0"]] { await Task.yield() }
    }

    /// Executes statements in the schema, past the store.
    @discardableResult
    func execute(_ sql: String) throws -> [[String?]] {
        try RawDatabase(server).execute("SET search_path = \(name); \(sql)")
    }
}

/// A connection that executes statements in text, past the store.
final class RawDatabase {
    private let handle: OpaquePointer

    init(_ url: String) throws {
        guard let handle = PQconnectdb(url) else { throw TestFailure("no memory") }
        self.handle = handle
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        guard PQstatus(handle) == CONNECTION_OK else {
            throw TestFailure(String(cString: PQerrorMessage(handle)))
        }
    }

    deinit { PQfinish(handle) }

    /// Drops what begins with a prefix.
    func dropTables(_ prefix: String) throws {
        let tables = try execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND starts_with(relname, '\(prefix)')")
        for case let table? in tables.map({ $0[0] }) { try execute("DROP TABLE \(table)") }
        try execute("DROP SEQUENCE IF EXISTS \(prefix)generations")
    }

    /// Executes statements, and returns the rows of the last one.
    @discardableResult
    func execute(_ sql: String) throws -> [[String?]] {
        let result = PQexec(handle, sql)
        defer { PQclear(result) }
        let status = PQresultStatus(result)
        guard status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK else {
            throw TestFailure(String(cString: PQerrorMessage(handle)))
        }
        return (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
                PQgetisnull(result, row, column) == 1 ? nil : String(cString: PQgetvalue(result, row, column))
            }
        }
    }
}
#endif
