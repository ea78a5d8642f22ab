import Foundation

/// The user that a command runs as.
struct UserAccount {
    let name: String
    let home: String
    let shell: String
    let user: uid_t
    let group: gid_t
    /// All groups the user is in.
    let groups: [gid_t]

    /// Looks a user up by name, or by number where there is none of this name. It asks the system's directory, which may
    /// take its time: not for the cooperative pool.
    ///
    /// - Throws: `TaskFailure` where there is no such user.
    init(_ text: String) throws(TaskFailure) {
        guard let account = Self.look(up: text) else {
            throw TaskFailure(.commandNotStarted, "no such user: \(text)")
        }
        self = account
    }

    private init(_ entry: passwd) {
        name = String(cString: entry.pw_name)
        home = String(cString: entry.pw_dir)
        let login = entry.pw_shell.map { String(cString: $0) } ?? ""
        shell = login.isEmpty ? "/bin/sh" : login
        user = entry.pw_uid
        group = entry.pw_gid
        groups = Self.groups(of: entry)
    }

    /// The user that this process runs as; nothing where the system has no entry for it.
    static var own: UserAccount? { look(up: String(geteuid())) }

    private static func look(up text: String) -> UserAccount? {
        var size = 1 << 10
        // An entry of more than a megabyte is none.
        while size <= 1 << 20 {
            var buffer = [CChar](repeating: 0, count: size)
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            var code = getpwnam_r(text, &entry, &buffer, size, &found)
            if found == nil, code != ERANGE, let number = uid_t(text) {
                code = getpwuid_r(number, &entry, &buffer, size, &found)
            }
            if code == ERANGE {
                size *= 4
                continue
            }
            // The entry points into the buffer.
            return withExtendedLifetime(buffer) { found.map { UserAccount($0.pointee) } }
        }
        return nil
    }

    private static func groups(of entry: passwd) -> [gid_t] {
        #if canImport(Darwin)
        return [entry.pw_gid]
        #else
        var count: Int32 = 64
        while count <= 65_536 {
            var groups = [gid_t](repeating: 0, count: Int(count))
            if getgrouplist(entry.pw_name, entry.pw_gid, &groups, &count) >= 0 {
                return Array(groups.prefix(Int(count)))
            }
            count = max(count, Int32(groups.count) * 2)
        }
        return [entry.pw_gid]
        #endif
    }
}
