public import Carillon
public import CarillonTriggers
import Synchronization

/// A clock that stands still until it is told to go on, for tests that depend on nothing but themselves.
///
/// The wall clock and the monotonic one are apart: `advance(by:)` moves both, as time does; `stepWall(by:)` and
/// `setWall(to:)` move the wall clock alone, as people do.
public final class ManualClock: SchedulerClock {
    private struct Sleeper {
        let deadline: Int64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        let count: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now: Instant
        var monotonic: Int64 = 0
        var nextNumber = 0
        var sleepers: [Int: Sleeper] = [:]
        var watchers: [Int: Watcher] = [:]

        mutating func number() -> Int {
            nextNumber += 1
            return nextNumber
        }

        mutating func takeSatisfiedWatchers() -> [Watcher] {
            let satisfied = watchers.filter { $0.value.count <= sleepers.count }
            for number in satisfied.keys { watchers[number] = nil }
            return Array(satisfied.values)
        }
    }

    private let state: Mutex<State>

    /// A clock that stands at a time; its monotonic time is 0.
    public init(now: Instant = Instant(seconds: 1_800_000_000)) { state = Mutex(State(now: now)) }

    /// The time on the wall clock.
    public var now: Instant { state.withLock { $0.now } }

    /// Microseconds that the clock has been advanced by.
    public var monotonic: Int64 { state.withLock { $0.monotonic } }

    /// How many tasks sleep.
    public var sleepers: Int { state.withLock { $0.sleepers.count } }

    /// When the next sleeper wakes, on the monotonic clock.
    public var nextWakeUp: Int64? { state.withLock { $0.sleepers.values.map(\.deadline).min() } }

    /// Lets time go by: moves both clocks and wakes whoever has slept enough, the earliest deadline first.
    public func advance(by duration: Duration) {
        let awake = state.withLock { state in
            state.monotonic += max(0, duration.wholeMicroseconds)
            state.now = state.now.advanced(byMicroseconds: max(0, duration.wholeMicroseconds))
            let awake = state.sleepers.filter { $0.value.deadline <= state.monotonic }
            for number in awake.keys { state.sleepers[number] = nil }
            return awake.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value)
        }
        for sleeper in awake { sleeper.continuation.resume() }
    }

    /// Sets the wall clock on or, by a negative duration, back; nobody wakes.
    public func stepWall(by duration: Duration) {
        state.withLock { $0.now = $0.now.advanced(byMicroseconds: duration.wholeMicroseconds) }
    }

    /// Sets the wall clock to a time; nobody wakes.
    public func setWall(to time: Instant) { state.withLock { $0.now = time } }

    /// Returns when so many tasks sleep, at once where they do; also when the task that waits is cancelled.
    public func waitForSleepers(_ count: Int = 1) async {
        let number = state.withLock { $0.number() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.sleepers.count >= count || Task.isCancelled { return true }
                    state.watchers[number] = Watcher(count: count, continuation: continuation)
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.watchers.removeValue(forKey: number) }?.continuation.resume()
        }
    }

    /// Returns when the clock has been advanced to a monotonic time, at once where it has already.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until monotonic: Int64) async throws {
        let number = state.withLock { $0.number() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                var satisfied: [Watcher] = []
                let result: Result<Void, any Error>? = state.withLock { state in
                    // Asked for under the lock: a cancellation before it is seen here, one after it finds the sleeper.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if monotonic <= state.monotonic { return .success(()) }
                    state.sleepers[number] = Sleeper(deadline: monotonic, continuation: continuation)
                    satisfied = state.takeSatisfiedWatchers()
                    return nil
                }
                for watcher in satisfied { watcher.continuation.resume() }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?
                .continuation.resume(throwing: CancellationError())
        }
    }
}
