#if MySQL
public import Carillon
// Its methods are those of every SQL store. With member import visibility, as enabled here, a caller would otherwise
// have to import CarillonSQL too.
@_exported public import CarillonSQL

/// A job store in a database of MariaDB 10.6, MySQL 8.0.21 or later versions of these, for any number of processes on any
/// number of machines.
///
/// It has three connections: one for passes and all other writes, one for reading and one for heartbeats. A connection that
/// was lost is made anew at the next call. An acknowledged write is as durable as the server makes a commit: with
/// `innodb_flush_log_at_trx_commit` other than 1 the last ones may be lost. Nodes learn of changes within a second: the
/// server cannot notify them.
public struct MySQLJobStore: SQLBacked {
    /// See `JobStore`.
    public let capabilities = StoreCapabilities(
        isPersistent: true, isShared: true, jobsPerPass: 500, changesPerStep: 500)
    /// See `SQLBacked`.
    public let sql: SQLStore

    /// Opens a database. Missing tables are created, and those of an older version upgraded in place.
    ///
    /// - Parameters:
    ///   - address: The server, the database and how to connect.
    ///   - timeout: How long the server may take for an answer before the connection is given up, in whole seconds; calls
    ///     that read may take six times as long. It must be less than the lease of the nodes, which is 10 s by default.
    /// - Throws: `CarillonError` with `storeUnavailable`, `storeReadOnly`, `storeTooNew`, `unsupported` or `storeFailed`;
    ///   its reason says what to do.
    public init(_ address: MySQLAddress, timeout: Duration = .seconds(5)) async throws(CarillonError) {
        try await self.init(address, timeout: timeout, clock: nil)
    }

    /// Opens the database of an address in text; see `MySQLAddress`.
    public init(url: String, timeout: Duration = .seconds(5)) async throws(CarillonError) {
        try await self.init(try MySQLAddress(url), timeout: timeout)
    }

    /// Opens a database with another clock.
    ///
    /// - Parameter clock: An SQL expression for the time, in microseconds; `nil` for the server's clock.
    package init(
        _ address: MySQLAddress, timeout: Duration = .seconds(5), migrations: [SQLMigration] = SQLMigration.all,
        clock: String?
    ) async throws(CarillonError) {
        let server = MySQLServer(address)
        sql = try await SQLStore(
            onServer: server.place, timeout: timeout, migrations: migrations
        ) { (timeout) throws(CarillonError) in
            try MySQLConnection(server, timeout: timeout, clock: clock)
        }
    }

    /// Opens an existing store for reading alone, for example on a replica. Every call that would write throws
    /// `storeReadOnly`.
    ///
    /// - Throws: `CarillonError`, as the other initializers do, and with `storeReadOnly` if the tables are of an older
    ///   version.
    public init(readingOnly address: MySQLAddress, timeout: Duration = .seconds(5)) async throws(CarillonError) {
        let server = MySQLServer(address)
        sql = try await SQLStore(
            readingOnlyOnServer: server.place, timeout: timeout
        ) { (timeout) throws(CarillonError) in
            try MySQLConnection(server, timeout: timeout, clock: nil)
        }
    }

    /// Whether a database has the tables of a job store, so that no caller creates them by mistake.
    ///
    /// - Throws: `CarillonError` if there is no such database, or it cannot be read.
    public static func isJobStore(at address: MySQLAddress) async throws(CarillonError) -> Bool {
        try await SQLVisitor().finds(
            "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?",
            [.text("\(address.prefix)migrations")]
        ) { () throws(CarillonError) in
            try MySQLConnection(address, timeout: .seconds(5))
        }
    }
}

extension MySQLJobStore: SelfChecking {}
#endif
