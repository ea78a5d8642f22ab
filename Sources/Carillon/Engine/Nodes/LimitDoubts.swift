import CarillonTriggers

/// Which other nodes may hold ends of runs that they could not write, so that a job that seems to be at its limit may
/// not be.
///
/// After a store has failed or stalled, a node counts as having written what it held once its heartbeat is seen a
/// second after the store answered again; no node is waited for longer than a lease. A node that has been silent for a
/// lease and cannot be declared dead yet is in doubt until its heartbeat is seen or it is declared dead.
struct LimitDoubts: Sendable {
    /// How long after the store answers again a heartbeat shows that its node has had time to write, in microseconds.
    private static let timeToWrite: Int64 = 1_000_000

    private struct Stall {
        /// When the store answered again, on the monotonic clock.
        let ended: Int64
        /// The store's clock soon after that.
        var mark: Instant?
        var written: Set<NodeID> = []
    }

    private let lease: Int64
    private var stall: Stall?
    private var silent: Set<NodeID> = []

    /// Whether it has to be known when each node last sent a heartbeat, and not only which nodes are silent.
    var needsAllNodes: Bool { stall != nil }

    init(lease: Int64) { self.lease = lease }

    /// Records that a call of the store failed or took too long.
    mutating func noteStall(at monotonic: Int64) { stall = Stall(ended: monotonic) }

    /// Processes the answer to a heartbeat.
    ///
    /// - Parameters:
    ///   - sent: When the heartbeat was sent, on the monotonic clock.
    ///   - dead: The nodes that it declared dead.
    mutating func hear(_ heartbeat: Heartbeat, sent: Int64, dead: Set<NodeID>, except own: NodeID) {
        let others = heartbeat.nodes.filter { $0.report.id != own && !dead.contains($0.report.id) }
        silent = Set(
            others.filter { abs(heartbeat.storeTime.microseconds - $0.lastHeartbeat.microseconds) > lease }
                .map(\.report.id))
        guard var stall, sent >= stall.ended else { return }
        let mark = stall.mark ?? heartbeat.storeTime
        stall.mark = mark
        let limit = mark.advanced(byMicroseconds: Self.timeToWrite)
        for node in others where node.lastHeartbeat >= limit { stall.written.insert(node.report.id) }
        let isOver = sent - stall.ended >= lease || others.allSatisfy { stall.written.contains($0.report.id) }
        self.stall = isOver ? nil : stall
    }

    /// Whether a run that the store says is running on another node may have ended.
    func cover(_ node: NodeID, at monotonic: Int64) -> Bool {
        if silent.contains(node) { return true }
        guard let stall, monotonic - stall.ended < lease else { return false }
        return !stall.written.contains(node)
    }
}
