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

/// Makes a backup on a thread of its own, so that neither listings nor passes wait for it.
actor BackupThread {
    private nonisolated let executor = QueueExecutor(label: "carillon.sqlite.backup")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Copies a database to a file beside the target, which then takes the target's name.
    func copy(_ source: String, to target: String, lockTimeout: Duration) throws(CarillonError) {
        let connection = try SQLiteConnection(path: source, purpose: .reading, lockTimeout: lockTimeout)
        defer { connection.close() }
        let partial = "\(target).\(getpid()).partial"
        unlink(partial)
        do throws(CarillonError) {
            try SQLiteConnection.create(partial)
            try connection.copy(to: partial)
            try Self.synchronize(partial)
            guard rename(partial, target) == 0 else { throw Self.failed(target, "the copy cannot take its name") }
            try Self.synchronize(Self.folder(of: target))
        } catch {
            unlink(partial)
            throw error
        }
    }

    /// Has the disk hold a file, or a folder's list of names, before the backup counts as made.
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
