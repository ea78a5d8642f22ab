import Synchronization

/// Runs of a lane that have said something of themselves which is not in the store yet.
///
/// A run is here from the first thing it says until that has been written, or it has ended. The lane is woken when there
/// is something to write: a second after it was said, so that what runs say within a second is written together, and a run
/// that is shorter is not written at all.
final class UnwrittenNotes: Sendable {
    /// How long something that was said waits for more, in microseconds.
    private static let pause: Int64 = 1_000_000

    private struct State {
        var works: [ObjectIdentifier: RunWork] = [:]
        var alarm: (any Alarm)?
        /// Nothing is written before this time.
        var restsUntil: Int64 = .min
    }

    private let state = Mutex(State())
    /// When the works are to be written; the end of time where there are none.
    private let time = Atomic<Int64>(.max)

    /// Rings from now on.
    func open(_ alarm: any Alarm) {
        state.withLock { state in
            state.alarm = alarm
            let time = time.load(ordering: .relaxed)
            if time != .max { alarm.set(time) }
        }
    }

    /// Does not ring any more.
    func close() {
        let alarm = state.withLock { state in
            defer { state.alarm = nil }
            return state.alarm
        }
        alarm?.stop()
    }

    /// Adds a run that has said something, at a time of the clock that only goes on.
    func add(_ work: RunWork, at monotonic: Int64) {
        state.withLock { state in
            state.works[ObjectIdentifier(work)] = work
            guard time.load(ordering: .relaxed) == .max else { return }
            let next = max(monotonic + Self.pause, state.restsUntil)
            time.store(next, ordering: .relaxed)
            state.alarm?.set(next)
        }
    }

    /// Forgets a run that has ended.
    func remove(_ work: RunWork) {
        state.withLock { _ = $0.works.removeValue(forKey: ObjectIdentifier(work)) }
    }

    /// Takes out all runs, if it is time to write what they say.
    func take(at monotonic: Int64) -> [RunWork] {
        guard monotonic >= time.load(ordering: .relaxed) else { return [] }
        return state.withLock { state in
            time.store(.max, ordering: .relaxed)
            defer { state.works = [:] }
            return Array(state.works.values)
        }
    }

    /// Writes nothing before a time, whatever is said and was said since it was taken.
    func rest(until monotonic: Int64) {
        state.withLock { state in
            state.restsUntil = monotonic
            let next = time.load(ordering: .relaxed)
            guard next != .max, next < monotonic else { return }
            time.store(monotonic, ordering: .relaxed)
            state.alarm?.set(monotonic)
        }
    }
}
