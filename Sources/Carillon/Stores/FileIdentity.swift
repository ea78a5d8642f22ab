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

/// Which file a path leads to, whatever the path is and whatever links are on the way.
package struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64

    /// Nothing where there is no such file, or nobody lets this user look.
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
