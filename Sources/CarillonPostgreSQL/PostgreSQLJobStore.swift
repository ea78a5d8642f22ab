#if PostgreSQL
public import Carillon
// Its methods are those of every SQL store. With member import visibility, as enabled here, a caller would otherwise
// have to import CarillonSQL too.
@_exported public import CarillonSQL

/// A job store in a database of PostgreSQL 12 or later, for any number of processes on any number of machines.
///
/// It has three connections: one for passes and all other writes, one for reading and one for heartbeats; and a fourth
/// while something follows its changes. A connection that was lost is made anew at the next call. An acknowledged write
/// is as durable as the server makes a commit: with `synchronous_commit=off` the last ones may be lost.
public struct PostgreSQLJobStore: SQLBacked, ChangeNotifying {
    /// See `JobStore`.
    public let capabilities = StoreCapabilities(
        isPersistent: true, isShared: true, jobsPerPass: 500, changesPerStep: 500)
    /// See `SQLBacked`.
    public let sql: SQLStore
    private let listener: ServerChanges

    /// Opens a database. Missing tables are created, and those of an older version upgraded in place.
    ///
    /// - Parameters:
    ///   - address: The server, the database and how to connect.
    ///   - timeout: How long the server may take for an answer before the connection is given up; calls that read may
    ///     take six times as long. It must be less than the lease of the nodes, which is 10 s by default.
    /// - Throws: `CarillonError` with `storeUnavailable`, `storeReadOnly`, `storeTooNew`, `unsupported` or `storeFailed`;
    ///   its reason says what to do.
    public init(_ address: PostgreSQLAddress, timeout: Duration = .seconds(5)) async throws(CarillonError) {
        try await self.init(address, timeout: timeout, clock: nil)
    }

    /// Opens the database of an address in text; see `PostgreSQLAddress`.
    public init(url: String, timeout: Duration = .seconds(5)) async throws(CarillonError) {
        try await self.init(try PostgreSQLAddress(url), timeout: timeout)
    }

    /// Opens a database with another clock.
    ///
    /// - Parameter clock: An SQL expression for the time, in microseconds; `nil` for the server's clock.
    package init(
        _ address: PostgreSQLAddress, timeout: Duration = .seconds(5), migrations: [SQLMigration] = SQLMigration.all,
        clock: String?
    ) async throws(CarillonError) {
        let server = PostgreSQLServer(address)
        sql = try await SQLStore(
            onServer: server.place, timeout: timeout, migrations: migrations
        ) { (timeout) throws(CarillonError) in
            try PostgreSQLConnection(server, timeout: timeout, clock: clock)
        }
        listener = server.changes(timeout: timeout)
    }

    /// Opens an existing store for reading alone, for example on a standby. Every call that would write throws
    /// `storeReadOnly`.
    ///
    /// - Throws: `CarillonError`, as the other initializers do, and with `storeReadOnly` if the tables are of an older
    ///   version.
    public init(readingOnly address: PostgreSQLAddress, timeout: Duration = .seconds(5)) async throws(CarillonError) {
        let server = PostgreSQLServer(address)
        sql = try await SQLStore(
            readingOnlyOnServer: server.place, timeout: timeout
        ) { (timeout) throws(CarillonError) in
            try PostgreSQLConnection(server, timeout: timeout, clock: nil)
        }
        listener = server.changes(timeout: timeout)
    }

    /// Whether a database has the tables of a job store, so that no caller creates them by mistake.
    ///
    /// - Throws: `CarillonError` if there is no such database, or it cannot be read.
    public static func isJobStore(at address: PostgreSQLAddress) async throws(CarillonError) -> Bool {
        try await SQLVisitor().finds(
            "SELECT 1 WHERE to_regclass(?) IS NOT NULL",
            [.text("\(address.prefix)migrations")]
        ) { () throws(CarillonError) in
            try PostgreSQLConnection(address, timeout: .seconds(5))
        }
    }

    /// See `ChangeNotifying`. All streams of a store are fed by one connection, which is made by the first. Behind a
    /// pooler they stay silent, and nodes learn of changes within a second.
    public func changes() async throws(CarillonError) -> AsyncStream<Void> { try await listener.follow() }

    /// See `JobStore`.
    public func close() async {
        await listener.close()
        await sql.close()
    }
}

extension PostgreSQLJobStore: SelfChecking {}
#endif
