public import CarillonTriggers
internal import Foundation

/// A store that tells its nodes without being written.
public protocol NodeListing: Sendable {
    /// Returns the time of the store's clock, and the nodes that the store knows.
    func nodesAtAGlance() async throws(CarillonError) -> (time: Instant, nodes: [NodeRecord])
}

extension PlanStore {
    /// Returns the nodes and the clock of a store, for callers that only look.
    ///
    /// Some stores tell them only with a heartbeat. There a node without tasks exists for a moment, and is forgotten at
    /// once; it is not among the nodes that are returned.
    package func glance() async throws(CarillonError) -> (time: Instant, nodes: [NodeRecord]) {
        if let store = self as? any NodeListing { return try await store.nodesAtAGlance() }
        let id = try NodeID("look-\(ProcessIdentity.current)-\(SystemClock().now.microseconds)")
        let heartbeat = try await heartbeat(NodeReport(unheardOf: id))
        try await forget([id])
        let nodes = heartbeat.nodes.filter { $0.report.id != id }
        return (heartbeat.storeTime, nodes.sorted { $0.report.id < $1.report.id })
    }
}

extension NodeRecord {
    /// Whether it ran on this machine, and its process is gone: then its lease is void, however recent its heartbeat is.
    package var isDead: Bool {
        report.hasEnded(seenFrom: ProcessInfo.processInfo.hostName) { ProcessIdentity.hasEnded($0, started: $1) }
    }

    /// Returns until when the node is believed alive if nothing more is heard of it.
    package func leaseEnd(_ lease: Duration) -> Instant {
        lastHeartbeat.advanced(byMicroseconds: lease.wholeMicroseconds)
    }

    /// Whether its last heartbeat is recent, and its process not known to have ended.
    ///
    /// - Parameter time: The store's clock.
    package func isAlive(at time: Instant, lease: Duration) -> Bool { leaseEnd(lease) >= time && !isDead }
}
