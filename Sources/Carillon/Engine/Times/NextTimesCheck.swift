import CarillonTriggers

/// Whether the next times of a store's jobs have to be compared with what their triggers give now, and which times have run
/// though the clock does not show them yet.
struct NextTimesCheck {
    /// How this node's zone data compares with that of the others that share the store.
    enum Zones: Sendable {
        case same
        /// Others have newer data, and judge what the two do not have in common.
        case olderThanOthers
        case newerThanOthers
    }

    var zones = Zones.same
    /// Whether the comparison has to be made.
    private(set) var isDue = true
    /// What makes it.
    private(set) var task: Task<Void, Never>?
    /// Times that have run though the clock does not show them yet.
    var ranAhead = RanAhead()
    /// Whether these have to be read anew.
    var mustReadAhead = true

    /// Has the comparison made.
    mutating func want() { isDue = true }

    /// Begins anew with a lane: the comparison is made, and times are read.
    mutating func restart() {
        isDue = true
        task = nil
        mustReadAhead = true
    }

    /// Whether no comparison is due or under way.
    var isSettled: Bool { !isDue && task == nil }

    /// Begins the comparison, if it is due and not under way.
    mutating func begin(_ start: () -> Task<Void, Never>) {
        guard isDue, task == nil else { return }
        isDue = false
        task = start()
    }

    /// Notes that the comparison has ended.
    mutating func finish() { task = nil }
}
