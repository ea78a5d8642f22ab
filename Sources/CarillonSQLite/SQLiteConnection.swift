internal import CSQLite
package import Carillon
package import CarillonSQL

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A connection to an SQLite file, used by one thread at a time.
package final class SQLiteConnection: SQLConnection {
    /// What a connection is for.
    package enum Purpose {
        /// Creates the file if there is none, and writes.
        case writing
        /// Only reads; the file exists.
        case reading
        /// Reads a file that this process cannot write, or whose folder it cannot; see
        /// `SQLiteConnection+looking.swift`.
        case looking
    }

    package let dialect = SQLDialect.sqlite
    let path: String
    private var handle: OpaquePointer?
    private let busyWait: BusyWait
    private var statements: [String: SQLiteStatement] = [:]
    /// The statements of writes, which are found without their texts.
    private var writes: [WriteForm: SQLiteStatement] = [:]
    /// Whether SQLite was told that no one writes the file (`immutable`).
    private let isTakenAsItLies: Bool
    /// The expected place of the file, for a connection that writes.
    private var place: FilePlace?
    private var logRoom: LogRoom?

    /// Listings have many forms; above this number of statements the cache is emptied.
    private static let statementLimit = 200
    /// The number of rows that one statement inserts: each statement opens the table and each of its indexes again,
    /// which takes as long as writing a row.
    private static let rowsAtOnce = 20
    /// The oldest SQLite with all features that the statements use: 3.38.
    private static let oldestVersion: Int32 = 3_038_000

    private struct WriteForm: Hashable {
        let write: SQLWrite
        let rows: Int
    }

    /// Whether SQLite allocates the pages of its caches one by one, which is configured here unless something else in
    /// the process uses SQLite already. Otherwise every table that a statement makes for itself begins with 20 pages,
    /// which the system maps again each time; see `docs/store-sqlite.md`.
    private static let allocatesPagesOneByOne = carillon_sqlite_allocate_pages_one_by_one() == SQLITE_OK

    /// Opens a file.
    ///
    /// - Parameter lockTimeout: How long to wait for another connection that holds the lock.
    package init(path: String, purpose: Purpose, lockTimeout: Duration) throws(CarillonError) {
        guard sqlite3_libversion_number() >= Self.oldestVersion else {
            throw CarillonError(
                .unsupported,
                "SQLite is \(String(cString: sqlite3_libversion())); install version 3.38 or newer"
            )
        }
        _ = Self.allocatesPagesOneByOne
        self.path = path
        busyWait = BusyWait(timeout: lockTimeout)
        if purpose == .writing { try Self.create(path) }
        // No SQLite mutex: the executor makes one call at a time.
        let flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code: Int32
        if purpose == .looking {
            isTakenAsItLies = try Self.isSafeAsItLies(path)
            let options = isTakenAsItLies ? "immutable=1" : "mode=ro"
            code = sqlite3_open_v2(
                Self.address(path, options), &handle, flags | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nil)
        } else {
            isTakenAsItLies = false
            code = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_READWRITE, nil)
        }
        guard code == SQLITE_OK, let handle else { throw failed() }
        busyWait.install(on: handle)
        if purpose != .looking, sqlite3_db_readonly(handle, "main") == 1 {
            throw SQLiteFailure(code: SQLITE_READONLY, path: path, message: "it was opened for reading only").error
        }
        switch purpose {
        case .writing:
            let mode = try useLog(within: lockTimeout)
            guard mode == "wal" else {
                throw CarillonError(
                    .unsupported,
                    """
                    the job store \(path) cannot use a write-ahead log (its journal mode is '\(mode)'); put it on a \
                    local disk
                    """
                )
            }
            try execute("PRAGMA synchronous = FULL", [])
            // A new file has no log until it is read.
            try execute(Self.tableOfJobStores, [])
            place = try FilePlace(handle, path: path)
            var pageSize: Int64 = 0
            try query("PRAGMA page_size", []) { (row) throws(CarillonError) in pageSize = (try? row.integer(0)) ?? 0 }
            let room = LogRoom(pageSize: pageSize)
            room.install(on: handle)
            logRoom = room
        case .reading, .looking:
            try execute("PRAGMA query_only = 1", [])
        }
        try execute("PRAGMA cache_size = -16000", [])
    }

    deinit { close() }

    /// Gives the file a write-ahead log if it has none yet, and returns its journal mode.
    ///
    /// For that SQLite needs the file to itself, and it does not call its busy handler if another connection writes or
    /// switches at the same moment, for example when several servers create one new file. So this retries.
    private func useLog(within timeout: Duration) throws(CarillonError) -> String {
        let began = ContinuousClock.now
        while true {
            do throws(CarillonError) {
                var mode = ""
                try query("PRAGMA journal_mode = WAL", []) { (row) throws(CarillonError) in
                    mode = (try? row.text(0)) ?? ""
                }
                return mode
            } catch {
                let isBusy = [SQLITE_BUSY, SQLITE_LOCKED].contains(sqlite3_errcode(handle) & 0xff)
                guard isBusy, ContinuousClock.now - began < timeout else { throw error }
                BusyWait.pause(afterAttempt: 5)
            }
        }
    }

    /// Creates the file with access for its owner only, because job arguments may be confidential. SQLite gives its log
    /// the same permissions.
    static func create(_ path: String) throws(CarillonError) {
        let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            _ = closeFile(descriptor)
        } else if errno != EEXIST {
            var failure = SQLiteFailure(code: SQLITE_CANTOPEN, path: path, message: "the file cannot be created")
            failure.systemError = errno
            throw failure.error
        }
    }

    /// Returns a row if a database has the tables of a job store.
    static let tableOfJobStores = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'carillon_migrations'"

    /// Whether a file that no one writes holds a job store. It creates no log and no lock, which other programs would
    /// take for a database in use.
    static func holdsJobStore(asItLies path: String) -> Bool {
        var handle: OpaquePointer?
        defer { sqlite3_close_v2(handle) }
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
        guard sqlite3_open_v2(address(path, "immutable=1"), &handle, flags, nil) == SQLITE_OK else { return false }
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard sqlite3_prepare_v2(handle, tableOfJobStores, -1, &statement, nil) == SQLITE_OK else { return false }
        return sqlite3_step(statement) == SQLITE_ROW
    }

    /// Returns a path as a URI for SQLite, with options.
    private static func address(_ path: String, _ options: String) -> String {
        var escaped = path
        for (character, code) in [("%", "%25"), ("?", "%3f"), ("#", "%23")] {
            escaped = escaped.split(separator: character, omittingEmptySubsequences: false).joined(separator: code)
        }
        // Two leading slashes would name a host.
        while escaped.hasPrefix("//") { escaped.removeFirst() }
        return "file:\(escaped)?\(options)"
    }

    package func close() {
        (statements, writes) = ([:], [:])
        sqlite3_close_v2(handle)
        handle = nil
    }

    /// Checks that the file is still in its place, and makes room in the log for what the commit is about to write.
    package func checkPlace() throws(CarillonError) {
        guard let handle else { return }
        try place?.check(handle)
        logRoom?.makeRoom(handle)
    }

    package func execute(_ sql: String, _ values: [SQLValue]) throws(CarillonError) {
        try query(sql, values) { _ in }
    }

    package func query(
        _ sql: String,
        _ values: [SQLValue],
        _ body: (any SQLRow) throws(CarillonError) -> Void
    ) throws(CarillonError) {
        let statement = try statement(sql)
        defer { reset(statement) }
        for (index, value) in values.enumerated() {
            guard statement.bind(value, at: Int32(index + 1)) == SQLITE_OK else { throw failed() }
        }
        while true {
            switch sqlite3_step(statement.handle) {
            case SQLITE_ROW: try body(statement)
            case SQLITE_DONE:
                if isTakenAsItLies { try Self.refuseLog(of: path) }
                return
            default: throw failed()
            }
        }
    }

    package func write(_ write: SQLWrite, _ rows: SQLRows) throws(CarillonError) -> [Bool] {
        guard rows.count > 0 else { return [] }
        var written: [Bool] = []
        written.reserveCapacity(rows.count)
        var rest = rows.values[...]
        switch write.kind {
        case .insert, .offer, .upsert:
            // Either every row is written, or all is rolled back, or the result is ignored: no need to know which were
            // written.
            let length = Self.rowsAtOnce * rows.width
            let many = rest.prefix(rest.count / length * length)
            if !many.isEmpty {
                try step(statement(write, rows: Self.rowsAtOnce), many, width: length) { _ in }
                written.append(contentsOf: repeatElement(true, count: many.count / rows.width))
                rest = rest[many.endIndex...]
            }
        case .insertUnlessTaken, .update, .delete: break
        }
        if !rest.isEmpty {
            try step(statement(write, rows: 1), rest, width: rows.width) { written.append($0 > 0) }
        }
        return written
    }

    /// Executes a statement repeatedly, each time with the next values.
    ///
    /// - Parameter body: Called with the number of rows written each time.
    private func step(
        _ statement: SQLiteStatement,
        _ values: ArraySlice<SQLValue>,
        width: Int,
        _ body: (Int32) -> Void
    ) throws(CarillonError) {
        defer { reset(statement) }
        var position: Int32 = 0
        for value in values {
            position += 1
            guard statement.bind(value, at: position) == SQLITE_OK else { throw failed() }
            guard position == width else { continue }
            guard sqlite3_step(statement.handle) == SQLITE_DONE else { throw failed() }
            body(sqlite3_changes(handle))
            sqlite3_reset(statement.handle)
            position = 0
        }
    }

    /// Copies a snapshot of the database into another, new file.
    func copy(to target: String) throws(CarillonError) {
        var copy: OpaquePointer?
        defer { sqlite3_close_v2(copy) }
        guard
            sqlite3_open_v2(target, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, nil) == SQLITE_OK,
            let backup = sqlite3_backup_init(copy, "main", handle, "main")
        else {
            throw SQLiteFailure(copy, path: target).error
        }
        // All pages in one step, so that they are consistent. Writers continue in the log meanwhile.
        let code = sqlite3_backup_step(backup, -1)
        let finished = sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE, finished == SQLITE_OK else { throw SQLiteFailure(copy, path: target).error }
        if isTakenAsItLies { try Self.refuseLog(of: path) }
    }

    private func statement(_ write: SQLWrite, rows: Int) throws(CarillonError) -> SQLiteStatement {
        let form = WriteForm(write: write, rows: rows)
        if let known = writes[form] { return known }
        let statement = try statement(write.statement(dialect, rows: rows))
        writes[form] = statement
        return statement
    }

    private func statement(_ sql: String) throws(CarillonError) -> SQLiteStatement {
        if let known = statements[sql] { return known }
        var prepared: OpaquePointer?
        guard
            sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil) == SQLITE_OK,
            let prepared
        else { throw failed() }
        if statements.count >= Self.statementLimit { (statements, writes) = ([:], [:]) }
        let statement = SQLiteStatement(prepared)
        statements[sql] = statement
        return statement
    }

    /// Resets a statement, which would otherwise keep its locks.
    private func reset(_ statement: SQLiteStatement) {
        sqlite3_reset(statement.handle)
        sqlite3_clear_bindings(statement.handle)
    }

    private func failed() -> CarillonError { SQLiteFailure(handle, path: path).error }
}

/// Closes a file descriptor; inside the class `close` means something else.
private func closeFile(_ descriptor: Int32) -> Int32 { close(descriptor) }
