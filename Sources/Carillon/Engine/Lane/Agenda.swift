package import CarillonTriggers

/// What a lane knows of the work in its store: when something is next due, and how many jobs a pass reads.
package struct Agenda: Sendable {
    /// The pause before a lane tries again what it could not take, in microseconds.
    private static let stalledPause: Int64 = 1_000_000

    /// The times at which the store next has something to do.
    package private(set) var earliest = EarliestTimes()
    /// The times of what was added since the store was last asked.
    private var added = EarliestTimes()
    /// Whether the store has to be asked for its earliest times.
    package var mustAsk = false
    /// Whether a pass has to be made regardless of `earliest`.
    package var mustPass = true
    /// Whether runs are ready that could not be taken for want of a worker.
    package private(set) var isStarved = false
    /// The most jobs of each kind that a pass reads.
    package let passLimit: Int
    /// How many ready runs a pass reads: more than `passLimit` while runs for busy executors hide others.
    package private(set) var readyLimit: Int
    /// How many jobs stayed due in the last pass because it was not known whether they are at their limits.
    package var heldOff = 0

    package init(passLimit: Int) {
        self.passLimit = passLimit
        readyLimit = passLimit
    }

    /// Whether the store has nothing to do, now or later.
    package var isEmpty: Bool { !mustPass && !mustAsk && earliest == EarliestTimes() }

    /// Whether there is something to do at a time on the wall clock.
    package func hasSomething(at now: Instant) -> Bool {
        if mustPass || earliest.due.map({ $0 <= now }) ?? false { return true }
        return earliest.available.map { $0 <= now } ?? false
    }

    /// Records that the store is about to be asked for its earliest times, or for something whose answer includes them.
    package mutating func beginAsking() {
        mustAsk = false
        added = EarliestTimes()
    }

    /// Stores the answer, merged with what was added while the store answered.
    package mutating func learn(_ answer: EarliestTimes) { earliest = answer.merged(with: added) }

    /// Adds times at which there may be something to do. A time that is too early costs one pass that finds nothing and
    /// asks the store.
    ///
    /// - Returns: Whether the lane has to turn earlier than it would have.
    package mutating func expect(_ times: EarliestTimes) -> Bool {
        added = added.merged(with: times)
        let merged = earliest.merged(with: times)
        guard merged != earliest else { return false }
        earliest = merged
        return true
    }

    /// Makes the next pass read more ready runs if the last one saw only runs that no executor has room for.
    package mutating func lookFurther(_ isHidden: Bool) { readyLimit = isHidden ? 2 * readyLimit : passLimit }

    /// When to turn next for the work in the store.
    package enum Next: Hashable, Sendable {
        case now
        /// At times on the monotonic clock.
        case at([Int64])
    }

    /// Returns when a lane that may fire turns next.
    ///
    /// - Parameters:
    ///   - monotonic: The monotonic clock's time at `now`.
    ///   - isAwake: Whether the lane has its lease. Without it, what is not yet due still wakes the lane at its time: a
    ///     test that moves the clock then waits for the heartbeat that renews the lease.
    ///   - hasRoom: Whether an executor has room for another run now.
    ///   - isStalled: Whether the last pass could do nothing with what is due.
    package mutating func next(
        at now: Instant, _ monotonic: Int64, isAwake: Bool, hasRoom: Bool, isStalled: Bool
    ) -> Next {
        var times: [Int64] = []
        for time in [earliest.due, earliest.available].compactMap(\.self) {
            let distance = time.microseconds - now.microseconds
            if distance > 0 {
                times.append(monotonic + distance)
            } else if isAwake {
                if !isStalled, time == earliest.due || hasRoom { return .now }
                times.append(monotonic + Self.stalledPause)
            }
        }
        if isAwake { isStarved = earliest.available.map { $0 <= now } ?? false }
        return .at(times)
    }
}
