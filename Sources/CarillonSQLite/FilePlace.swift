internal import CSQLite
internal import Carillon

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The names of a connection's files, and the files that they led to when it was opened.
///
/// A connection keeps using its files whatever happens to their names. Its writes would then be acknowledged and lost,
/// and the next program to open the name would run every job a second time.
///
/// Source: "Unlinking or renaming a database file while in use" of SQLite's page "How To Corrupt An SQLite Database
/// File".
struct FilePlace {
    private struct Name {
        let path: String
        let identity: FileIdentity
    }

    /// The store's file, as the user named it.
    private let path: String
    /// The name that the store was opened by, which may be a link, and the name of the log.
    private let names: [Name]

    /// Records the names and files of a connection.
    ///
    /// - Parameter handle: A connection that has read already, so that its log is open.
    init(_ handle: OpaquePointer, path: String) throws(CarillonError) {
        self.path = path
        var names: [Name] = []
        for name in [Self.absolute(path), String(cString: sqlite3_filename_wal(sqlite3_db_filename(handle, "main")))] {
            guard let identity = FileIdentity(path: name) else { throw Self.loss(of: name, path) }
            names.append(Name(path: name, identity: identity))
        }
        self.names = names
        // From here on the name is known to lead to the open file.
        try check(handle)
    }

    /// Checks that a program that opens the store now would get the same files.
    ///
    /// - Throws: `CarillonError` with `storeFailed` if not.
    func check(_ handle: OpaquePointer) throws(CarillonError) {
        for name in names where FileIdentity(path: name.path) != name.identity { throw Self.loss(of: name.path, path) }
        // If a link was followed, its target may have been moved, and the link changed with it.
        var hasMoved: Int32 = 0
        sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved)
        if hasMoved != 0 { throw Self.loss(of: String(cString: sqlite3_db_filename(handle, "main")), path) }
    }

    private static func loss(of name: String, _ path: String) -> CarillonError {
        var status = stat()
        let event =
            if stat(name, &status) == 0 {
                "was replaced by another file"
            } else if errno == ENOENT || errno == ENOTDIR {
                "was moved or removed"
            } else {
                "became out of reach (\(String(cString: strerror(errno))))"
            }
        return CarillonError(
            .storeFailed,
            """
            the job store \(path) is not written any more: \(name) \(event) while it was open; put the same file back, or \
            stop this program and start it again; to restore a backup, stop all servers first, and remove the old \
            \(path)-wal and \(path)-shm
            """
        )
    }

    /// Returns the name as an absolute path, independent of later changes of the current folder.
    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return "\(String(cString: folder))/\(path)"
    }
}
