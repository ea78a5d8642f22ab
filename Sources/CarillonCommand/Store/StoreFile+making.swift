#if Command
import Foundation

extension StoreFile {
    /// What keeps this process from making the file, with its folder where there is none, and what to do about it; nothing
    /// where nothing of the kind is seen.
    var obstacleToMaking: String? {
        var place = folder
        var status = stat()
        while stat(place, &status) != 0 {
            let code = errno
            guard code == ENOENT || code == ENOTDIR, place != "/" else {
                return "\(place) cannot be looked at: \(String(cString: strerror(code)))"
            }
            guard lstat(place, &status) != 0 else {
                return "\(place) is a link to nothing: take it away, or make what it names"
            }
            place = URL(filePath: place).deletingLastPathComponent().path
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return "\(place) is a file, where a folder is needed: move it away, or name another folder"
        }
        guard access(place, W_OK | X_OK) != 0 else { return nil }
        if errno == EROFS { return "\(place) is on a read-only file system: name another folder" }
        if geteuid() == status.st_uid { return "this user cannot write \(place): chmod u+w \(Self.quoted(place))" }
        let user = Self.user(geteuid())
        return "the user \(user) cannot write \(place), which is that of \(Self.user(status.st_uid)): "
            + (place == folder ? "let \(user) write it" : "make \(folder) for \(user)") + ", or name another folder"
    }
}
#endif
