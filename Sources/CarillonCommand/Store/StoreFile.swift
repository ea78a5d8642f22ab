import Foundation

/// The file of a store as the system sees it: who may read and write it, and how much room there is beside it.
struct StoreFile {
    let path: String

    private static let leastRoom: UInt64 = 16 << 20
    private static let littleRoom: UInt64 = 256 << 20

    private var folder: String { URL(filePath: path).deletingLastPathComponent().path }

    /// Whether this process may write it: SQLite also makes files beside it.
    var isWritable: Bool { access(path, W_OK) == 0 && access(folder, W_OK) == 0 }

    /// Who may read it and its log, and whether this process may write it.
    func permissions() -> [Finding] {
        var status = stat()
        guard stat(path, &status) == 0 else { return [] }
        let open = [path, path + "-wal", path + "-shm"].filter(isOpenToOthers)
        var findings: [Finding] = []
        if open.isEmpty {
            findings.append(Finding(.ok, "permissions", "nobody but its owner and root reads \(path)"))
        } else {
            let isOwn = geteuid() == 0 || geteuid() == status.st_uid
            let names = open.map(Self.quoted).joined(separator: " ")
            findings.append(
                Finding(
                    .warning, "permissions",
                    "others may read \(path), and arguments of jobs may hold passwords; "
                        + (isOwn
                            ? "chmod go= \(names)" : "its owner, \(Self.user(status.st_uid)), can: chmod go= \(names)")
                ))
        }
        if !isWritable {
            // Root and the owner are stopped by a mount or by what has been done on purpose.
            let place = access(path, W_OK) == 0 ? folder : path
            let isMount = access(place, W_OK) != 0 && errno == EROFS
            let what = isMount ? "is on a read-only file system" : "cannot be written by this user"
            let owner = isMount ? "" : "; the file is that of \(Self.user(status.st_uid))"
            findings.append(
                Finding(
                    .warning, "permissions",
                    "\(place) \(what): jobs can be looked at and not changed\(owner)"))
        }
        return findings
    }

    /// How much room is left for it.
    func room() -> [Finding] {
        var room = statvfs()
        guard statvfs(folder, &room) == 0 else { return [] }
        let free = UInt64(room.f_bavail) * UInt64(room.f_frsize)
        if room.f_files > 0, room.f_favail == 0 {
            return [Finding(.error, "room", "no more files can be made in \(folder): its disk has no inode left")]
        }
        let text = "\(free >> 20) MB are free in \(folder)"
        if free < Self.leastRoom {
            return [Finding(.error, "room", "\(text): free space on its disk, or runs cannot be recorded")]
        }
        return [Finding(free < Self.littleRoom ? .warning : .ok, "room", text)]
    }

    /// Whether others than the owner may read a file, and can come to it.
    private func isOpenToOthers(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o066 != 0 else { return false }
        var above = stat()
        return stat(folder, &above) != 0 || above.st_mode & 0o011 != 0
    }

    private static func user(_ number: uid_t) -> String {
        guard let entry = getpwuid(number), let name = entry.pointee.pw_name else { return "user \(number)" }
        return String(cString: name)
    }

    /// A path as a shell reads it.
    private static func quoted(_ path: String) -> String {
        let isPlain = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+:@".contains($0) }
        return isPlain
            ? path : "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
