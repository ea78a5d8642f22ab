import CarillonTriggers

/// A node's place among those that share a store: its lease, what heartbeats say of the other nodes, and which nodes
/// are dead.
struct Membership: Sendable {
    /// Whether other nodes use the store as well.
    let isShared: Bool
    private let node: NodeID
    private var watch: NodeWatch
    let lease: LeaseHold
    /// The last answer to a heartbeat.
    private(set) var lastHeartbeat: Heartbeat?
    /// When the store last answered, on the monotonic clock.
    private var heard: Int64?
    /// Nodes that the last heartbeat found dead, and whose runs have not all been recovered.
    private var dead: Set<NodeID> = []
    /// When that heartbeat was sent, on the monotonic clock.
    private var judged: Int64 = .min
    /// Dead nodes whose processes have ended on this machine, and whose remaining processes there have yet to be ended.
    private(set) var leftBehind: Set<NodeID> = []
    /// What other nodes may have been unable to write.
    private(set) var doubts: LimitDoubts
    /// Whether the lane waits for a heartbeat before it may do what is due.
    var awaitsHeartbeat = false

    init(_ node: NodeID, _ watch: NodeWatch, isShared: Bool, at monotonic: Int64) {
        self.node = node
        self.watch = watch
        self.isShared = isShared
        lease = LeaseHold(lease: isShared ? watch.lease : nil, from: monotonic)
        doubts = LimitDoubts(lease: watch.lease)
    }

    /// Begins anew: the store has seen no heartbeat of the node yet.
    mutating func begin(at monotonic: Int64) {
        lastHeartbeat = nil
        heard = nil
        awaitsHeartbeat = false
        lease.begin(at: monotonic)
        doubts = LimitDoubts(lease: watch.lease)
    }

    /// Whether the store has answered a heartbeat.
    var hasHeard: Bool { lastHeartbeat != nil }

    /// Whether the node may fire and take: the other nodes count it as alive, and it has learned which of them are dead
    /// and which of its own runs they have taken over.
    func isAwake(_ reconciliation: Reconciliation, at monotonic: Int64) -> Bool {
        !isShared || (hasHeard && reconciliation.breaks == lease.breaks && lease.isHeld(at: monotonic))
    }

    /// The nodes that are dead, and for how long that may still be said, in microseconds. One that comes back renews its
    /// lease and takes runs again, which only the next heartbeat tells: a judgement counts for half a lease.
    func dead(at monotonic: Int64) -> (nodes: Set<NodeID>, left: Int64) {
        let left = dead.isEmpty ? 0 : watch.lease / 2 - (monotonic - judged)
        return left > 0 ? (dead, left) : ([], 0)
    }

    /// Whether another live node has a task, as far as the last heartbeat says.
    func isTaskOfOthers(_ task: TaskName) -> Bool {
        guard let heartbeat = lastHeartbeat else { return false }
        return heartbeat.nodes.contains { node in
            node.report.id != self.node && node.report.tasks.contains(task)
                && heartbeat.storeTime.microseconds - node.lastHeartbeat.microseconds <= watch.lease
        }
    }

    /// Processes the answer to a heartbeat.
    ///
    /// - Parameters:
    ///   - sent: When the heartbeat was sent, on the monotonic clock.
    ///   - answered: When it was answered.
    ///   - host: The machine of this node.
    /// - Returns: Whether the node's own lease had run out, so that its runs may be another node's.
    mutating func take(_ heartbeat: Heartbeat, sent: Int64, answered: Int64, host: String) -> Bool {
        let hasLostLease = watch.hasLostLease(at: heartbeat.storeTime)
        let hasEnded = { (process: Int32, start: Int64) in ProcessIdentity.hasEnded(process, started: start) }
        let dead = watch.dead(in: heartbeat, hasEnded: hasEnded)
        for record in heartbeat.nodes where dead.contains(record.report.id) && !self.dead.contains(record.report.id) {
            if record.report.hasEnded(seenFrom: host, by: hasEnded) { leftBehind.insert(record.report.id) }
        }
        // Replaces the former ones: a node that was taken for dead may have come back, and have runs again.
        self.dead = dead
        judged = sent
        if answered - sent > StorePass.stallLimit { doubts.noteStall(at: answered) }
        doubts.hear(heartbeat, sent: sent, dead: dead, except: node)
        lastHeartbeat = heartbeat
        return hasLostLease
    }

    /// Records that the store answered.
    mutating func hear(at monotonic: Int64) { heard = monotonic }

    /// Whether no heartbeat was answered for a while: the process was suspended, or the store stalled.
    func isSilent(at monotonic: Int64) -> Bool {
        guard let heard else { return false }
        return monotonic - heard > Engine.heartbeatPause + StorePass.stallLimit
    }

    /// Records that a call of the store failed or took too long: what other nodes could not write is not known for a
    /// while.
    mutating func noteStall(at monotonic: Int64) { doubts.noteStall(at: monotonic) }

    /// Records that nothing is left to recover from dead nodes.
    mutating func forget(_ dead: Set<NodeID>) { self.dead.subtract(dead) }

    /// Records that nothing is left on this machine of a node that has ended.
    mutating func hasCleared(_ node: NodeID) { leftBehind.remove(node) }
}
