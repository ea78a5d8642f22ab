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

/// What a node knows of the others by an answer to an earlier heartbeat, so that it is told only what is news.
public struct KnownNodes: Hashable, Sendable {
    /// The `Heartbeat.nodesVersion` of that answer.
    public let version: Int64
    /// Nodes whose stamp is further from the store's clock than so many microseconds, before it or behind it, are named all
    /// the same.
    public let silence: Int64

    /// Puts it together.
    public init(version: Int64, silence: Int64) {
        self.version = version
        self.silence = silence
    }

    /// Whether a node is named though the asking one knows it: it has not been heard of for long, or in a far future, as
    /// where the store's clock was set back.
    package func isSilent(_ record: NodeRecord, at now: Instant) -> Bool {
        abs(now.microseconds - record.lastHeartbeat.microseconds) > silence
    }
}

/// What a node asks of a store every second, between its heartbeats.
public struct StoreNews: Hashable, Sendable {
    /// When there is next something to do for the node. It hears of changes by these times alone.
    public var earliest: EarliestTimes
    /// Runs of the node that somebody wants cancelled.
    public var cancelRequested: [Run.ID]

    /// Puts it together.
    public init(earliest: EarliestTimes = EarliestTimes(), cancelRequested: [Run.ID] = []) {
        self.earliest = earliest
        self.cancelRequested = cancelRequested
    }
}

/// What the store answers to a heartbeat, in one round trip.
public struct Heartbeat: Hashable, Sendable {
    /// The store's clock.
    public let storeTime: Instant
    /// All nodes known to the store, the asking one too, and every node that has a running run: one that the store has
    /// heard nothing of counts as heard of when a heartbeat first names it, by `NodeReport(unheardOf:)`. Where it does not
    /// name all, only those that were silent for long.
    public let nodes: [NodeRecord]
    /// A number that was never there before, whenever a node has come, says something else of itself, or was forgotten. It
    /// is compared for equality alone; a stamp does not change it.
    public let nodesVersion: Int64
    /// Whether `nodes` are all: the asking node has not seen this version of them.
    public let namesAll: Bool
    /// What the node would hear by asking for news alone.
    public let news: StoreNews

    /// Puts an answer together.
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
