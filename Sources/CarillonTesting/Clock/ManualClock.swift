public import Carillon
public import CarillonTriggers
import Synchronization

/// A clock that stands still until it is advanced, for deterministic tests.
///
/// The wall clock and the monotonic clock are separate: `advance(by:)` moves both, as time does; `stepWall(by:)` and
/// `setWall(to:)` move only the wall clock, as users do.
public final class ManualClock: SchedulerClock {
    private struct Sleeper {
        let deadline: Int64
        /// The run that sleeps.
        let run: RunWork?
        let continuation: CheckedContinuation<Void, any Error>

        func wake(_ result: Result<Void, any Error>) {
            run?.endSleep()
            continuation.resume(with: result)
        }
    }

    private struct Watcher {
        let count: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct SetAlarm {
        var deadline: Int64?
        let ring: @Sendable () -> Void
    }

    private struct State {
        var now: Instant
        var monotonic: Int64 = 0
        var nextNumber = 0
        var alarms: [Int: SetAlarm] = [:]
        var sleepers: [Int: Sleeper] = [:]
        var watchers: [Int: Watcher] = [:]

        /// How many tasks sleep and alarms are set.
        var waiting: Int { sleepers.count + alarms.values.count { $0.deadline != nil } }

        mutating func number() -> Int {
            nextNumber += 1
            return nextNumber
        }

        /// Removes and returns the callbacks of due alarms, the earliest first.
        mutating func takeRinging() -> [@Sendable () -> Void] {
            let ringing = alarms.filter { $0.value.deadline.map { $0 <= monotonic } ?? false }
            for number in ringing.keys { alarms[number]?.deadline = nil }
            return ringing.sorted { ($0.value.deadline ?? 0, $0.key) < ($1.value.deadline ?? 0, $1.key) }
                .map(\.value.ring)
        }

        mutating func takeSatisfiedWatchers() -> [Watcher] {
            let satisfied = watchers.filter { $0.value.count <= waiting }
            for number in satisfied.keys { watchers[number] = nil }
            return Array(satisfied.values)
        }
    }

    private let state: Mutex<State>

    /// Creates a clock that stands at a time; its monotonic time is 0.
    public init(now: Instant = Instant(seconds: 1_800_000_000)) { state = Mutex(State(now: now)) }

    /// The time on the wall clock.
    public var now: Instant { state.withLock { $0.now } }

    /// The monotonic time: the microseconds by which the clock has been advanced.
    public var monotonic: Int64 { state.withLock { $0.monotonic } }

    /// How many tasks sleep and alarms are set.
    public var sleepers: Int { state.withLock { $0.waiting } }

    /// The monotonic time, in microseconds, at which the next sleeper wakes or the next alarm rings; `nil` if there is
    /// none.
    public var nextWakeUp: Int64? {
        [nextAlarm, state.withLock { $0.sleepers.values.map(\.deadline).min() }].compactMap { $0 }.min()
    }

    /// The monotonic time at which the next alarm rings; `nil` if none is set.
    private var nextAlarm: Int64? { state.withLock { $0.alarms.values.compactMap(\.deadline).min() } }

    /// The monotonic time at which a scheduler next has something to do: an alarm rings, or a sleeping run wakes.
    var nextStop: Int64? {
        let nextRun = state.withLock { $0.sleepers.values.filter { $0.run != nil }.map(\.deadline).min() }
        return [nextAlarm, nextRun].compactMap { $0 }.min()
    }

    /// Advances both clocks, rings the alarms that are due before it returns, and wakes the sleepers whose time has
    /// come, in each case the earliest deadline first.
    public func advance(by duration: Duration) {
        let (ringing, awake) = state.withLock { state in
            state.monotonic += max(0, duration.wholeMicroseconds)
            state.now = state.now.advanced(byMicroseconds: max(0, duration.wholeMicroseconds))
            let awake = state.sleepers.filter { $0.value.deadline <= state.monotonic }
            for number in awake.keys { state.sleepers[number] = nil }
            return (
                state.takeRinging(),
                awake.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value)
            )
        }
        for ring in ringing { ring() }
        for sleeper in awake { sleeper.wake(.success(())) }
    }

    /// Sets the wall clock forward or, by a negative duration, back. All alarms ring, as those of the system's clock
    /// do; no sleeper wakes.
    public func stepWall(by duration: Duration) {
        setWall { $0.advanced(byMicroseconds: duration.wholeMicroseconds) }
    }

    /// Sets the wall clock to a time; see `stepWall(by:)`.
    public func setWall(to time: Instant) { setWall { _ in time } }

    private func setWall(_ change: (Instant) -> Instant) {
        let rings = state.withLock { state in
            state.now = change(state.now)
            return state.alarms.sorted { $0.key < $1.key }.map(\.value.ring)
        }
        for ring in rings { ring() }
    }

    /// See `SchedulerClock`. An alarm rings while the clock is moved, on the thread that moves it. One that is set to a
    /// past time rings when the clock is next moved, even by zero.
    public func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any Alarm {
        let number = state.withLock { state in
            let number = state.number()
            state.alarms[number] = SetAlarm(ring: ring)
            return number
        }
        return ManualAlarm { [weak self] deadline in
            self?.set(number, to: deadline)
        } stop: { [weak self] in
            self?.state.withLock { $0.alarms[number] = nil }
        }
    }

    private func set(_ number: Int, to deadline: Int64?) {
        let satisfied = state.withLock { state in
            state.alarms[number]?.deadline = deadline
            return state.takeSatisfiedWatchers()
        }
        for watcher in satisfied { watcher.continuation.resume() }
    }

    /// Returns when at least `count` tasks sleep or alarms are set, at once if they do already; also when the waiting
    /// task is cancelled.
    public func waitForSleepers(_ count: Int = 1) async {
        let number = state.withLock { $0.number() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.waiting >= count || Task.isCancelled { return true }
                    state.watchers[number] = Watcher(count: count, continuation: continuation)
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.watchers.removeValue(forKey: number) }?.continuation.resume()
        }
    }

    /// Returns when the clock has been advanced to a monotonic time, at once if it has been already.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until monotonic: Int64) async throws {
        let number = state.withLock { $0.number() }
        let run = RunWork.current
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                var satisfied: [Watcher] = []
                let result: Result<Void, any Error>? = state.withLock { state in
                    // Checked under the lock: a cancellation before it is seen here, a later one finds the sleeper.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if monotonic <= state.monotonic { return .success(()) }
                    state.sleepers[number] = Sleeper(deadline: monotonic, run: run, continuation: continuation)
                    run?.beginSleep()
                    satisfied = state.takeSatisfiedWatchers()
                    return nil
                }
                for watcher in satisfied { watcher.continuation.resume() }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?
                .wake(.failure(CancellationError()))
        }
    }
}

private struct ManualAlarm: Alarm {
    private let setTo: @Sendable (Int64?) -> Void
    private let end: @Sendable () -> Void

    init(set: @escaping @Sendable (Int64?) -> Void, stop: @escaping @Sendable () -> Void) {
        setTo = set
        end = stop
    }

    func set(_ monotonic: Int64?) { setTo(monotonic) }

    func stop() { end() }
}
