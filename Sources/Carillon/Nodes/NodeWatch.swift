package import CarillonTriggers

/// Decides, heartbeat by heartbeat, which nodes are dead.
///
/// A node is dead if the store has had no heartbeat of it for a lease. But if the store itself was unavailable, it has
/// had no heartbeat of any node: so a node may declare others dead only after it has held its own lease unbroken for a
/// full lease. A process on this machine that is known to have ended is dead at once.
package struct NodeWatch: Sendable {
    /// How long a node is believed alive after a heartbeat, in microseconds; 10 s by default.
    package let lease: Int64
    private let id: NodeID
    private let host: String
    private var unbrokenSince: Instant?
    private var last: Instant?

    /// Creates a watch without any heartbeat.
    package init(_ report: NodeReport, lease: Duration = .seconds(10)) {
        id = report.id
        host = report.host
        self.lease = lease.wholeMicroseconds
    }

    /// Takes the answer to a heartbeat and returns the nodes that are dead.
    ///
    /// - Parameter hasEnded: Whether a process of this machine, by process id and start, is known to have ended.
    package mutating func dead(
        in heartbeat: Heartbeat,
        hasEnded: (_ process: Int32, _ start: Int64) -> Bool
    ) -> Set<NodeID> {
        let now = heartbeat.storeTime
        // A pause longer than a lease breaks it, and so does a store's clock that was set back: older leases no longer
        // mean anything.
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
                // A heartbeat far in the future came before the store's clock was set back, and none since.
                return mayJudge && abs(silence) > lease
            }.map(\.report.id)
        )
    }

    /// Whether the node's own lease has expired at a time of the store's clock, so that other nodes may have taken its
    /// runs.
    ///
    /// A node whose heartbeats fail does not know that time. It takes the `storeTime` of the last answered heartbeat,
    /// and adds the time since that heartbeat was **sent**, on a monotonic clock that also counts while the machine
    /// sleeps (`SystemClock.monotonic`). The store's stamp is later than the sending, so the estimate is behind by no
    /// more than the drift of the two clocks, and the node stops too early rather than too late.
    package func hasLostLease(at now: Instant) -> Bool {
        guard let last else { return false }
        return now.microseconds - last.microseconds > lease
    }
}
