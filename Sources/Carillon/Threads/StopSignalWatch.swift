import Dispatch
import Foundation
import Synchronization

/// Hears signals for as long as a scheduler runs. Afterwards the process handles them as it did before.
///
/// A handler may call little (signal-safety(7)), so it writes the signal's number to a pipe, which a thread reads. There is
/// one pipe, which is never closed: a handler may still be about to write when the watch ends.
final class StopSignalWatch {
    private static let end: UInt8 = 0
    /// A process and its group often get one request each.
    private static let sameRequest = Duration.milliseconds(100)

    private static let isTaken = Atomic(false)
    private static let readEnd = Atomic<Int32>(-1)

    /// What the process did with each signal before.
    private var before: [(number: Int32, handler: SignalHandler?)] = []
    private var mask = sigset_t()
    private let hasEnded = DispatchSemaphore(value: 0)

    #if canImport(Darwin)
    private typealias SignalHandler = sig_t
    #else
    private typealias SignalHandler = __sighandler_t
    #endif

    /// Begins to hear signals.
    ///
    /// - Parameter hear: Called for each request to stop, on a thread of its own, with the number of the request.
    /// - Throws: `CarillonError` with `wrongState` if another watch hears signals, or `unsupported` if the system has no
    ///   pipe.
    init(_ signals: Set<StopSignal>, _ hear: @escaping @Sendable (_ request: Int) -> Void) throws(CarillonError) {
        guard !Self.isTaken.exchange(true, ordering: .acquiringAndReleasing) else {
            throw CarillonError(
                .wrongState, "another scheduler of this process stops at signals already; let one of them do so")
        }
        do throws(CarillonError) { try Self.openPipe() } catch {
            Self.isTaken.store(false, ordering: .releasing)
            throw error
        }
        NamedThread.start("carillon-signal") { [hasEnded] in
            Self.read(hear)
            hasEnded.signal()
        }
        var wanted = sigset_t()
        sigemptyset(&wanted)
        for number in signals.map(\.number).sorted() {
            before.append((number, signal(number, Self.handler)))
            sigaddset(&wanted, number)
        }
        // The program that started this one may have had them blocked, which is inherited.
        pthread_sigmask(SIG_UNBLOCK, &wanted, &mask)
    }

    /// Ends the watch, on the thread that began it.
    func stop() {
        pthread_sigmask(SIG_SETMASK, &mask, nil)
        for (number, handler) in before { signal(number, handler) }
        Self.writeToPipe(Self.end)
        hasEnded.wait()
        Self.isTaken.store(false, ordering: .releasing)
    }

    private static let handler: @convention(c) (Int32) -> Void = { number in
        let code = errno
        StopSignalWatch.writeToPipe(UInt8(truncatingIfNeeded: number))
        errno = code
    }

    private static func writeToPipe(_ byte: UInt8) {
        var byte = byte
        _ = write(signalPipe.load(ordering: .relaxed), &byte, 1)
    }

    private static func openPipe() throws(CarillonError) {
        guard readEnd.load(ordering: .relaxed) < 0 else { return }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw CarillonError(
                .unsupported, "no pipe could be made to hear signals with: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A handler must not wait; if the pipe is full, enough requests are under way.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        readEnd.store(ends[0], ordering: .relaxed)
        signalPipe.store(ends[1], ordering: .relaxed)
    }

    private static func read(_ hear: (Int) -> Void) {
        var requests = 0
        var latest: ContinuousClock.Instant?
        var byte: UInt8 = 0
        while true {
            let count = Foundation.read(readEnd.load(ordering: .relaxed), &byte, 1)
            guard count == 1 else {
                if count < 0, errno == EINTR { continue }
                break
            }
            if byte == end { break }
            let now = ContinuousClock.now
            if let latest, now - latest < sameRequest { continue }
            latest = now
            requests += 1
            hear(requests)
        }
    }
}

/// The end of the pipe that the handler writes to: a handler can be given nothing but a global.
private let signalPipe = Atomic<Int32>(-1)
