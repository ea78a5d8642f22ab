#if Command
import Foundation

/// The file of a store as the system sees it: who may read and write it, and how much room there is beside it.
struct StoreFile {
    let path: String

    private static let leastRoom: UInt64 = 16 << 20
    private static let littleRoom: UInt64 = 256 << 20

    var folder: String { URL(filePath: path).deletingLastPathComponent().path }

    /// How many bytes it has; nothing where it is not there.
    var size: Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// Who may read it and its log.
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

    static func user(_ number: uid_t) -> String {
        guard let entry = getpwuid(number), let name = entry.pointee.pw_name else { return "user \(number)" }
        return String(cString: name)
    }

    /// A path as a shell reads it.
    static func quoted(_ path: String) -> String {
        let isPlain = !path.isEmpty && path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+:@".contains($0) }
        return isPlain
            ? path : "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
#endif
