import Synchronization

/// How many runs an executor has, and how many it finishes.
///
/// Passes over several job stores run at the same time and share the executor. Each draws room at the moment in which
/// it plans to take a run: no room is given out twice, and a store that hangs before that holds none.
final class ExecutorLoad: Sendable {
    private struct Counts {
        /// Runs that were taken for it and have not ended.
        var outstanding = 0
        /// Runs that passes have planned to take, and that are not known to be taken yet.
        var drawn = 0
        /// Runs that ended in the current interval and in the one before.
        var ended: (now: Int, before: Int) = (0, 0)
        var stretch: Int64 = 0

        mutating func turn(to monotonic: Int64) {
            let current = monotonic / ExecutorLoad.stretchLength
            guard current != stretch else { return }
            ended = (0, current == stretch + 1 ? ended.now : 0)
            stretch = current
        }

        func room(of capacity: Int, at monotonic: Int64) -> StorePass.Room {
            var turned = self
            turned.turn(to: monotonic)
            let load = outstanding + drawn
            let waiting = max(0, load - capacity)
            let ahead = max(turned.ended.now, turned.ended.before) - waiting
            return StorePass.Room(free: max(0, capacity - load), ahead: max(0, ahead))
        }
    }

    /// The length of an interval, in microseconds: a node takes ahead as many runs as it finished in one.
    private static let stretchLength: Int64 = 100_000

    private let capacity: Int
    private let counts = Mutex(Counts())

    init(capacity: Int) { self.capacity = capacity }

    /// How many runs were taken for it and have not ended.
    var outstanding: Int { counts.withLock { $0.outstanding } }

    /// How many more runs could begin at once.
    var places: Int { counts.withLock { max(0, capacity - $0.outstanding) } }

    /// Whether no run is at work for the executor, and no pass is about to take one.
    var isIdle: Bool { counts.withLock { $0.outstanding <= 0 && $0.drawn <= 0 } }

    func take(_ count: Int) { counts.withLock { $0.outstanding += count } }

    func end(_ count: Int, at monotonic: Int64) {
        counts.withLock { counts in
            counts.outstanding -= count
            counts.turn(to: monotonic)
            counts.ended.now += count
        }
    }

    func giveBack() { counts.withLock { $0.outstanding -= 1 } }

    /// Returns how many more runs the executor has room for.
    func room(at monotonic: Int64) -> StorePass.Room { counts.withLock { $0.room(of: capacity, at: monotonic) } }

    /// Asks a pass how many runs it takes with the room that there is now, and draws that room.
    ///
    /// - Returns: How many runs the pass takes.
    func draw(at monotonic: Int64, _ take: (StorePass.Room) -> Int) -> Int {
        counts.withLock { counts in
            let count = take(counts.room(of: capacity, at: monotonic))
            counts.drawn += count
            return count
        }
    }

    /// Gives back room that was drawn: the runs were not taken, or now count as taken.
    func giveBackDrawn(_ count: Int) { counts.withLock { $0.drawn -= count } }
}
