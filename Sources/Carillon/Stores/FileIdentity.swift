#if os(Linux)
private import CTimers
#endif
#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The file that a path leads to, after all symbolic links.
package struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64

    /// Looks up a path; `nil` if there is no such file or this user may not search the directory.
    package init?(path: String) {
        #if os(Linux)
        var (device, number): (UInt64, UInt64) = (0, 0)
        if identify_file(path, &device, &number) == 0 {
            (self.device, self.number) = (device, number)
            return
        }
        #endif
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.device = UInt64(truncatingIfNeeded: status.st_dev)
        self.number = UInt64(truncatingIfNeeded: status.st_ino)
    }
}
