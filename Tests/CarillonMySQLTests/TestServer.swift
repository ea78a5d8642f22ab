#if MySQL
import CMySQL
import Carillon
import CarillonMySQL
import CarillonTesting
import Foundation

/// The server that the tests run on, which `scripts/test` starts.
enum TestServer {
    /// The variable that has the address of its database.
    private static let variable = "CARILLON_TEST_MYSQL"

    /// What a test says when there is no server: it fails, because nothing was tested.
    struct Missing: Error, CustomStringConvertible {
        var description: String {
            """
            there is no MariaDB server to test on: run 'scripts/support/mariadb-server start FOLDER', and put the \
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

/// A database of its own, which goes with this object.
final class TestDatabase: Sendable {
    let name: String
    private let server: String

    /// Creates a database on a server; on that of all tests if none is named.
    init(on server: String? = nil) throws {
        self.server = try server ?? TestServer.url()
        name = "t\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        try RawDatabase(self.server).execute("CREATE DATABASE \(name)")
    }

    deinit { _ = try? RawDatabase(server).execute("DROP DATABASE \(name)") }

    /// The address by which a store opens it.
    var url: String { "\(server.prefix(through: server.lastIndex(of: "/") ?? server.startIndex))\(name)" }

    func address() throws -> MySQLAddress { try MySQLAddress(url) }

    func open(timeout: Duration = .seconds(5)) async throws -> MySQLJobStore {
        try await MySQLJobStore(try address(), timeout: timeout)
    }

    /// The port of its server.
    func port() throws -> UInt16 {
        guard let port = URL(string: server)?.port.flatMap(UInt16.init(exactly:)) else {
            throw TestFailure("the server's address has no port")
        }
        return port
    }

    /// A connection that is in the database.
    func connection() throws -> RawDatabase { try RawDatabase(url) }

    /// Ends all sessions in the database but the one of a connection: the server may not have noticed yet that the program of
    /// one is gone. Returns once they are.
    func endOtherSessions(than connection: RawDatabase) throws {
        let others = "SELECT id FROM information_schema.processlist WHERE db = '\(name)' AND id <> CONNECTION_ID()"
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            let sessions = try connection.execute(others).compactMap { $0.first ?? nil }
            if sessions.isEmpty { return }
            // One that has ended by itself meanwhile is an error.
            for session in sessions { _ = try? connection.execute("KILL \(session)") }
        }
        throw TestFailure("sessions in \(name) do not end")
    }

    /// Returns once another session waits for a lock on a table of the database.
    func waitForWaiter() async throws {
        let connection = try connection()
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            // Not from information_schema: that is renewed only if nobody has read it for a tenth of a second.
            let status = try connection.execute("SHOW ENGINE INNODB STATUS").last?.last ?? nil
            let isWaiting = (status ?? "").split(separator: "\n").contains { line in
                line.contains("table `\(name)`.") && line.hasSuffix(" waiting")
            }
            if isWaiting { return }
            await Task.yield()
        }
        throw TestFailure("no session waited for a lock")
    }

    /// The time of the server's clock, in microseconds.
    func microseconds() throws -> Int64 {
        let rows = try execute("SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED)")
        return rows.first?.first.flatMap { $0 }.flatMap { Int64($0) } ?? 0
    }

    /// Makes the first updates of a table fail.
    func failUpdates(of table: String, with number: Int, times: Int) throws {
        // What a table without transactions counts stays when the transaction is rolled back.
        let raw = try connection()
        try raw.execute(
            "CREATE TABLE failures (times BIGINT NOT NULL) ENGINE = MyISAM; INSERT INTO failures VALUES (0)")
        try raw.execute(
            """
            CREATE TRIGGER failing BEFORE UPDATE ON \(table) FOR EACH ROW BEGIN
                UPDATE failures SET times = times + 1;
                IF (SELECT times FROM failures) <= \(times) THEN
                    SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = \(number), MESSAGE_TEXT = 'injected';
                END IF;
            END
            """)
    }

    /// Executes statements in the database, past the store.
    @discardableResult
    func execute(_ sql: String) throws -> [[String?]] { try connection().execute(sql) }
}

/// A connection that executes statements in text, past the store.
final class RawDatabase {
    private let handle: UnsafeMutablePointer<MYSQL>

    init(_ url: String) throws {
        guard let parts = URLComponents(string: url), MySQLLibrary.isReady, let handle = mysql_init(nil) else {
            throw TestFailure("\(url) is no address")
        }
        self.handle = handle
        let isOpen =
            mysql_real_connect(
                handle, parts.host, parts.user, parts.password, String(parts.path.dropFirst()),
                UInt32(parts.port ?? 0), nil, UInt(CLIENT_MULTI_STATEMENTS)) != nil
        guard isOpen else { throw TestFailure(String(cString: mysql_error(handle))) }
        // As the standard has it.
        try execute("SET SESSION sql_mode = 'PIPES_AS_CONCAT', default_storage_engine = InnoDB, time_zone = '+00:00'")
        try execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
    }

    deinit { mysql_close(handle) }

    /// The number of the session.
    var session: UInt { mysql_thread_id(handle) }

    /// Executes statements, and returns the rows of the last one.
    @discardableResult
    func execute(_ sql: String) throws -> [[String?]] {
        guard mysql_real_query(handle, sql, UInt(sql.utf8.count)) == 0 else { throw failure() }
        var rows: [[String?]] = []
        while true {
            rows = []
            if let result = mysql_store_result(handle) {
                defer { mysql_free_result(result) }
                let width = Int(mysql_num_fields(result))
                while let row = mysql_fetch_row(result) {
                    let lengths = mysql_fetch_lengths(result)
                    rows.append(
                        (0..<width).map { column in
                            row[column].map { cell in
                                let bytes = UnsafeRawBufferPointer(start: cell, count: Int(lengths?[column] ?? 0))
                                return String(decoding: bytes, as: UTF8.self)
                            }
                        })
                }
            }
            switch mysql_next_result(handle) {
            case -1: return rows
            case 0: break
            default: throw failure()
            }
        }
    }

    private func failure() -> TestFailure { TestFailure(String(cString: mysql_error(handle))) }
}
#endif
