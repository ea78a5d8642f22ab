public import CarillonTriggers

/// A source of time for a scheduler: a wall clock, which can be set, and a monotonic clock.
public protocol SchedulerClock: Sendable {
    /// The time on the wall clock.
    var now: Instant { get }

    /// Microseconds since some moment in the past. Never goes back, and is not affected by steps of the wall clock.
    var monotonic: Int64 { get }

    /// Returns when the monotonic clock has reached a time, or at once if it already has.
    ///
    /// - Parameter monotonic: The time in microseconds, as `monotonic` gives it.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(until monotonic: Int64) async throws

    /// Creates an alarm that is not set yet.
    ///
    /// - Parameter ring: Called on any thread when the alarm's time has come, and whenever the wall clock was set, if
    ///   the clock can tell. It must return at once.
    func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any Alarm
}

/// An alarm that rings when a clock has reached a time.
public protocol Alarm: Sendable {
    /// Sets the alarm to a time on the monotonic clock in microseconds, in place of the previous one; `nil` for none.
    func set(_ monotonic: Int64?)

    /// Ends the alarm: it does not ring any more.
    func stop()
}

extension SchedulerClock {
    /// Returns when a duration has passed on the monotonic clock.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(for duration: Duration) async throws {
        // At most a hundred years: longer sleeps trap.
        try await sleep(until: monotonic + min(duration.wholeMicroseconds, 3_155_760_000_000_000))
    }

    /// Returns an alarm that sleeps in a task.
    public func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any Alarm { SleepingAlarm(clock: self, ring) }
}
