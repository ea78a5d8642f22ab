import CarillonTriggers

/// What a node knows of all nodes by the answers to its heartbeats, each of which tells only what is news, and when it owes
/// the next one.
struct NodeRoster {
    private let own: NodeID
    private let lease: Int64
    private var records: [NodeID: NodeRecord] = [:]
    private var version: Int64?
    /// Whether nodes are watched that are silent: then it matters when their leases end.
    private var isWatching = false
    /// When the next heartbeat is due, on the monotonic clock.
    private(set) var due: Int64 = .min

    init(_ own: NodeID, lease: Int64) {
        self.own = own
        self.lease = lease
    }

    /// Nodes that were not heard of for longer are named by every answer.
    private var silence: Int64 { lease / 2 }

    /// What to send along.
    var known: KnownNodes? { version.map { KnownNodes(version: $0, silence: silence) } }

    /// Whether a heartbeat has to be sent at a time, and not news asked for alone.
    func isHeartbeatDue(at monotonic: Int64) -> Bool { isWatching || monotonic >= due }

    /// Takes an answer, and completes it with the nodes that it does not name: these were heard of within `silence`.
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

    /// A heartbeat was not answered: the next one is due at once, and asks for everything.
    mutating func lose() {
        version = nil
        due = .min
    }
}
