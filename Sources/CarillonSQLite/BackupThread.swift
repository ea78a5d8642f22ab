internal import CSQLite
internal import Carillon
internal import CarillonSQL

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Makes backups on its own thread, so that neither listings nor passes wait for them.
actor BackupThread {
    private nonisolated let executor = ThreadExecutor(name: "carillon-backup")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Copies a database to a file beside the target, and then renames it to the target.
    ///
    /// - Throws: `CarillonError` with `unsupported` if the target is the database itself, with `storeUnavailable` if it
    ///   is a database that a program has not closed, or any error of `SQLiteConnection`.
    func copy(_ source: String, to target: String, lockTimeout: Duration) throws(CarillonError) {
        try Self.refuse(target, of: source)
        let connection = try SQLiteConnection.reader(of: source, lockTimeout: lockTimeout)
        defer { connection.close() }
        // Two backups to one target, of this process or another, must not write into each other's copy.
        let partial = "\(target).\(String(UInt64.random(in: 0 ... .max), radix: 36)).partial"
        do throws(CarillonError) {
            try SQLiteConnection.create(partial)
            try connection.copy(to: partial)
            try Self.synchronize(partial)
            try Self.refuse(target, of: source)
            guard rename(partial, target) == 0 else { throw Self.failed(target, "the copy cannot take its name") }
            try Self.synchronize(Self.folder(of: target))
        } catch {
            unlink(partial)
            unlink(partial + "-journal")
            throw error
        }
    }

    /// Whether a file is an SQLite database with the tables of a job store.
    func isJobStore(_ path: String, lockTimeout: Duration) throws(CarillonError) -> Bool {
        let connection = try SQLiteConnection.reader(of: path, lockTimeout: lockTimeout)
        defer { connection.close() }
        var isThere = false
        try connection.query(
            SQLiteConnection.tableOfJobStores, []
        ) { _ in isThere = true }
        return isThere
    }

    /// Returns what SQLite's own check of a file finds, five lines at most.
    func damages(_ path: String, lockTimeout: Duration) throws(CarillonError) -> [String] {
        let connection = try SQLiteConnection.reader(of: path, lockTimeout: lockTimeout)
        defer { connection.close() }
        var lines: [String] = []
        try connection.query("PRAGMA quick_check(5)", []) { (row) throws(CarillonError) in
            lines.append((try? row.text(0)) ?? "what is damaged cannot be told")
        }
        return lines == ["ok"] ? [] : lines
    }

    /// Whether there is something other than a plain file, such as a folder or a pipe.
    private static func isNoFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }

    /// Whether there is a file that is not empty.
    private static func isFilled(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_size > 0
    }

    /// Throws if a target must not be replaced.
    private static func refuse(_ target: String, of source: String) throws(CarillonError) {
        // A link leads to the same file, too.
        let isOwn = ["", "-wal", "-shm"].contains { suffix in
            guard let own = FileIdentity(path: source + suffix) else { return false }
            return own == FileIdentity(path: target)
        }
        guard !isOwn else {
            throw CarillonError(
                .unsupported, "\(target) is the job store \(source) itself; give a backup a file of its own")
        }
        guard !isNoFile(target) else {
            throw CarillonError(.unsupported, "\(target) is no plain file; give a backup a file of its own")
        }
        for suffix in ["-wal", "-journal"] where FileIdentity(path: target + suffix) != nil {
            throw CarillonError(
                .storeUnavailable,
                """
                \(target) is a database that is used, or was when its program ended: its log \(target)\(suffix) would be \
                played into the backup; end that program, remove both files, or give another name
                """
            )
        }
        guard !isFilled(target) || SQLiteConnection.holdsJobStore(asItLies: target) else {
            throw CarillonError(
                .unsupported,
                "\(target) is there and is no copy of a job store; it is left alone: give the backup another name"
            )
        }
    }

    /// Syncs a file, or the entries of a folder, to the disk before the backup counts as made.
    private static func synchronize(_ path: String) throws(CarillonError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failed(path, "it cannot be opened") }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failed(path, "it cannot be written to the disk") }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func failed(_ path: String, _ message: String) -> CarillonError {
        let systemError = errno
        var failure = SQLiteFailure(code: SQLITE_CANTOPEN, path: path, message: message)
        failure.systemError = systemError
        return failure.error
    }
}
