import Synchronization

/// Asks runs to end that take longer than they may, whatever the scheduler is doing meanwhile.
final class TimeoutWatch: Sendable {
    private struct State {
        var heap = IndexedHeap<Int64>()
        var positions = HeapPositions()
        var works: [RunWork?] = []
        var free: [UInt32] = []
        /// Those whose time was over when the process had stood still.
        var deferred: Set<UInt32> = []
        var alarm: (any Alarm)?
    }

    /// An alarm that rings so many microseconds late has stood still, with the process. Runs get as long again to say that
    /// they have ended meanwhile.
    private static let lateness: Int64 = 1_000_000

    private let state = Mutex(State())
    private let clock: any SchedulerClock

    init(clock: any SchedulerClock) { self.clock = clock }

    /// Asks a run to end when the clock that only goes on has reached a time.
    ///
    /// - Returns: The number to take it back by.
    func watch(_ work: RunWork, until deadline: Int64) -> UInt32 {
        state.withLock { state in
            let number = state.free.popLast() ?? UInt32(state.works.count)
            if number == state.works.count { state.works.append(work) } else { state.works[Int(number)] = work }
            state.heap.set(number, to: deadline, &state.positions)
            if state.alarm == nil { state.alarm = clock.makeAlarm { [weak self] in self?.ring() } }
            if state.heap.first?.number == number { state.alarm?.set(deadline) }
            return number
        }
    }

    /// The run has ended.
    func unwatch(_ number: UInt32) {
        state.withLock { state in
            guard state.works.indices.contains(Int(number)), state.works[Int(number)] != nil else { return }
            state.heap.remove(number, &state.positions)
            state.works[Int(number)] = nil
            state.deferred.remove(number)
            state.free.append(number)
        }
    }

    /// Lets go of the alarm, until there is something to watch again.
    func stop() {
        state.withLock { state in
            state.alarm?.stop()
            state.alarm = nil
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
                // Its number stays its own until it has ended.
                state.works[Int(first.number)].map { overdue.append($0) }
            }
            state.alarm?.set(state.heap.first?.key)
            return overdue
        }
        for work in overdue where work.isAtWork {
            work.cancel(for: .timeout)
            work.origin.mailbox.post(.overdue(work))
        }
    }
}
