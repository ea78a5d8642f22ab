public import Carillon
// Its methods are those of every SQL store. With member import visibility, as enabled here, a caller would otherwise
// have to import CarillonSQL too.
@_exported public import CarillonSQL
public import CarillonTriggers

/// A job store in one SQLite file, for any number of processes on one machine.
///
/// Every acknowledged write is on the disk: the file has a write-ahead log and is written with `synchronous=FULL`.
/// Writers take turns; listings read at the same time. If the file is moved, removed or replaced while it is open,
/// every write throws `storeFailed` until the same file is back. A store closes itself when its last reference is gone.
public struct SQLiteJobStore: SQLBacked, BackingUp {
    /// See `JobStore`.
    public let capabilities = StoreCapabilities(
        isPersistent: true, isShared: true, jobsPerPass: 1000, changesPerStep: 10_000)
    /// See `SQLBacked`.
    public let sql: SQLStore
    private let path: String
    private let lockTimeout: Duration

    /// Opens a file. A missing file is created, readable only by its owner, and a file of an older version is upgraded
    /// in place.
    ///
    /// - Parameters:
    ///   - path: The file, in an existing folder, on a local disk.
    ///   - lockTimeout: How long a call waits while another process writes.
    ///   - clock: The store's clock, by which heartbeats are stamped; by default the machine's.
    /// - Throws: `CarillonError` with `storeUnavailable`, `storeReadOnly`, `storeFull`, `storeCorrupt`, `storeTooNew`,
    ///   `unsupported` or `storeFailed`; its reason says what to do.
    public init(
        path: String,
        lockTimeout: Duration = .seconds(5),
        clock: @escaping @Sendable () -> Instant = { SystemClock().now }
    ) async throws(CarillonError) {
        try await self.init(path: path, lockTimeout: lockTimeout, settings: [], clock: clock)
    }

    /// Opens a file with other migrations and settings.
    ///
    /// - Parameters:
    ///   - migrations: The steps to the schema of this version.
    ///   - settings: Statements that the writing connection executes before anything else.
    package init(
        path: String,
        lockTimeout: Duration = .seconds(5),
        migrations: [SQLMigration] = SQLMigration.all,
        settings: [String],
        clock: @escaping @Sendable () -> Instant = { SystemClock().now }
    ) async throws(CarillonError) {
        let path = try Self.plainPath(path)
        self.path = path
        self.lockTimeout = lockTimeout
        sql = try await SQLStore(place: "the job store \(path)", migrations: migrations, clock: clock) {
            (purpose) throws(CarillonError) in
            guard purpose != .reading else {
                return try SQLiteConnection(path: path, purpose: .reading, lockTimeout: lockTimeout)
            }
            let connection = try SQLiteConnection(path: path, purpose: .writing, lockTimeout: lockTimeout)
            for setting in settings { try connection.execute(setting, []) }
            return connection
        }
    }

    /// Opens an existing file read-only, even if neither it nor its folder can be written, for example on a read-only
    /// mount. Every call that would write throws `storeReadOnly`.
    ///
    /// Files that SQLite cannot read without writing are refused: a file whose log was left behind by a killed program,
    /// and one of an older version, which would have to be upgraded.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - lockTimeout: How long a call waits for a program that has locked the file.
    ///   - clock: The store's clock; by default the machine's.
    /// - Throws: `CarillonError`, as the other initializer does.
    public init(
        readingOnly path: String,
        lockTimeout: Duration = .seconds(5),
        clock: @escaping @Sendable () -> Instant = { SystemClock().now }
    ) async throws(CarillonError) {
        let path = try Self.plainPath(path)
        self.path = path
        self.lockTimeout = lockTimeout
        sql = try await SQLStore(readingOnly: "the job store \(path)", clock: clock) { () throws(CarillonError) in
            try SQLiteConnection.reader(of: path, lockTimeout: lockTimeout)
        }
    }

    /// Returns the path in a form that SQLite takes for a path and nothing else.
    private static func plainPath(_ path: String) throws(CarillonError) -> String {
        guard !path.isEmpty, path != ":memory:" else {
            throw CarillonError(.unsupported, "'\(path)' is no file; give a path, or use the memory store")
        }
        return path.hasPrefix("file:") ? "./\(path)" : path
    }

    /// Writes a snapshot of the database to another file while this one is used. An existing file is replaced once the
    /// copy is complete. The store's own file is never replaced, nor is a database with a log beside it: its program
    /// may be using it, and the log would be applied to the backup. For the same reason, before a backup takes the
    /// place of a store, close the store everywhere and remove its `-wal` and `-shm`.
    ///
    /// - Throws: `CarillonError` with `unsupported`, `storeUnavailable`, `storeReadOnly`, `storeFull` or `storeFailed`.
    public func backup(to target: String) async throws(CarillonError) {
        let copier = BackupThread()
        try await copier.copy(path, to: target, lockTimeout: lockTimeout)
    }

    /// Returns the damage in the file, in SQLite's words, a few lines at most; empty if there is none. Reads the whole
    /// file, on its own thread.
    ///
    /// - Throws: `CarillonError` with `storeCorrupt` if the file is too damaged to be checked.
    package func damages() async throws(CarillonError) -> [String] {
        let thread = BackupThread()
        return try await thread.damages(path, lockTimeout: lockTimeout)
    }

    /// Whether an existing file holds a job store, so that no caller writes into another program's database by mistake.
    ///
    /// - Throws: `CarillonError` if it is no database, or cannot be read.
    public static func isJobStore(at path: String) async throws(CarillonError) -> Bool {
        let thread = BackupThread()
        return try await thread.isJobStore(path, lockTimeout: .seconds(5))
    }
}

extension SQLiteJobStore: SelfChecking {}
