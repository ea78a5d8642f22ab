public import CarillonTriggers

/// The times at which a store next has something to do for a node.
public struct EarliestTimes: Hashable, Sendable {
    /// The earliest due time among active jobs of the node's tasks.
    public var due: Instant?
    /// The earliest time at which a ready run of the node's tasks may be taken, or at which a waiting run of any task
    /// may become ready because its job has fewer instances than it may have. Runs of paused jobs do not count.
    public var available: Instant?

    /// Creates the pair of times.
    public init(due: Instant? = nil, available: Instant? = nil) {
        self.due = due
        self.available = available
    }

    /// Returns the earlier of each of the two times.
    func merged(with other: EarliestTimes) -> EarliestTimes {
        EarliestTimes(
            due: [due, other.due].compactMap { $0 }.min(),
            available: [available, other.available].compactMap { $0 }.min()
        )
    }
}
