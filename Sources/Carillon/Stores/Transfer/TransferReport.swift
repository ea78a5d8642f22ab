public import CarillonTriggers

/// What a transfer between two stores has done.
public struct TransferReport: Hashable, Sendable {
    /// How a call ended.
    public enum End: Hashable, Sendable {
        /// Everything is in the target, and was verified.
        case complete
        /// The task was cancelled; another call goes on where this one stopped.
        case interrupted
        /// An earlier call had moved everything, and nothing has changed since.
        case wasComplete(since: Instant)
    }

    /// How it ended.
    public internal(set) var end: End
    /// When the interrupted call began whose work this one has continued; `nil` if there was none.
    public internal(set) var continued: Instant?
    /// What was written by this call; the rest was there.
    public internal(set) var written = TransferCounts()
    /// The counts and checksums of all that the target has to hold. Once complete, the target was read and has them.
    public internal(set) var digest = TransferDigest()
    /// The running runs whose notes (progress, log, process) were brought.
    public internal(set) var notes = 0
    /// The entries of the audit log that were brought, over all calls.
    public internal(set) var auditEntries = 0
    /// What the source has and the target does not get.
    public internal(set) var left = TransferRemainder()

    init(_ end: End) { self.end = end }
}

/// What was not moved from one store to another, counted and named.
public struct TransferRemainder: Hashable, Sendable {
    /// Lines about single things, 100 at most: what the source cannot read, and what the target cannot hold.
    public internal(set) var lines: [String] = []
    /// How many things of the source cannot be read.
    public internal(set) var unreadable = 0
    /// How many things the target cannot hold.
    public internal(set) var notHeld = TransferCounts()
    /// How many runs the source has counted that are not in its history any more. They are not among the counts of the
    /// target, which are made from the history.
    public internal(set) var prunedRuns = 0
    /// How many entries of the audit log stay, because the target keeps no such log.
    public internal(set) var auditEntries = 0

    /// How many jobs, runs and reasons stay.
    public var count: Int { unreadable + notHeld.total }

    static let mostLines = 100

    mutating func add(unreadable more: [String]) {
        unreadable += more.count
        name(more)
    }

    mutating func add(_ item: TransferItem, notHeld reason: String) {
        notHeld.count(item)
        name(["\(item.name): \(reason)"])
    }

    private mutating func name(_ more: [String]) { lines += more.prefix(max(0, Self.mostLines - lines.count)) }
}
