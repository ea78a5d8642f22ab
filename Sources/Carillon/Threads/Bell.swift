#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A pipe by which one thread wakes another that waits for its descriptor.
package final class Bell: Sendable {
    /// What is waited for.
    package let descriptor: Int32
    private let end: Int32

    /// Creates a bell; `nil` if there is no descriptor left.
    package init?() {
        var pair: [Int32] = [-1, -1]
        guard pipe(&pair) == 0 else { return nil }
        for one in pair {
            _ = fcntl(one, F_SETFD, FD_CLOEXEC)
            _ = fcntl(one, F_SETFL, O_NONBLOCK)
        }
        (descriptor, end) = (pair[0], pair[1])
    }

    deinit {
        close(descriptor)
        close(end)
    }

    /// Wakes the thread, now or when it waits next.
    package func ring() {
        var byte: UInt8 = 0
        _ = write(end, &byte, 1)
    }
}
