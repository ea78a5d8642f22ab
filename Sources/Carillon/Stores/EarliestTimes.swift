public import CarillonTriggers

/// When a store next has something to do for a node.
public struct EarliestTimes: Hashable, Sendable {
    /// The earliest due time among active jobs of the node's tasks.
    public var due: Instant?
    /// The earliest time at which a ready run of the node's tasks may be taken, or a waiting run of any task, whose job has
    /// fewer instances than it may, may be moved up; runs of paused jobs do not count.
    public var available: Instant?

    /// Puts the two together.
    public init(due: Instant? = nil, available: Instant? = nil) {
        self.due = due
        self.available = available
    }

    /// The earlier ones of two.
    func merged(with other: EarliestTimes) -> EarliestTimes {
        EarliestTimes(
            due: [due, other.due].compactMap { $0 }.min(),
            available: [available, other.available].compactMap { $0 }.min()
        )
    }
}
