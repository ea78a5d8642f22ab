#if MySQL
package import Carillon
package import CarillonSQL

/// A connection of a job store to MySQL or MariaDB, used by one thread at a time. If the server is lost, it connects again:
/// at the next statement, and never while a transaction is open.
package final class MySQLConnection: SQLConnection {
    /// How long a statement of a migration may take.
    private static let migrationTimeout = Duration.seconds(3600)
    package let dialect: SQLDialect
    let server: MySQLServer
    private let link: ServerLink<MySQLLink, MySQLFailure>
    /// Another connection that migrates, with time limits of its own, while it does.
    private var migrating: ServerLink<MySQLLink, MySQLFailure>?
    /// The statements of writes, with the names of tables as they are in the database.
    var forms: [MySQLWrite: String] = [:]
    /// How many transactions in a row were undone because of a wait for a lock.
    private var longWaits = 0

    /// Connects to a server.
    ///
    /// - Parameters:
    ///   - timeout: How long the server may take for an answer.
    ///   - clock: An expression for the time; `nil` for the server's clock.
    init(_ server: MySQLServer, timeout: Duration, clock: String?) throws(CarillonError) {
        self.server = server
        dialect = .mySQL(clock: clock)
        link = try Self.link(server, timeout, MySQLLimits(timeout: timeout))
    }

    /// Connects to a server for a test.
    package convenience init(_ address: MySQLAddress, timeout: Duration = .seconds(5)) throws(CarillonError) {
        try self.init(MySQLServer(address), timeout: timeout, clock: nil)
    }

    private static func link(
        _ server: MySQLServer, _ timeout: Duration, _ limits: MySQLLimits
    ) throws(CarillonError) -> ServerLink<MySQLLink, MySQLFailure> {
        try ServerLink(server.place) { () throws(MySQLFailure) in
            try MySQLLink(try server.options(), database: server.address.database, timeout: timeout, limits: limits)
        }
    }

    package func close() {
        migrating?.forget()
        link.forget()
    }

    private var current: ServerLink<MySQLLink, MySQLFailure> { migrating ?? link }

    package var wasUndone: Bool { current.wasUndone && longWaits <= 1 }

    func text(_ sql: String) -> String { SQLTableNames.rewritten(sql, prefix: server.address.prefix) }

    // MARK: Transactions

    package func begin(_ statement: String) throws(CarillonError) {
        try link.begin { (link) throws(MySQLFailure) in try link.execute(statement) }
    }

    package func beginMigration() throws(CarillonError) {
        let opened = try Self.link(server, Self.migrationTimeout, .none)
        migrating = opened
        // Those who migrate one store wait for one another. The lock goes with the connection.
        let lock = SQLDialect.migrationLock(database: server.address.database, prefix: server.address.prefix)
        let seconds = Self.migrationTimeout.wholeSecondsUp
        try opened.begin { (link) throws(MySQLFailure) in
            let answer = try link.execute("SELECT GET_LOCK('\(lock)', \(seconds))", MySQLParameters([]))
            var isLocked = false
            answer.each { row in isLocked = (try? row.integer(0)) == 1 }
            guard isLocked else { throw MySQLFailure(.late, "another session migrates the tables") }
            try link.execute("START TRANSACTION")
        }
    }

    package func migrate(_ statement: String, mayBeDone: Bool) throws(CarillonError) {
        do throws(MySQLFailure) {
            _ = try current.attempt(mayRepeat: false) { (link) throws(MySQLFailure) in
                try link.execute(text(statement), MySQLParameters([]))
            }
        } catch {
            // The table, column or index is there, or is gone.
            if mayBeDone, case .refused(let number) = error.kind, [1050, 1051, 1060, 1061, 1091, 1146].contains(number)
            {
                return
            }
            throw error.error(server.place)
        }
    }

    package func commitStep() throws(CarillonError) {
        try current.run(mayRepeat: false) { (link) throws(MySQLFailure) in try link.execute("COMMIT; START TRANSACTION")
        }
    }

    package func commit() throws(CarillonError) {
        try current.commit { (link) throws(MySQLFailure) in try link.execute("COMMIT") }
        longWaits = 0
        endMigration()
    }

    package func rollback() throws(CarillonError) {
        defer { endMigration() }
        try current.rollback { (link) throws(MySQLFailure) in try link.execute("ROLLBACK") }
    }

    private func endMigration() {
        migrating?.forget()
        migrating = nil
    }

    // MARK: Statements

    package func execute(_ sql: String, _ values: [SQLValue]) throws(CarillonError) {
        _ = try result(of: text(sql), MySQLParameters(values), mayRepeat: false)
    }

    package func query(
        _ sql: String,
        _ values: [SQLValue],
        _ body: (any SQLRow) throws(CarillonError) -> Void
    ) throws(CarillonError) {
        try result(of: text(sql), MySQLParameters(values), mayRepeat: true).each(body)
    }

    func result(
        of sql: String, _ parameters: MySQLParameters, mayRepeat: Bool
    ) throws(CarillonError) -> MySQLResult {
        do throws(MySQLFailure) {
            return try attempt(sql, parameters, mayRepeat: mayRepeat)
        } catch {
            throw error.error(server.place)
        }
    }

    func attempt(
        _ sql: String, _ parameters: MySQLParameters, mayRepeat: Bool
    ) throws(MySQLFailure) -> MySQLResult {
        do throws(MySQLFailure) {
            return try current.attempt(mayRepeat: mayRepeat) { (link) throws(MySQLFailure) in
                try link.execute(sql, parameters)
            }
        } catch {
            // Such a wait took most of the time that there is: it is worth one more attempt, and not ten.
            if error.isLongWait { longWaits += 1 }
            throw error
        }
    }
}
#endif
