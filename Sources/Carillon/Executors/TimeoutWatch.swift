import Synchronization

/// A watch that asks runs that exceed their timeout to end, whatever the scheduler is doing meanwhile.
final class TimeoutWatch: Sendable {
    private struct State {
        var heap = IndexedHeap<Int64>()
        var positions = HeapPositions()
        var works: [RunWork?] = []
        var free: [UInt32] = []
        /// Runs whose timeout had passed when the process had been suspended.
        var deferred: Set<UInt32> = []
        var alarm: (any Alarm)?
        /// Whether the alarm is released as soon as nothing is watched.
        var isStopping = false

        /// Releases the alarm, if it is no longer needed.
        mutating func releaseAlarm() {
            guard isStopping, heap.first == nil else { return }
            alarm?.stop()
            alarm = nil
        }
    }

    /// How late an alarm shows that the process was suspended, in microseconds. Runs then get as long again to report
    /// that they have ended.
    private static let lateness: Int64 = 1_000_000

    private let state = Mutex(State())
    private let clock: any SchedulerClock

    init(clock: any SchedulerClock) { self.clock = clock }

    /// Asks a run to end when the monotonic clock reaches a deadline.
    ///
    /// - Returns: The number to unwatch it by.
    func watch(_ work: RunWork, until deadline: Int64) -> UInt32 {
        state.withLock { state in
            let number = state.free.popLast() ?? UInt32(state.works.count)
            if number == state.works.count { state.works.append(work) } else { state.works[Int(number)] = work }
            state.heap.set(number, to: deadline, &state.positions)
            state.isStopping = false
            if state.alarm == nil { state.alarm = clock.makeAlarm { [weak self] in self?.ring() } }
            if state.heap.first?.number == number { state.alarm?.set(deadline) }
            return number
        }
    }

    /// Stops watching a run that has ended.
    func unwatch(_ number: UInt32) {
        state.withLock { state in
            guard state.works.indices.contains(Int(number)), state.works[Int(number)] != nil else { return }
            state.heap.remove(number, &state.positions)
            state.works[Int(number)] = nil
            state.deferred.remove(number)
            state.free.append(number)
            state.releaseAlarm()
        }
    }

    /// Releases the alarm once the watched runs have ended or are overdue, until there is something to watch again.
    /// Runs that a shutdown has left behind are still at work.
    func stop() {
        state.withLock { state in
            state.isStopping = true
            state.releaseAlarm()
        }
    }

    private func ring() {
        let now = clock.monotonic
        let overdue = state.withLock { state in
            var overdue: [RunWork] = []
            while let first = state.heap.first, first.key <= now {
                state.heap.remove(first.number, &state.positions)
                if now - first.key > Self.lateness, state.deferred.insert(first.number).inserted {
                    state.heap.set(first.number, to: now + Self.lateness, &state.positions)
                    continue
                }
                // Its number stays in use until the run has ended.
                state.works[Int(first.number)].map { overdue.append($0) }
            }
            state.alarm?.set(state.heap.first?.key)
            state.releaseAlarm()
            return overdue
        }
        for work in overdue where work.isAtWork {
            work.cancel(for: .timeout)
            work.origin.mailbox.post(.overdue(work))
        }
    }
}
