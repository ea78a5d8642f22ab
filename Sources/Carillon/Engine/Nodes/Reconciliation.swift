/// When to compare the runs that the store says are this node's with what the node does: at the start, after the store
/// has failed, after the lease may have run out, and once more some time after a failure.
package struct Reconciliation: Sendable {
    /// Whether the comparison is due.
    package private(set) var isDue = true
    /// When it is due once more, on the monotonic clock; `nil` for not at all.
    package private(set) var again: Int64?
    /// The count of lease breaks when the comparison was last made.
    package private(set) var breaks = 0

    package init() {}

    /// Makes the comparison due in the next turn.
    package mutating func want() { isDue = true }

    /// Checks whether the comparison is due.
    ///
    /// - Parameter breaks: How often the lease may have run out; `nil` if no other node can take over a run.
    package mutating func check(at monotonic: Int64, breaks: Int?) {
        if let breaks, breaks != self.breaks { isDue = true }
        if let again, monotonic >= again { isDue = true }
    }

    /// Records that the comparison was made.
    ///
    /// - Parameters:
    ///   - breaks: The count of lease breaks when it began.
    ///   - again: When it is due once more.
    package mutating func finish(breaks: Int, again: Int64?) {
        isDue = false
        self.breaks = breaks
        self.again = again
    }
}
