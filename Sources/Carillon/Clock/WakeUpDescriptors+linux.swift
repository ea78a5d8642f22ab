#if os(Linux)
private import CTimers

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The file descriptors that a `WakeUpThread` waits on.
///
/// A timer for the earliest alarm, on the clock that goes on while the machine is suspended. A timer on the wall
/// clock that is never reached, whose read fails with `ECANCELED` when that clock is set (timerfd_create(2),
/// `TFD_TIMER_CANCEL_ON_SET`). And an event that tells the thread to leave.
package struct WakeUpDescriptors: Sendable {
    /// The system's refusal to open descriptors.
    package struct Refusal: Error, CustomStringConvertible {
        /// The system's error number.
        let number: Int32

        package init(number: Int32) { self.number = number }

        package var description: String { String(cString: strerror(number)) }
    }

    /// Opens the descriptors.
    package typealias Opening = @Sendable () throws(Refusal) -> WakeUpDescriptors

    let timer: Int32
    private let wallClock: Int32
    private let event: Int32

    /// All descriptors: the timer, the one on the wall clock, the event.
    var all: [Int32] { [timer, wallClock, event] }

    /// Opens the descriptors, all or none.
    package static func open() throws(Refusal) -> WakeUpDescriptors {
        var opened: [Int32] = []
        for open in [
            { timerfd_create(CLOCK_BOOTTIME, Int32(TFD_CLOEXEC | TFD_NONBLOCK)) },
            { timerfd_create(CLOCK_REALTIME, Int32(TFD_CLOEXEC | TFD_NONBLOCK)) },
            { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) },
        ] {
            let descriptor = open()
            guard descriptor >= 0 else {
                let refusal = Refusal(number: errno)
                for descriptor in opened { Self.close(descriptor) }
                throw refusal
            }
            opened.append(descriptor)
        }
        let descriptors = WakeUpDescriptors(timer: opened[0], wallClock: opened[1], event: opened[2])
        descriptors.watchWallClock()
        return descriptors
    }

    /// Makes the thread that waits on them leave.
    func end() { eventfd_write(event, 1) }

    /// Closes all descriptors.
    func close() { for descriptor in all { Self.close(descriptor) } }

    /// Whether the wall clock has been set since the last check.
    func wasWallClockSet() -> Bool {
        var expirations: UInt64 = 0
        guard read(wallClock, &expirations, 8) < 0, errno == ECANCELED else { return false }
        watchWallClock()
        return true
    }

    private func watchWallClock() {
        // In the year 9999; the timer is never reached.
        var setting = itimerspec()
        setting.it_value = timespec(tv_sec: 253_402_300_799, tv_nsec: 0)
        let flags = Int32(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)
        timerfd_settime(wallClock, flags, &setting, nil)
    }

    private static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #else
        _ = Musl.close(descriptor)
        #endif
    }
}
#endif
