#if Redis
public import Carillon
public import CarillonTriggers

/// A job store in Redis 7 or later, for any number of processes on any number of machines.
///
/// It has three connections: one for passes and all other writes, one for reading and one for heartbeats; and a fourth while
/// something follows its changes. A connection that was lost is made anew at the next call. An acknowledged write is as
/// durable as the server makes it: on the disk with `appendfsync always`; with `everysec` a crash of the machine loses up to
/// a second; without an append-only file a restart loses what the last snapshot does not have. What an asynchronous failover
/// loses, Redis does not say: no number that a run had before it is given again, and occurrences may fire once more.
public struct RedisJobStore: JobStore, ChangeNotifying {
    /// See `JobStore`.
    public let capabilities = StoreCapabilities(
        isPersistent: true, isShared: true, jobsPerPass: 500, changesPerStep: 500)

    let writer = RedisThread(name: "carillon-write")
    let reader = RedisThread(name: "carillon-read")
    let pulse = RedisThread(name: "carillon-beat")
    private let listener: ServerChanges

    /// How much longer than a write a call that reads may take: it reads long histories, and nothing waits for it.
    private static let readingFactor = 6

    /// Opens a storage, which may be empty.
    ///
    /// - Parameters:
    ///   - address: The server, the database, and how the keys begin.
    ///   - timeout: How long the server may take for an answer before the connection is given up; calls that read may take
    ///     six times as long. It must be less than the lease of the nodes, which is 10 s by default.
    /// - Throws: `CarillonError` with `storeUnavailable`, `storeReadOnly`, `storeTooNew`, `unsupported` or `storeFailed`;
    ///   its reason says what to do.
    public init(_ address: RedisAddress, timeout: Duration = .seconds(5)) async throws(CarillonError) {
        try await self.init(address, timeout: timeout, clock: nil)
    }

    /// Opens the storage of an address in text; see `RedisAddress`.
    public init(url: String, timeout: Duration = .seconds(5)) async throws(CarillonError) {
        try await self.init(try RedisAddress(url), timeout: timeout)
    }

    /// Opens a storage with another clock.
    ///
    /// - Parameter clock: What is added to the server's clock, in Lua and in microseconds; `P` is what all keys begin with.
    package init(
        _ address: RedisAddress, timeout: Duration = .seconds(5), clock: String?
    ) async throws(CarillonError) {
        try await self.init(address, timeout: timeout, isReadingOnly: false, clock: clock)
    }

    /// Opens an existing storage for reading alone, for example on a replica. Every call that would write throws
    /// `storeReadOnly`.
    public init(readingOnly address: RedisAddress, timeout: Duration = .seconds(5)) async throws(CarillonError) {
        try await self.init(address, timeout: timeout, isReadingOnly: true, clock: nil)
    }

    private init(
        _ address: RedisAddress, timeout: Duration, isReadingOnly: Bool, clock: String?
    ) async throws(CarillonError) {
        let server = RedisServer(address)
        listener = server.changes(timeout: timeout)
        let shared = RedisSession.Shared(scripts: RedisScripts(clock: clock))
        try await writer.open { () throws(CarillonError) in
            let session = try RedisSession(server, timeout: timeout, isReadingOnly: isReadingOnly, shared: shared)
            if !isReadingOnly { try session.tryRights() }
            return session
        }
        try await reader.open { () throws(CarillonError) in
            try RedisSession(
                server, timeout: timeout * Self.readingFactor, isReadingOnly: isReadingOnly, shared: shared)
        }
        try await pulse.open { () throws(CarillonError) in
            try RedisSession(server, timeout: timeout, isReadingOnly: isReadingOnly, shared: shared)
        }
    }

    /// See `JobStore`.
    public func insert(_ jobs: [NewJob]) async throws(CarillonError) -> [Job?] {
        try await writer.run { (session) throws(CarillonError) in try session.insert(jobs) }
    }

    /// See `JobStore`.
    public func remove(_ ids: [JobID], at now: Instant) async throws(CarillonError) -> [Bool] {
        try await writer.run { (session) throws(CarillonError) in try session.remove(ids, at: now) }
    }

    /// See `JobStore`.
    public func find(_ query: JobQuery) async throws(CarillonError) -> [JobSnapshot] {
        try await reader.run { (session) throws(CarillonError) in try session.find(query) }
    }

    /// See `JobStore`.
    public func commit(_ changes: [JobChange]) async throws(CarillonError) -> [CommitStatus] {
        try await writer.run { (session) throws(CarillonError) in try session.commit(changes) }
    }

    /// See `JobStore`. A pass marks the jobs that it finds for a second, so that passes of other nodes find others.
    public func pass(
        _ query: JobQuery, adding jobs: [NewJob], plan: @Sendable ([JobSnapshot]) -> [JobChange?]
    ) async throws(CarillonError) -> PassResult {
        try await writer.run { (session) throws(CarillonError) in try session.pass(query, adding: jobs, plan: plan) }
    }

    /// See `JobStore`.
    public func earliest(of tasks: Set<TaskName>?) async throws(CarillonError) -> EarliestTimes {
        try await reader.run { (session) throws(CarillonError) in try session.earliest(of: tasks) }
    }

    /// See `JobStore`.
    public func heartbeat(_ report: NodeReport, since known: KnownNodes?) async throws(CarillonError) -> Heartbeat {
        try await pulse.run { (session) throws(CarillonError) in try session.heartbeat(report, since: known) }
    }

    /// See `JobStore`. It is one command.
    public func news(for node: NodeID, tasks: Set<TaskName>) async throws(CarillonError) -> StoreNews {
        try await reader.run { (session) throws(CarillonError) in try session.news(for: node, tasks: tasks) }
    }

    /// See `JobStore`.
    public func forget(_ nodes: Set<NodeID>) async throws(CarillonError) {
        try await writer.run { (session) throws(CarillonError) in try session.forget(nodes) }
    }

    /// See `JobStore`. All notes that fit are one script.
    public func note(_ notes: [RunNotes], from node: NodeID, at now: Instant) async throws(CarillonError) {
        try await writer.run { (session) throws(CarillonError) in try session.note(notes, from: node, at: now) }
    }

    /// See `JobStore`. If the task is cancelled, the rest is left for the next call.
    public func prune(at now: Instant) async throws(CarillonError) -> Int {
        var count = 0
        var last: [UInt8]?
        while !Task.isCancelled {
            let after = last
            let (ids, pruned) = try await reader.run { (session) throws(CarillonError) in
                let ids = try session.histories(after: after)
                return (ids, try session.pruned(ids, at: now))
            }
            guard let end = ids.last else { break }
            for part in pruned.parts {
                count += try await writer.run { (session) throws(CarillonError) in try session.remove(part) }
            }
            last = end
        }
        try await writer.run { (session) throws(CarillonError) in try session.removeOldFailures(at: now) }
        return count
    }

    /// See `ChangeNotifying`. All streams of a store are fed by one connection, which is made by the first.
    public func changes() async throws(CarillonError) -> AsyncStream<Void> { try await listener.follow() }

    /// See `JobStore`.
    public func close() async {
        await listener.close()
        await reader.close()
        await pulse.close()
        await writer.close()
    }
}
#endif
