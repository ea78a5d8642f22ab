#if canImport(Glibc)
private import Glibc
#elseif canImport(Musl)
private import Musl
#elseif canImport(Darwin)
private import Darwin
#endif

/// What tells a file from the one that had its name before, and from itself before it was written anew.
struct FileStamp: Hashable {
    private let device: UInt64
    private let number: UInt64
    private let size: Int64
    private let changed: [Int64]
    /// When it was last written, in seconds since 1970.
    let modified: Int64

    /// `nil` where there is no such file. Links are followed.
    init?(of path: String) {
        var found = stat()
        guard stat(path, &found) == 0 else { return nil }
        device = UInt64(truncatingIfNeeded: found.st_dev)
        number = UInt64(truncatingIfNeeded: found.st_ino)
        size = Int64(found.st_size)
        #if canImport(Darwin)
        let (written, status) = (found.st_mtimespec, found.st_ctimespec)
        #else
        let (written, status) = (found.st_mtim, found.st_ctim)
        #endif
        modified = Int64(written.tv_sec)
        changed = [written, status].flatMap { [Int64($0.tv_sec), Int64($0.tv_nsec)] }
    }
}
