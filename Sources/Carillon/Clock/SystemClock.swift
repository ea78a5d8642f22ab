public import CarillonTriggers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The machine's clocks. The monotonic one goes on while the machine is suspended.
public struct SystemClock: SchedulerClock {
    private static let start = ContinuousClock.now

    /// The machine's clocks.
    public init() {}

    /// The wall clock, to the microsecond.
    public var now: Instant { Instant(Date()) }

    /// Microseconds since the clock was first read in this process.
    public var monotonic: Int64 { (ContinuousClock.now - Self.start).wholeMicroseconds }

    /// Returns when the monotonic clock has reached a time.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until monotonic: Int64) async throws {
        try await Task.sleep(until: Self.start + .microseconds(monotonic), clock: .continuous)
    }

    #if os(Linux)
        /// See `SchedulerClock`. One thread waits for all alarms of the process.
        public func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any Alarm { WakeUpThread.shared.alarm(ring) }
    #endif
}
