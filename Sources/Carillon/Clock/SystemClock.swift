public import CarillonTriggers

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The machine's clocks. The monotonic clock goes on while the machine is suspended.
public struct SystemClock: SchedulerClock {
    private static let start = ContinuousClock.now

    /// Creates a clock that reads the machine's clocks.
    public init() {}

    #if os(Linux)
    // Read from the system directly, which takes a third of the time: every run reads the clocks four times.

    /// The boot-time clock at `start`, or just before.
    private static let first: Int64 = {
        let first = read(CLOCK_BOOTTIME)
        _ = start
        return first
    }()

    /// The wall clock, to the microsecond.
    public var now: Instant { Instant(microseconds: Self.read(CLOCK_REALTIME)) }

    /// Microseconds since the clock was first read in this process.
    public var monotonic: Int64 { Self.bootTime - Self.first }

    /// Microseconds on the boot-time clock, which all processes of the machine share.
    static var bootTime: Int64 { read(CLOCK_BOOTTIME) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
    #else
    /// The wall clock, to the microsecond.
    public var now: Instant { Instant(Date()) }

    /// Microseconds since the clock was first read in this process.
    public var monotonic: Int64 { (ContinuousClock.now - Self.start).wholeMicroseconds }
    #endif

    /// Returns when the monotonic clock has reached a time.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until monotonic: Int64) async throws {
        #if os(Linux)
        _ = Self.first
        #endif
        try await Task.sleep(until: Self.start + .microseconds(monotonic), clock: .continuous)
    }

    #if os(Linux)
    /// Returns an alarm. One thread waits for all alarms of the process.
    public func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any Alarm { WakeUpThread.shared.alarm(ring) }
    #endif
}
