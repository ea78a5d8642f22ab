internal import CSQLite
internal import Carillon

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Reading files that this process cannot write.
///
/// Source: "Read-Only Databases" of SQLite's page on its write-ahead log. A database with a log can be read without
/// writing if its `-shm` exists, or if it is opened as `immutable`. The latter ignores the log and takes no locks, so
/// it is used only for a file without a log, and after each query the connection checks that none has appeared: every
/// writer starts one.
extension SQLiteConnection {
    /// Returns a connection that reads, whether or not the file and its folder can be written.
    static func reader(of path: String, lockTimeout: Duration) throws(CarillonError) -> SQLiteConnection {
        do throws(CarillonError) {
            let connection = try SQLiteConnection(path: path, purpose: .reading, lockTimeout: lockTimeout)
            // A folder that cannot be written shows only in the first query.
            try connection.execute(tableOfJobStores, [])
            return connection
        } catch {
            guard error.code == .storeReadOnly else { throw error }
            return try SQLiteConnection(path: path, purpose: .looking, lockTimeout: lockTimeout)
        }
    }

    /// Whether a file can be opened as `immutable`: its log is empty or missing, and no program has it open.
    ///
    /// - Throws: `CarillonError` if the file cannot be read at all, or its log only by a process that may write it.
    static func isSafeAsItLies(_ path: String) throws(CarillonError) -> Bool {
        guard access(path, R_OK) == 0 else {
            throw CarillonError(
                .storeUnavailable,
                """
                the job store \(path) cannot be read by this user (\(String(cString: strerror(errno)))); run the command \
                as the user who owns it
                """
            )
        }
        guard ["-wal", "-journal"].contains(where: { isFilled(path + $0) }) else {
            // A program that has just opened the file has an empty log.
            return !(isThere(path + "-wal") && isThere(path + "-shm"))
        }
        guard isThere(path + "-shm"), access(path + "-shm", R_OK) == 0, access(path + "-wal", R_OK) == 0 else {
            throw CarillonError(
                .storeReadOnly,
                """
                the job store \(path) has a log, \(path)-wal, that can be read only by who may write it and its folder; \
                run the command as the user who owns it, or on a copy of both files in a folder of your own
                """
            )
        }
        return false
    }

    /// Throws if a log has appeared since a file was opened as `immutable`.
    static func refuseLog(of path: String) throws(CarillonError) {
        guard isFilled(path + "-wal") || isFilled(path + "-journal") else { return }
        throw CarillonError(
            .storeUnavailable, "another program began to write the job store \(path) while it was read; try again")
    }

    private static func isThere(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0
    }

    private static func isFilled(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size > 0
    }
}
