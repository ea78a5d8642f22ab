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
}
