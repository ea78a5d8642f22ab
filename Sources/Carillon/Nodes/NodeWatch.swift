package import CarillonTriggers

/// Decides, heartbeat by heartbeat, which nodes are dead.
///
/// A node is dead when the store has not heard of it for a lease. But when the store itself was away, it has heard of
/// nobody: so only a node that has held its own lease unbroken for a full lease time may say so of others. A process
/// that is known to have ended on this machine needs no waiting.
package struct NodeWatch: Sendable {
    /// How long a node is believed alive after a heartbeat, in microseconds; 10 s unless told otherwise.
    package let lease: Int64
    private let id: NodeID
    private let host: String
    private var unbrokenSince: Instant?
    private var last: Instant?

    /// A watch that has heard nothing yet.
    package init(_ report: NodeReport, lease: Duration = .seconds(10)) {
        id = report.id
        host = report.host
        self.lease = lease.wholeMicroseconds
    }

    /// Takes the answer to a heartbeat and names the nodes that are dead.
    ///
    /// - Parameter hasEnded: Whether a process of this machine, by number and start, is known to have ended.
    package mutating func dead(
        in heartbeat: Heartbeat,
        hasEnded: (_ process: Int32, _ start: Int64) -> Bool
    ) -> Set<NodeID> {
        let now = heartbeat.storeTime
        // Broken by a pause longer than a lease, and by a store's clock that was set back: leases measured by the time
        // before mean nothing.
        let isUnbroken = last.map { now >= $0 && now.microseconds - $0.microseconds <= lease } ?? false
        let since = isUnbroken ? unbrokenSince ?? now : now
        unbrokenSince = since
        last = now
        let mayJudge = now.microseconds - since.microseconds >= lease
        return Set(
            heartbeat.nodes.filter { node in
                guard node.report.id != id else { return false }
                if node.report.hasEnded(seenFrom: host, by: hasEnded) { return true }
                let silence = now.microseconds - node.lastHeartbeat.microseconds
                // Heard of in a far future: before the store's clock was set back, and never again.
                return mayJudge && abs(silence) > lease
            }.map(\.report.id)
        )
    }

    /// Whether the node's own lease has run out at a time of the store's clock, so that its runs may be another's.
    ///
    /// A node that gets no heartbeat through does not know that time. It takes the `storeTime` of the last heartbeat that
    /// was answered, and adds what a monotonic clock that goes on while the machine sleeps (`SystemClock.monotonic`) has
    /// counted since that heartbeat was **sent**. The store stamped it later than that, so the estimate is never too
    /// early by more than the two clocks drift apart, and the node stops rather too soon than too late.
    package func hasLostLease(at now: Instant) -> Bool {
        guard let last else { return false }
        return now.microseconds - last.microseconds > lease
    }
}
