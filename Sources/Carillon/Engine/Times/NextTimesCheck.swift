import CarillonTriggers

/// Whether the next times of a store's jobs have to be compared with what their triggers give now, and which times have
/// run ahead of the clock.
struct NextTimesCheck {
    /// How this node's zone data compares with that of the other nodes that share the store.
    enum Zones: Sendable {
        case same
        /// Another node has newer data, and judges the times that the two do not share.
        case olderThanOthers
        case newerThanOthers
    }

    var zones = Zones.same
    /// Whether the comparison is due.
    private(set) var isDue = true
    /// The task that makes the comparison.
    private(set) var task: Task<Void, Never>?
    /// The times that have run ahead of the clock.
    var ranAhead = RanAhead()
    /// Whether `ranAhead` has to be read anew.
    var mustReadAhead = true

    /// Makes the comparison due.
    mutating func want() { isDue = true }

    /// Starts again with the lane: the comparison is due, and `ranAhead` is read anew.
    mutating func restart() {
        isDue = true
        task = nil
        mustReadAhead = true
    }

    var isSettled: Bool { !isDue && task == nil }

    /// Begins the comparison, if it is due and not under way.
    mutating func begin(_ start: () -> Task<Void, Never>) {
        guard isDue, task == nil else { return }
        isDue = false
        task = start()
    }

    /// Records that the comparison has ended.
    mutating func finish() { task = nil }
}
