import Foundation
import Synchronization

/// The end of the pipe that the signal handler writes to; a handler can be given nothing but a global.
private let writeEnd = Atomic<Int32>(-1)

/// Turns the signals of the process into bytes of a pipe, so that one `poll` waits for them and for the time.
struct SignalPipe {
    private let readEnd: Int32

    /// Takes over SIGINT, SIGTERM and SIGCHLD, and ignores SIGPIPE, so that a failed write is an error like others.
    init() throws(CommandFailure) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw CommandFailure(.last("making a pipe")) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        readEnd = ends[0]
        writeEnd.store(ends[1], ordering: .relaxed)
        var all = sigset_t()
        sigfillset(&all)
        // Who starts this process may have had them blocked, and that is inherited.
        sigprocmask(SIG_UNBLOCK, &all, nil)
        for number in [SIGINT, SIGTERM, SIGCHLD] {
            signal(number) { number in
                let code = errno
                var byte = UInt8(truncatingIfNeeded: number)
                // A full pipe wakes the reader as well.
                _ = write(writeEnd.load(ordering: .relaxed), &byte, 1)
                errno = code
            }
        }
        signal(SIGPIPE, SIG_IGN)
    }

    /// Waits for a signal, at most so long or until one of other descriptors can be read, and returns how often the
    /// process was asked to stop.
    func requestsToStop(waitingAtMost microseconds: Int64, orUntilReadable others: [Int32]) -> Int {
        var entries = ([readEnd] + others).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // Rounded up, since a wait that ends too early has to be repeated.
        poll(&entries, nfds_t(entries.count), Int32(clamping: (max(0, microseconds) + 999) / 1000))
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(readEnd, &bytes, bytes.count)
        return bytes.prefix(max(0, count)).count { $0 != UInt8(SIGCHLD) }
    }
}
