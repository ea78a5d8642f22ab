import CRawSQLite

/// What SQLite said.
struct SQLiteError: Error, CustomStringConvertible {
    let description: String
}

/// A connection with prepared statements and nothing around them, set as the store sets its own.
final class RawDatabase {
    private var handle: OpaquePointer?
    private var statements: [String: OpaquePointer] = [:]

    init(_ path: String) throws {
        guard sqlite3_open(path, &handle) == SQLITE_OK else { throw failed() }
        sqlite3_busy_timeout(handle, 60_000)
        for setting in [
            "journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 4000", "cache_size = -16000",
        ] { try execute("PRAGMA \(setting)") }
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close(handle)
    }

    private func failed() -> SQLiteError { SQLiteError(description: String(cString: sqlite3_errmsg(handle))) }

    /// Executes statements that need no values.
    func execute(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failed() }
    }

    /// Executes one statement with numbers; answers the rows, of numbers alone.
    @discardableResult
    func run(_ sql: String, _ values: Int64..., columns: Int = 0, text: String? = nil) throws -> [[Int64]] {
        let statement = try prepared(sql)
        defer { sqlite3_reset(statement) }
        for (index, value) in values.enumerated() { sqlite3_bind_int64(statement, Int32(index + 1), value) }
        if let text {
            let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            sqlite3_bind_text(statement, Int32(values.count + 1), text, -1, transient)
        }
        var rows: [[Int64]] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: rows.append((0..<columns).map { sqlite3_column_int64(statement, Int32($0)) })
            case SQLITE_DONE: return rows
            default: throw failed()
            }
        }
    }

    private func prepared(_ sql: String) throws -> OpaquePointer {
        if let known = statements[sql] { return known }
        var statement: OpaquePointer?
        guard
            sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil) == SQLITE_OK,
            let statement
        else { throw failed() }
        statements[sql] = statement
        return statement
    }
}
