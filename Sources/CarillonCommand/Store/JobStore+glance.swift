#if Command
import Carillon
import CarillonSQL
import CarillonTriggers
import Foundation

extension JobStore {
    /// The nodes and the clock of a store, for whoever only looks.
    ///
    /// From a database they are read. Elsewhere they come with a heartbeat, so there is a node without tasks for a
    /// moment, which is forgotten at once; it is not among the nodes that are answered.
    func glance() async throws(CarillonError) -> (time: Instant, nodes: [NodeRecord]) {
        if let store = self as? any SQLBacked { return try await store.nodesAtAGlance() }
        let id = try NodeID("look-\(ProcessIdentity.current)-\(SystemClock().now.microseconds)")
        let heartbeat = try await heartbeat(NodeReport(unheardOf: id))
        try await forget([id])
        let nodes = heartbeat.nodes.filter { $0.report.id != id }
        return (heartbeat.storeTime, nodes.sorted { $0.report.id < $1.report.id })
    }

    /// The first jobs that a filter lets pass, without those that cannot be read.
    func jobs(_ filter: JobFilter, atMost limit: Int) async throws(CarillonError) -> [Job] {
        var jobs: [Job] = []
        var pages = JobPages(filter)
        while jobs.count < limit, let listed = try await pages.next(of: self) { jobs += listed.compactMap(\.job) }
        return Array(jobs.prefix(limit))
    }
}

extension NodeRecord {
    /// Whether it ran on this machine, and its process is gone: then its lease is void, however recent its heartbeat is.
    var isDead: Bool {
        report.hasEnded(seenFrom: ProcessInfo.processInfo.hostName) { ProcessIdentity.hasEnded($0, started: $1) }
    }

    /// Whether its last heartbeat is recent, and its process not known to have ended.
    ///
    /// - Parameter time: The store's clock.
    func isAlive(at time: Instant, lease: Duration) -> Bool {
        lastHeartbeat.advanced(byMicroseconds: lease.wholeMicroseconds) >= time && !isDead
    }
}
#endif
