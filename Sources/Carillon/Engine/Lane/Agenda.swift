package import CarillonTriggers

/// What a lane knows of the work that waits in its store: when there is something to do next, and how much a pass looks at.
package struct Agenda: Sendable {
    /// A lane looks again after so many microseconds where work is there that it could not take.
    private static let stalledPause: Int64 = 1_000_000

    /// When the store next has something to do.
    package private(set) var earliest = EarliestTimes()
    /// What was added since the store was last asked.
    private var added = EarliestTimes()
    /// Whether the store has to be asked when it next has something to do.
    package var mustAsk = false
    /// Whether a pass has to be made whatever `earliest` says.
    package var mustPass = true
    /// Whether runs could be taken but for want of a worker.
    package private(set) var isStarved = false
    /// The most jobs of each kind that a pass looks at.
    package let passLimit: Int
    /// How many ready runs a pass looks at: more than `passLimit` while runs for busy executors hide others.
    package private(set) var readyLimit: Int
    /// How many jobs stayed due in the last pass, since it was not known whether they were at their limits.
    package var heldOff = 0

    package init(passLimit: Int) {
        self.passLimit = passLimit
        readyLimit = passLimit
    }

    /// Whether the store has nothing to do, now or later.
    package var isEmpty: Bool { !mustPass && !mustAsk && earliest == EarliestTimes() }

    /// Whether there is something to do at a time of the wall clock.
    package func hasSomething(at now: Instant) -> Bool {
        if mustPass || earliest.due.map({ $0 <= now }) ?? false { return true }
        return earliest.available.map { $0 <= now } ?? false
    }

    /// Notes that the store is about to be asked for something whose answer says when it next has something to do.
    package mutating func beginAsking() {
        mustAsk = false
        added = EarliestTimes()
    }

    /// Takes that answer. What was added while the store answered counts as well.
    package mutating func learn(_ answer: EarliestTimes) { earliest = answer.merged(with: added) }

    /// Takes times at which there may be something to do. One that is too early costs a pass that finds nothing, and asks
    /// the store.
    ///
    /// - Returns: Whether the lane has to turn earlier than it would have.
    package mutating func expect(_ times: EarliestTimes) -> Bool {
        added = added.merged(with: times)
        let merged = earliest.merged(with: times)
        guard merged != earliest else { return false }
        earliest = merged
        return true
    }

    /// Has the next pass look at more ready runs where the last one saw only such as no executor has room for.
    package mutating func lookFurther(_ isHidden: Bool) { readyLimit = isHidden ? 2 * readyLimit : passLimit }

    /// When to turn next for the work in the store.
    package enum Next: Hashable, Sendable {
        case now
        /// At times of the monotonic clock.
        case at([Int64])
    }

    /// When a lane that may fire turns next.
    ///
    /// - Parameters:
    ///   - monotonic: The monotonic clock's time at `now`.
    ///   - isAwake: Whether the lane has its lease. What is not yet due comes at its time also without it: a test that
    ///     moves the clock then waits for the heartbeat that brings it back.
    ///   - hasRoom: Whether an executor could have another run now.
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
