import Synchronization

/// The runs of a lane with notes that are not in the store yet.
///
/// A run is here from its first note until its notes have been written, or it has ended. The lane is woken a second
/// after a note, so that what runs report within a second is written together, and the notes of a shorter run are not
/// written separately at all.
final class UnwrittenNotes: Sendable {
    /// How long a note waits for more, in microseconds.
    private static let pause: Int64 = 1_000_000

    private struct State {
        var works: [ObjectIdentifier: RunWork] = [:]
        var alarm: (any Alarm)?
        /// The time before which nothing is written, on the monotonic clock.
        var restsUntil: Int64 = .min
    }

    private let state = Mutex(State())
    /// When the notes are due to be written; `Int64.max` if there are none.
    private let time = Atomic<Int64>(.max)

    /// Sets the alarm that rings when notes are due to be written.
    func open(_ alarm: any Alarm) {
        state.withLock { state in
            state.alarm = alarm
            let time = time.load(ordering: .relaxed)
            if time != .max { alarm.set(time) }
        }
    }

    /// Stops the alarm.
    func close() {
        let alarm = state.withLock { state in
            defer { state.alarm = nil }
            return state.alarm
        }
        alarm?.stop()
    }

    /// Adds a run with a note, at a time on the monotonic clock.
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

    /// Removes and returns all runs, if their notes are due to be written.
    func take(at monotonic: Int64) -> [RunWork] {
        guard monotonic >= time.load(ordering: .relaxed) else { return [] }
        return state.withLock { state in
            time.store(.max, ordering: .relaxed)
            defer { state.works = [:] }
            return Array(state.works.values)
        }
    }

    /// Postpones writing until a time, for present and later notes.
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
