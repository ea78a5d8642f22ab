internal import CSQLite
internal import Carillon

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// An error of SQLite, from which a `CarillonError` is made that says what to do.
struct SQLiteFailure {
    /// The database's file.
    let path: String
    /// SQLite's extended result code.
    let code: Int32
    /// SQLite's message.
    let message: String
    /// The `errno` of the failed system call, or 0.
    var systemError: Int32 = 0

    /// Reads the error of a connection.
    ///
    /// - Parameter handle: A connection on which a call has just failed.
    init(_ handle: OpaquePointer?, path: String) {
        self.path = path
        code = sqlite3_extended_errcode(handle)
        message = String(cString: sqlite3_errmsg(handle))
        systemError = handle.map { sqlite3_system_errno($0) } ?? 0
    }

    init(code: Int32, path: String, message: String) {
        self.code = code
        self.path = path
        self.message = message
    }

    /// The error to throw.
    var error: CarillonError {
        switch code & 0xff {
        case SQLITE_BUSY, SQLITE_LOCKED:
            CarillonError(
                .storeUnavailable,
                "the job store \(path) is locked by another program; try again, or end that program\(words)"
            )
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: readOnly
        case SQLITE_FULL: full
        case SQLITE_CORRUPT:
            CarillonError(
                .storeCorrupt,
                "the job store \(path) is damaged; restore a backup, or save what 'sqlite3 \(path) .recover' reads\(words)"
            )
        case SQLITE_NOTADB:
            CarillonError(
                .storeCorrupt,
                "\(path) is not an SQLite database, or its beginning is damaged; give another path or restore a backup"
            )
        case SQLITE_CANTOPEN: cannotOpen
        case SQLITE_IOERR:
            systemError == ENOSPC
                ? full
                : CarillonError(
                    .storeFailed,
                    "reading or writing the job store \(path) failed; look at the disk and the system's log\(words)"
                )
        case SQLITE_NOMEM: CarillonError(.storeUnavailable, "there is no memory left to use the job store \(path)")
        default: CarillonError(.storeFailed, "SQLite could not use the job store \(path)\(words)")
        }
    }

    private var words: String {
        let system = systemError == 0 ? "" : ", \(String(cString: strerror(systemError)))"
        return " (SQLite: \(message), code \(code)\(system))"
    }

    private var full: CarillonError {
        CarillonError(
            .storeFull,
            "there is no room left for the job store \(path); free space on its disk, and try again\(words)"
        )
    }

    private var readOnly: CarillonError {
        CarillonError(
            .storeReadOnly,
            "the job store \(path) cannot be written; check the permissions of the file and of its folder\(words)"
        )
    }

    private var cannotOpen: CarillonError {
        switch systemError {
        case EACCES, EROFS, EPERM: readOnly
        case ENOSPC: full
        default:
            CarillonError(
                .storeUnavailable,
                "the job store \(path) cannot be opened; check that its folder exists and that it is a file\(words)"
            )
        }
    }
}
