#if Command
import Foundation

extension StoreFile {
    /// What keeps this process from writing the store, and what to do about it; nothing where nothing does.
    ///
    /// SQLite writes the file, its log (`-wal`) and the log's index (`-shm`). It makes these two where they are missing,
    /// and for that alone it has to be able to write the folder.
    ///
    /// - Parameter canWrite: Whether the store could be written just now.
    func obstacles(canWrite: Bool) -> [Finding] {
        let outcome = ": jobs can be looked at and not changed"
        let logs = [path + "-wal", path + "-shm"]
        var findings: [Finding] = []
        for file in [path] + logs where !canWrite && access(file, F_OK) == 0 {
            if let obstacle = Self.obstacle(file, outcome) { findings.append(obstacle) }
        }
        let haveLogs = logs.allSatisfy { access($0, F_OK) == 0 }
        let words =
            canWrite
            ? ", so the store can be written only while its log, \(path)-wal, is there"
            : ", and SQLite needs a log beside the file\(outcome)"
        if canWrite || !haveLogs, let obstacle = Self.obstacle(folder, words) { findings.append(obstacle) }
        return findings
    }

    /// A file or a folder that this process cannot write.
    private static func obstacle(_ path: String, _ consequence: String) -> Finding? {
        guard access(path, W_OK) != 0 else { return nil }
        let isMount = errno == EROFS
        var status = stat()
        _ = stat(path, &status)
        // Root is stopped by what has been done on purpose.
        let isOwn = geteuid() == 0 || geteuid() == status.st_uid
        let advice =
            isMount
            ? "it is on a read-only file system"
            : isOwn ? "chmod u+w \(quoted(path))" : "it is that of \(user(status.st_uid))"
        return Finding(.warning, "permissions", "\(path): this user cannot write it\(consequence); \(advice)")
    }
}
#endif
