import CSQLite
package import CarillonTriggers
import Foundation

/// One connection to an SQLite file, for one thread.
///
/// A commit is on the disk when it returns (write-ahead log, `synchronous=FULL`). A lock that another process holds is
/// waited for, five seconds at most.
package final class Database {
    /// The row that a query stands on. Columns count from 0; null reads as 0 and as empty text.
    package struct Row {
        fileprivate let statement: OpaquePointer

        package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }
        package func number(_ column: Int32) -> Int { Int(sqlite3_column_int64(statement, column)) }
        package func time(_ column: Int32) -> Instant { Instant(microseconds: sqlite3_column_int64(statement, column)) }
        package func text(_ column: Int32) -> String {
            sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
        }
    }

    package let path: String
    private let handle: OpaquePointer

    /// - Throws: `CommandFailure` where the file cannot be opened or is no database.
    package init(path: String) throws(CommandFailure) {
        self.path = path
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
        guard let handle, code == SQLITE_OK else {
            sqlite3_close_v2(handle)
            throw CommandFailure(.inputOrOutput, "\(path): \(String(cString: sqlite3_errstr(code)))")
        }
        self.handle = handle
        sqlite3_busy_timeout(handle, 5000)
        try run("PRAGMA journal_mode = WAL")
        try run("PRAGMA synchronous = FULL")
    }

    deinit { sqlite3_close_v2(handle) }

    /// Runs a statement, with values for its `?`, and returns how many rows it changed.
    @discardableResult
    package func run(_ sql: String, _ values: (any SQLValue)?...) throws(CommandFailure) -> Int {
        _ = try step(sql, values) { _ in }
        return Int(sqlite3_changes(handle))
    }

    /// The rows of a query, each as `read` makes it.
    package func rows<Element>(
        _ sql: String, _ values: (any SQLValue)?..., read: (Row) -> Element
    ) throws(CommandFailure) -> [Element] { try step(sql, values, read) }

    private func step<Element>(
        _ sql: String, _ values: [(any SQLValue)?], _ read: (Row) -> Element
    ) throws(CommandFailure) -> [Element] {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else { throw failure() }
        defer { sqlite3_finalize(statement) }
        // What is not bound is null.
        for (index, value) in zip(Int32(1)..., values) { value?.bind(to: statement, at: index) }
        var elements: [Element] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: elements.append(read(Row(statement: statement)))
            case SQLITE_DONE: return elements
            default: throw failure()
            }
        }
    }

    /// All that the body changes, or nothing. The lock for writing comes first, so that what the body reads stays true.
    func transaction<Result>(_ body: () throws(CommandFailure) -> Result) throws(CommandFailure) -> Result {
        try run("BEGIN IMMEDIATE")
        do throws(CommandFailure) {
            let result = try body()
            try run("COMMIT")
            return result
        } catch {
            // SQLite may have rolled back by itself, and then refuses.
            _ = try? run("ROLLBACK")
            throw error
        }
    }

    private func failure() -> CommandFailure {
        let code = sqlite3_errcode(handle)
        var reason = String(cString: sqlite3_errmsg(handle))
        // What the system said tells a full disk from a broken one.
        let systemCode = sqlite3_system_errno(handle)
        if code == SQLITE_IOERR, systemCode != 0 { reason += ": \(String(cString: strerror(systemCode)))" }
        return CommandFailure(code == SQLITE_BUSY ? .busy : .inputOrOutput, "\(path): \(reason)")
    }
}

/// What can stand for a `?` of a statement.
package protocol SQLValue {
    func bind(to statement: OpaquePointer, at index: Int32)
}

extension Int: SQLValue {
    package func bind(to statement: OpaquePointer, at index: Int32) {
        sqlite3_bind_int64(statement, index, Int64(self))
    }
}

extension Instant: SQLValue {
    package func bind(to statement: OpaquePointer, at index: Int32) {
        sqlite3_bind_int64(statement, index, microseconds)
    }
}

extension String: SQLValue {
    package func bind(to statement: OpaquePointer, at index: Int32) {
        sqlite3_bind_text(statement, index, self, Int32(utf8.count), carillon_sqlite_transient())
    }
}
