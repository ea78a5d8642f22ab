#if Command
import Foundation
import Synchronization

/// The end of the pipe that the signal handler writes to; a handler can be given nothing but a global.
private let writeEnd = Atomic<Int32>(-1)
/// The other end, once there is a pipe.
private let readEnd = Atomic<Int32>(-1)

/// The signals of the process as a sequence.
enum SignalStream {
    /// Keeps a signal that would end the process until `of` hears it. Without a pipe it is ignored.
    static func keepEarly(_ number: Int32) {
        do throws(CommandFailure) {
            try makePipe()
            take(number)
        } catch {
            signal(number, SIG_IGN)
        }
    }

    /// Takes over signals, and ignores SIGPIPE, so that a failed write is an error like others. To be called once.
    ///
    /// - Throws: `CommandFailure` where the system has no pipe.
    static func of(_ numbers: [Int32]) throws(CommandFailure) -> AsyncStream<Int32> {
        try makePipe()
        signal(SIGPIPE, SIG_IGN)
        for number in numbers { take(number) }
        // Who starts this process may have had them blocked, and that is inherited.
        var all = sigset_t()
        sigfillset(&all)
        sigprocmask(SIG_UNBLOCK, &all, nil)
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        let thread = Thread {
            let readEnd = readEnd.load(ordering: .relaxed)
            var byte: UInt8 = 0
            while true {
                let count = read(readEnd, &byte, 1)
                if count == 1 { continuation.yield(Int32(byte)) } else if count == 0 || errno != EINTR { return }
            }
        }
        thread.name = "carillon-signal"
        thread.start()
        return stream
    }

    private static func makePipe() throws(CommandFailure) {
        guard readEnd.load(ordering: .relaxed) < 0 else { return }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw CommandFailure(.last("making a pipe")) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // The handler must not wait, and where the pipe is full enough of them are on their way.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        readEnd.store(ends[0], ordering: .relaxed)
        writeEnd.store(ends[1], ordering: .relaxed)
    }

    private static func take(_ number: Int32) {
        signal(number) { number in
            let code = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(writeEnd.load(ordering: .relaxed), &byte, 1)
            errno = code
        }
    }
}
#endif
