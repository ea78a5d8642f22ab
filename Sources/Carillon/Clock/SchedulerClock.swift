public import CarillonTriggers

/// Where a scheduler gets the time from: a wall clock that people set, and a clock that only ever goes on.
public protocol SchedulerClock: Sendable {
    /// The time on the wall clock.
    var now: Instant { get }

    /// Microseconds since some moment in the past; never goes back, and wall-clock steps do not touch it.
    var monotonic: Int64 { get }

    /// Returns when the monotonic clock has reached a time, at once where it has already.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(until monotonic: Int64) async throws

    /// An alarm that is not set yet.
    ///
    /// - Parameter ring: Called, on some thread, when the time of the alarm has come, and whenever the wall clock was
    ///   set where the clock can tell. It returns at once.
    func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any Alarm
}

/// Rings when a clock has reached a time.
public protocol Alarm: Sendable {
    /// Sets the alarm to a time of the monotonic clock, in place of the one before; `nil` for none.
    func set(_ monotonic: Int64?)

    /// Ends the alarm: it does not ring any more.
    func stop()
}

extension SchedulerClock {
    /// Returns when so much time has passed on the monotonic clock.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(for duration: Duration) async throws {
        // A hundred years are for ever, and longer sleeps trap.
        try await sleep(until: monotonic + min(duration.wholeMicroseconds, 3_155_760_000_000_000))
    }

    /// An alarm that sleeps in a task.
    public func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any Alarm { SleepingAlarm(clock: self, ring) }
}
