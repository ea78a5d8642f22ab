public import CarillonTriggers

/// What a node reports of itself with every heartbeat.
public struct NodeReport: Hashable, Sendable {
    /// The node's id, a new one at each start of the process.
    public let id: NodeID
    /// The machine it runs on, or the container if that has its own process ids: two nodes of the same host can look up
    /// each other's process.
    public let host: String
    /// The process id on that machine.
    public let process: Int32
    /// When that process started, in the machine's own unit, since process ids are reused.
    public let processStart: Int64
    /// The tasks that the node can run.
    public var tasks: Set<TaskName>
    /// The release of its time zone data, such as `2025b`; `nil` if the data does not say. Later releases compare
    /// greater as text.
    public var zones: String?

    /// Creates a report.
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

    /// Whether its process is known to have ended, which only a node with the same host can find out.
    ///
    /// - Parameter hasEnded: Whether a process of that machine, by number and start, is known to have ended.
    package func hasEnded(
        seenFrom host: String, by hasEnded: (_ process: Int32, _ start: Int64) -> Bool
    ) -> Bool {
        !host.isEmpty && self.host == host && hasEnded(process, processStart)
    }

    /// Creates the report that a store returns for a node that has runs but no heartbeat: its id, with an empty host.
    public init(unheardOf id: NodeID) {
        self.init(id: id, host: "", process: 0, processStart: 0, tasks: [])
    }
}

/// A node as the store knows it.
public struct NodeRecord: Hashable, Sendable {
    /// What the node last reported.
    public let report: NodeReport
    /// When it did, by the store's clock.
    public let lastHeartbeat: Instant

    /// Creates a record.
    public init(report: NodeReport, lastHeartbeat: Instant) {
        self.report = report
        self.lastHeartbeat = lastHeartbeat
    }
}

/// What a node already knows of other nodes from an earlier heartbeat, so that the answer has only changes.
public struct KnownNodes: Hashable, Sendable {
    /// The `Heartbeat.nodesVersion` of that answer.
    public let version: Int64
    /// The silence, in microseconds, above which a node is always listed: the distance of its last heartbeat from the
    /// store's clock, before or after it.
    public let silence: Int64

    /// Creates what a node knows.
    public init(version: Int64, silence: Int64) {
        self.version = version
        self.silence = silence
    }

    /// Whether a node is listed though the asking node knows it: its last heartbeat is too long ago, or far in the
    /// future, since the store's clock was set back.
    package func isSilent(_ record: NodeRecord, at now: Instant) -> Bool {
        abs(now.microseconds - record.lastHeartbeat.microseconds) > silence
    }
}

/// What a node asks a store for every second, between its heartbeats.
public struct StoreNews: Hashable, Sendable {
    /// When the node next has something to do. It learns of changes only from these times.
    public var earliest: EarliestTimes
    /// Runs of the node that were asked to end as cancelled.
    public var cancelRequested: [Run.ID]

    /// Creates news.
    public init(earliest: EarliestTimes = EarliestTimes(), cancelRequested: [Run.ID] = []) {
        self.earliest = earliest
        self.cancelRequested = cancelRequested
    }
}

/// A store's answer to a heartbeat, in one round trip.
public struct Heartbeat: Hashable, Sendable {
    /// The store's clock.
    public let storeTime: Instant
    /// The nodes known to the store, including the asking one and every node that has a running run. If `namesAll` is
    /// false, only the silent ones.
    ///
    /// A node without any heartbeat is listed by `NodeReport(unheardOf:)`, and its last heartbeat is the time when an
    /// answer first lists it.
    public let nodes: [NodeRecord]
    /// A new number each time that a node is added, changes its report, or is forgotten. It is only compared for
    /// equality; a heartbeat alone does not change it.
    public let nodesVersion: Int64
    /// Whether `nodes` is complete, since the asking node has not seen this version.
    public let namesAll: Bool
    /// The news, as if the node had asked for them alone.
    public let news: StoreNews

    /// Creates an answer.
    public init(
        storeTime: Instant,
        nodes: [NodeRecord],
        nodesVersion: Int64,
        namesAll: Bool,
        news: StoreNews
    ) {
        self.storeTime = storeTime
        self.nodes = nodes
        self.nodesVersion = nodesVersion
        self.namesAll = namesAll
        self.news = news
    }
}
