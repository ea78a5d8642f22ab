import CarillonTriggers

/// What a node knows of all nodes from the answers to its heartbeats, which have only changes, and when its next
/// heartbeat is due.
struct NodeRoster {
    private let own: NodeID
    private let lease: Int64
    private var records: [NodeID: NodeRecord] = [:]
    private var version: Int64?
    /// Whether silent nodes are watched: then it matters when their leases end.
    private var isWatching = false
    /// When the next heartbeat is due, on the monotonic clock in microseconds.
    private(set) var due: Int64 = .min

    init(_ own: NodeID, lease: Int64) {
        self.own = own
        self.lease = lease
    }

    /// Nodes whose last heartbeat is older than this, in microseconds, are listed in every answer.
    private var silence: Int64 { lease / 2 }

    /// What to send with a heartbeat; `nil` to ask for all nodes.
    var known: KnownNodes? { version.map { KnownNodes(version: $0, silence: silence) } }

    /// Whether a heartbeat is due at a time, rather than a request for news alone.
    func isHeartbeatDue(at monotonic: Int64) -> Bool { isWatching || monotonic >= due }

    /// Takes an answer, and completes it with the nodes it does not list: their heartbeats are within `silence`.
    mutating func take(_ answer: Heartbeat, sent: Int64) -> Heartbeat {
        let heard = answer.storeTime.advanced(byMicroseconds: -silence)
        if answer.namesAll { records = [:] }
        for (id, record) in records { records[id] = NodeRecord(report: record.report, lastHeartbeat: heard) }
        for record in answer.nodes { records[record.report.id] = record }
        if let mine = records[own] { records[own] = NodeRecord(report: mine.report, lastHeartbeat: answer.storeTime) }
        version = answer.nodesVersion
        due = sent + lease / 3
        isWatching = records.values.contains {
            $0.report.id != own && abs(answer.storeTime.microseconds - $0.lastHeartbeat.microseconds) > silence
        }
        return Heartbeat(
            storeTime: answer.storeTime, nodes: records.values.sorted { $0.report.id < $1.report.id },
            nodesVersion: answer.nodesVersion, namesAll: true, news: answer.news)
    }

    /// Handles a heartbeat that was not answered: the next one is due at once, and asks for all nodes.
    mutating func lose() {
        version = nil
        due = .min
    }
}
