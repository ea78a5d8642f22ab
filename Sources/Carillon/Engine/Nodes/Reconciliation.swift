/// When the runs that the store says are this node's have to be compared with what the node does: at the start, after the
/// store has failed, after the lease may have run out, and once more a while after a failure.
package struct Reconciliation: Sendable {
    /// Whether the comparison has to be made.
    package private(set) var isDue = true
    /// When it is made once more, on the monotonic clock.
    package private(set) var again: Int64?
    /// As many breaks of the lease as there were when it was last made.
    package private(set) var breaks = 0

    package init() {}

    /// Has it made by the next turn.
    package mutating func want() { isDue = true }

    /// Looks whether it has to be made.
    ///
    /// - Parameter breaks: How often the lease may have run out; `nil` where nobody else can take over a run.
    package mutating func check(at monotonic: Int64, breaks: Int?) {
        if let breaks, breaks != self.breaks { isDue = true }
        if let again, monotonic >= again { isDue = true }
    }

    /// Notes that it was made.
    ///
    /// - Parameters:
    ///   - breaks: How many breaks of the lease there were when it began.
    ///   - again: When it is to be made once more.
    package mutating func finish(breaks: Int, again: Int64?) {
        isDue = false
        self.breaks = breaks
        self.again = again
    }
}
