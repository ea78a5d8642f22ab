public import Carillon
// Its methods are those of every SQL store. Where members are seen only of modules that are imported, as they are here,
// a caller would otherwise have to import CarillonSQL, of which nobody else has to know.
@_exported public import CarillonSQL
public import CarillonTriggers

/// A job store in one SQLite file, for any number of processes on one machine.
///
/// What it has acknowledged is on the disk: the file has a write-ahead log and is written with `synchronous=FULL`.
/// Writers take turns; listings read beside them. Where the file is moved, removed or replaced while it is open, whatever
/// writes throws `storeFailed` until the same file is back. A store that nobody refers to any more is closed by itself.
public struct SQLiteJobStore: SQLBacked, BackingUp {
    /// See `JobStore`.
    public let capabilities = StoreCapabilities(
        isPersistent: true, isShared: true, jobsPerPass: 1000, changesPerStep: 10_000)
    /// See `SQLBacked`.
    public let sql: SQLStore
    private let path: String
    private let lockTimeout: Duration

    /// Opens a file; one that is not there is created, readable for its owner alone, and one of an older version is
    /// upgraded in place.
    ///
    /// - Parameters:
    ///   - path: The file, in a folder that exists, on a local disk.
    ///   - lockTimeout: How long a call waits while another process writes.
    ///   - clock: The store's clock, by which heartbeats are stamped; the machine's unless told otherwise.
    /// - Throws: `CarillonError` with `storeUnavailable`, `storeReadOnly`, `storeFull`, `storeCorrupt`, `storeTooNew`,
    ///   `unsupported` or `storeFailed`; its reason says what to do.
    public init(
        path: String,
        lockTimeout: Duration = .seconds(5),
        clock: @escaping @Sendable () -> Instant = { SystemClock().now }
    ) async throws(CarillonError) {
        try await self.init(path: path, lockTimeout: lockTimeout, settings: [], clock: clock)
    }

    /// - Parameters:
    ///   - migrations: The steps to the schema that this version knows.
    ///   - settings: Statements for the connection that writes, before it does anything else.
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

    /// Opens a file that is there for reading alone, also where neither it nor its folder can be written: on a read-only
    /// mount, say. Every call that would write throws `storeReadOnly`.
    ///
    /// What SQLite cannot read without writing is refused: a file whose log a program left behind when it was killed,
    /// and one of an older version, which would have to be upgraded.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - lockTimeout: How long a call waits for a program that keeps the file to itself.
    ///   - clock: The store's clock; the machine's unless told otherwise.
    /// - Throws: `CarillonError`, as the other one does.
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

    /// The path as SQLite is to read it: as nothing but a path.
    private static func plainPath(_ path: String) throws(CarillonError) -> String {
        guard !path.isEmpty, path != ":memory:" else {
            throw CarillonError(.unsupported, "'\(path)' is no file; give a path, or use the memory store")
        }
        return path.hasPrefix("file:") ? "./\(path)" : path
    }

    /// Writes a copy of the database, as it stands at one moment, to another file while this one is used. A file that is
    /// there is replaced once the copy is complete; not so the store's own, and not a database that has a log beside it,
    /// since its program may be using it, and the log would be played into the backup. For the same reason a backup that
    /// takes the place of a store needs the store closed everywhere, and its `-wal` and `-shm` gone.
    ///
    /// - Throws: `CarillonError` with `unsupported`, `storeUnavailable`, `storeReadOnly`, `storeFull` or `storeFailed`.
    public func backup(to target: String) async throws(CarillonError) {
        let copier = BackupThread()
        try await copier.copy(path, to: target, lockTimeout: lockTimeout)
    }

    /// What is damaged in the file, in SQLite's words, a few lines at most; none where nothing is. Reads all of the file, on
    /// a thread of its own.
    ///
    /// - Throws: `CarillonError` with `storeCorrupt` where it is too damaged to be looked through.
    package func damages() async throws(CarillonError) -> [String] {
        let thread = BackupThread()
        return try await thread.damages(path, lockTimeout: lockTimeout)
    }

    /// Whether a file that is there holds a job store, so that nobody writes into another program's database by mistake.
    ///
    /// - Throws: `CarillonError` where it is no database, or cannot be read.
    public static func isJobStore(at path: String) async throws(CarillonError) -> Bool {
        let thread = BackupThread()
        return try await thread.isJobStore(path, lockTimeout: .seconds(5))
    }
}
