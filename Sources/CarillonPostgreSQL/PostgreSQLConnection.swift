#if PostgreSQL
internal import CPostgreSQL
package import Carillon
package import CarillonSQL

/// A connection of a job store to PostgreSQL, used by one thread at a time. If the server is lost, it connects again: at
/// the next statement, and never while a transaction is open.
package final class PostgreSQLConnection: SQLConnection {
    /// The number of prepared statements above which all are dropped: listings have many forms.
    private static let statementLimit = 200
    /// How long a statement of a migration may take.
    private static let migrationTimeout = Duration.seconds(3600)
    /// The number of rows that one statement writes.
    private static let rowsAtOnce = 5000

    package let dialect: SQLDialect
    private let server: PostgreSQLServer
    /// How long the server may take for an answer.
    private let usualTimeout: Duration
    /// The same, now: longer while the tables are migrated.
    private var timeout: Duration
    private let link: ServerLink<PostgreSQLLink, PostgreSQLFailure>
    /// How often each statement was executed on this connection, by its text, and the name of those that are prepared.
    private var statements: [String: Statement] = [:]
    private var lastNumber = 0
    private var writes: [SQLWrite: PostgreSQLWrite] = [:]
    private var types: [String: [String: PostgreSQLType]] = [:]
    /// The connection that the statements and types were read on.
    private weak var known: PostgreSQLLink?
    package var wasUndone: Bool { link.wasUndone }

    private struct Statement {
        let rewritten: String
        var name: String?
    }

    /// Connects to a server.
    ///
    /// - Parameters:
    ///   - timeout: How long the server may take for an answer.
    ///   - clock: An expression for the time; `nil` for the server's clock.
    init(_ server: PostgreSQLServer, timeout: Duration, clock: String?) throws(CarillonError) {
        self.server = server
        (usualTimeout, self.timeout) = (timeout, timeout)
        dialect = .postgreSQL(
            prefix: server.address.prefix, limits: PostgreSQLLimits(timeout: timeout), clock: clock)
        link = try ServerLink(server.place) { () throws(PostgreSQLFailure) in
            try PostgreSQLLink(server.settings, timeout: timeout)
        }
    }

    /// Connects to a server for a test.
    package convenience init(
        _ address: PostgreSQLAddress, timeout: Duration = .seconds(5)
    ) throws(CarillonError) {
        try self.init(PostgreSQLServer(address), timeout: timeout, clock: nil)
    }

    package func close() { link.forget() }

    /// Runs a closure with the connection; see `ServerLink.run`.
    private func linked<Value>(
        mayRepeat: Bool, _ body: (PostgreSQLLink) throws(PostgreSQLFailure) -> Value
    ) throws(CarillonError) -> Value {
        try link.run(mayRepeat: mayRepeat) { (link) throws(PostgreSQLFailure) in
            if known !== link {
                (statements, writes, types) = ([:], [:], [:])
                known = link
            }
            do throws(PostgreSQLFailure) {
                return try body(link)
            } catch {
                if error.isStale { statements = [:] }
                throw error
            }
        }
    }

    // MARK: Transactions

    package func begin(_ statement: String) throws(CarillonError) {
        timeout = usualTimeout
        try begin(with: statement)
    }

    package func beginMigration() throws(CarillonError) {
        timeout = Self.migrationTimeout
        try begin(with: SQLDialect.beginMigration(prefix: server.address.prefix))
    }

    private func begin(with statement: String) throws(CarillonError) {
        try link.begin { (link) throws(PostgreSQLFailure) in _ = try link.execute(statement, timeout: timeout) }
    }

    package func commit() throws(CarillonError) {
        var tag = ""
        try link.commit { (link) throws(PostgreSQLFailure) in tag = try link.execute("COMMIT", timeout: timeout).tag }
        timeout = usualTimeout
        // A transaction in which a statement has failed is answered so, without an error.
        guard tag == "COMMIT" else {
            throw CarillonError(
                .storeFailed, "\(server.place) has rolled back a transaction that was to be committed")
        }
    }

    package func rollback() throws(CarillonError) {
        timeout = usualTimeout
        try link.rollback { (link) throws(PostgreSQLFailure) in _ = try link.execute("ROLLBACK", timeout: timeout) }
    }

    // MARK: Statements

    package func execute(_ sql: String, _ values: [SQLValue]) throws(CarillonError) {
        _ = try result(of: sql, PostgreSQLParameters(values), mayRepeat: false)
    }

    package func query(
        _ sql: String,
        _ values: [SQLValue],
        _ body: (any SQLRow) throws(CarillonError) -> Void
    ) throws(CarillonError) {
        // Outside of a transaction only the stamp of a heartbeat writes, and stamping twice is stamping.
        let result = try result(of: sql, PostgreSQLParameters(values), mayRepeat: true)
        let row = PostgreSQLRow(result)
        for index in 0..<result.count {
            row.index = index
            try body(row)
        }
    }

    private func result(
        of sql: String, _ parameters: PostgreSQLParameters, mayRepeat: Bool
    ) throws(CarillonError) -> PostgreSQLResult {
        try linked(mayRepeat: mayRepeat) { (link) throws(PostgreSQLFailure) in
            guard let known = statements[sql], !server.address.isPooled else {
                // Executed once, it is not worth a name; behind a pooler a name would be one of somebody else's session.
                let rewritten = PostgreSQLStatement.rewritten(sql, prefix: server.address.prefix)
                let result = try link.execute(rewritten, parameters, timeout: timeout)
                if !server.address.isPooled { statements[sql] = Statement(rewritten: rewritten) }
                return result
            }
            if let name = known.name { return try link.execute(prepared: name, parameters, timeout: timeout) }
            if statements.count > Self.statementLimit {
                statements = [:]
                _ = try link.execute("DEALLOCATE ALL", timeout: timeout)
            }
            lastNumber += 1
            let name = "s\(lastNumber)"
            try link.prepare(known.rewritten, as: name, timeout: timeout)
            statements[sql] = Statement(rewritten: known.rewritten, name: name)
            return try link.execute(prepared: name, parameters, timeout: timeout)
        }
    }

    // MARK: Writes

    package func write(_ write: SQLWrite, _ rows: SQLRows) throws(CarillonError) -> [Bool] {
        guard rows.count > 0 else { return [] }
        let form = try form(of: write)
        var written = [Bool](repeating: form.answer == .none, count: rows.count)
        for first in stride(from: 0, to: rows.count, by: Self.rowsAtOnce) {
            let some = first..<min(first + Self.rowsAtOnce, rows.count)
            let values = rows.values[some.lowerBound * rows.width..<some.upperBound * rows.width]
            let result = try result(
                of: form.sql, PostgreSQLParameters(columnsOf: values, types: form.types), mayRepeat: false)
            switch form.answer {
            case .none: break
            case .numbers: try markNumbers(result, from: first, in: &written)
            case .keys: try markKeys(result, write, form, values, from: first, in: &written)
            }
        }
        return written
    }

    private func markNumbers(
        _ result: PostgreSQLResult, from first: Int, in written: inout [Bool]
    ) throws(CarillonError) {
        let row = PostgreSQLRow(result)
        for index in 0..<result.count {
            row.index = index
            guard let number = try? row.integer(0), case let place = first + Int(number) - 1,
                written.indices.contains(place)
            else { throw CarillonError(.storeFailed, "\(server.place) answers with a row that was not written") }
            written[place] = true
        }
    }

    /// Marks the rows whose keys were returned: of several with one key the first, as the statement inserts it.
    private func markKeys(
        _ result: PostgreSQLResult, _ write: SQLWrite, _ form: PostgreSQLWrite, _ values: ArraySlice<SQLValue>,
        from first: Int, in written: inout [Bool]
    ) throws(CarillonError) {
        let places = write.key.compactMap { write.columns.firstIndex(of: $0) }
        var keys: Set<[SQLValue]> = []
        let row = PostgreSQLRow(result)
        for index in 0..<result.count {
            row.index = index
            var key: [SQLValue] = []
            for (column, place) in places.enumerated() {
                let isText = form.types[place].isText
                key.append(isText ? SQLValue(try? row.text(column)) : SQLValue(try? row.integer(column)))
            }
            keys.insert(key)
        }
        let width = form.types.count
        for index in 0..<values.count / width {
            let start = values.startIndex + index * width
            if keys.remove(places.map { values[start + $0] }) != nil { written[first + index] = true }
        }
    }

    private func form(of write: SQLWrite) throws(CarillonError) -> PostgreSQLWrite {
        if let known = writes[write] { return known }
        let types = try types(of: write.table)
        do throws(PostgreSQLWrite.MissingColumn) {
            let form = try PostgreSQLWrite(write, types: types)
            writes[write] = form
            return form
        } catch {
            throw CarillonError(
                .storeFailed,
                "\(server.place) has no column '\(error.name)' in its table \(write.table); it was changed by hand")
        }
    }

    /// Returns the types of a table's columns. With lists of rows, the server cannot find them by itself.
    private func types(of table: String) throws(CarillonError) -> [String: PostgreSQLType] {
        if let known = types[table] { return known }
        var found: [String: PostgreSQLType] = [:]
        let name = PostgreSQLStatement.rewritten(table, prefix: server.address.prefix)
        try query(
            """
            SELECT attname, CAST(atttypid AS BIGINT) FROM pg_attribute
            WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped
            """, [.text(name)]
        ) { (row) throws(CarillonError) in
            guard let column = try? row.text(0), let number = try? row.integer(1) else { return }
            found[column] = UInt32(exactly: number).flatMap(PostgreSQLType.init(rawValue:))
        }
        types[table] = found
        return found
    }
}
#endif
