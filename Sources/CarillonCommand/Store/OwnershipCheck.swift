#if Command
import Foundation

/// Whether others than root and a user could change a file, or put another one in its place: whoever can do so decides what
/// a server of that user runs. Debian's cron asks the same of a crontab (cron(8)).
struct OwnershipCheck {
    /// Who may own files, beside root.
    let user: uid_t

    /// As many links as the system follows (path_resolution(7)).
    private static let mostLinks = 40

    /// That of this process.
    static var own: OwnershipCheck { OwnershipCheck(user: geteuid()) }

    /// What is wrong with a file and its folders, with what mends it; nothing where nothing is, or nothing is there.
    ///
    /// Each link on the way is followed, and the folders that it leads through are looked at, too.
    func problem(of path: String) -> String? {
        var left = Self.parts(path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)")
        var place = "/"
        var links = 0
        if let problem = problem(at: place, isLast: left.isEmpty)?.text { return problem }
        while !left.isEmpty {
            let part = left.removeFirst()
            if part == ".." {
                place = URL(filePath: place).deletingLastPathComponent().path
                continue
            }
            place = place == "/" ? "/\(part)" : "\(place)/\(part)"
            let found = problem(at: place, isLast: left.isEmpty)
            if let problem = found?.text { return problem }
            guard found?.isLink == true else { continue }
            links += 1
            // What cannot be followed cannot be opened either.
            guard links <= Self.mostLinks,
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: place)
            else { return nil }
            left = Self.parts(target) + left
            place = target.hasPrefix("/") ? "/" : URL(filePath: place).deletingLastPathComponent().path
        }
        return nil
    }

    /// The file of a store with those that SQLite has beside it.
    func problem(ofStore path: String) -> String? {
        [path, path + "-wal", path + "-shm", path + "-journal"].lazy.compactMap { problem(of: $0) }.first
    }

    private static func parts(_ path: String) -> [String] {
        path.split(separator: "/").map(String.init).filter { $0 != "." }
    }

    /// One file on the way; nothing where there is none.
    private func problem(at place: String, isLast: Bool) -> (isLink: Bool, text: String?)? {
        var status = stat()
        guard lstat(place, &status) == 0 else { return nil }
        let kind = status.st_mode & S_IFMT
        // A terminal or /dev/null holds nothing.
        if kind == S_IFCHR { return (false, nil) }
        let name = StoreFile.quoted(place)
        guard status.st_uid == 0 || status.st_uid == user else {
            let owner = StoreFile.user(status.st_uid)
            let wanted = StoreFile.user(user)
            return (kind == S_IFLNK, "\(place) is owned by \(owner): chown \(wanted) \(name)")
        }
        // The permissions of a link mean nothing.
        if kind == S_IFLNK { return (true, nil) }
        let writers = status.st_mode & 0o022
        // In a sticky folder nobody can put anything in the place of another's file.
        let isSticky = kind == S_IFDIR && status.st_mode & S_ISVTX != 0
        guard writers != 0, !isSticky else { return (false, nil) }
        let who = writers & 0o002 != 0 ? "everybody" : "its group"
        return (false, "\(place) may be written by \(who): chmod go-w \(name)")
    }
}

extension OwnershipCheck {
    /// What keeps a server of root from taking files that others could change; nothing where it runs as another user.
    ///
    /// - Parameter problem: What is wrong with them.
    static func refusal(_ what: String, _ problem: (OwnershipCheck) -> String?) -> String? {
        guard geteuid() == 0, let problem = problem(.own) else { return nil }
        return "\(what): others than root could have their own commands run as root, since \(problem); or give "
            + "--allow-unsafe-owner where that is meant"
    }
}
#endif
