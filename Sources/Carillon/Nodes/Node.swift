public import CarillonTriggers

/// What a node says of itself with every heartbeat.
public struct NodeReport: Hashable, Sendable {
    /// Its name, another one at each start of the process.
    public let id: NodeID
    /// The machine it runs on, or the container where that has process numbers of its own: two nodes of the same host
    /// can ask for each other's process.
    public let host: String
    /// The process's number on that machine.
    public let process: Int32
    /// When that process started, in the machine's own unit, since numbers are used again.
    public let processStart: Int64
    /// The tasks it can run.
    public var tasks: Set<TaskName>
    /// The release of the time zone data that it goes by, such as `2025b`; `nil` where the data does not say. Later
    /// releases have greater texts.
    public var zones: String?

    /// Puts a report together.
    public init(
        id: NodeID, host: String, process: Int32, processStart: Int64, tasks: Set<TaskName>, zones: String? = nil
    ) {
        self.id = id
        self.host = host
        self.process = process
        self.processStart = processStart
        self.tasks = tasks
        self.zones = zones
    }

    /// Whether its process is known to have ended. Only a machine of its host's name can tell.
    ///
    /// - Parameter hasEnded: Whether a process of that machine, by number and start, is known to have ended.
    package func hasEnded(
        seenFrom host: String, by hasEnded: (_ process: Int32, _ start: Int64) -> Bool
    ) -> Bool {
        !host.isEmpty && self.host == host && hasEnded(process, processStart)
    }

    /// What a store says of a node that has runs and of which it has nothing else: its name, on a host without a name.
    public init(unheardOf id: NodeID) {
        self.init(id: id, host: "", process: 0, processStart: 0, tasks: [])
    }
}

/// A node as the store knows it.
public struct NodeRecord: Hashable, Sendable {
    /// What it said of itself last.
    public let report: NodeReport
    /// When it said so, by the store's clock.
    public let lastHeartbeat: Instant

    /// Puts a record together.
    public init(report: NodeReport, lastHeartbeat: Instant) {
        self.report = report
        self.lastHeartbeat = lastHeartbeat
    }
}

/// What the store answers to a heartbeat, in one round trip.
public struct Heartbeat: Hashable, Sendable {
    /// The store's clock.
    public let storeTime: Instant
    /// All nodes known to the store, the asking one too, and every node that has a running run: one that the store has
    /// heard nothing of counts as heard of when a heartbeat first names it, by `NodeReport(unheardOf:)`.
    public let nodes: [NodeRecord]
    /// The earliest due time among active jobs of the node's tasks.
    public let earliestDue: Instant?
    /// The earliest time at which a ready run of the node's tasks may be taken; runs of paused jobs do not count.
    public let earliestAvailable: Instant?
    /// Rises whenever somebody changes a job or a run.
    public let changeCounter: Int64
    /// Runs of the asking node that somebody wants cancelled.
    public let cancelRequested: [Run.ID]

    /// Puts an answer together.
    public init(
        storeTime: Instant,
        nodes: [NodeRecord],
        earliestDue: Instant?,
        earliestAvailable: Instant?,
        changeCounter: Int64,
        cancelRequested: [Run.ID]
    ) {
        self.storeTime = storeTime
        self.nodes = nodes
        self.earliestDue = earliestDue
        self.earliestAvailable = earliestAvailable
        self.changeCounter = changeCounter
        self.cancelRequested = cancelRequested
    }
}
