#if MongoDB
public import Carillon
public import CarillonTriggers
internal import CarillonUnits

/// A job store in a replica set of MongoDB 4.2 or later, or in a server that is compatible with it, for any number of processes
/// on any number of machines.
///
/// A job with its open runs is one document, and each change of it is one `findAndModify` under the state that was read. Every
/// write waits until the majority of the servers has it in its journal, so a failover loses nothing that was acknowledged.
///
/// The store has three clients, each with a connection: one for passes and all other writes, one for reading and one for
/// heartbeats; and a fourth while something follows its changes. A connection that was lost is made anew at the next call.
public struct MongoJobStore: JobStore, ChangeNotifying {
    /// See `JobStore`.
    public let capabilities = StoreCapabilities(isPersistent: true, isShared: true, jobsPerPass: 100, changesPerStep: 1)

    let writer = SessionThread<MongoSession>(name: "carillon-write")
    let reader = SessionThread<MongoSession>(name: "carillon-read")
    let pulse = SessionThread<MongoSession>(name: "carillon-beat")
    private let listener: MongoChanges

    /// Opens a storage; what is not there of it is made.
    ///
    /// - Parameters:
    ///   - address: The servers, the database, and how the collections begin.
    ///   - timeout: How long the server may take to be found and to answer, before the connection is given up. It must be less
    ///     than the lease of the nodes, which is 10 s by default.
    /// - Throws: `CarillonError` with `storeUnavailable`, `storeReadOnly`, `storeTooNew`, `unsupported` or `storeFailed`;
    ///   its reason says what to do.
    public init(_ address: MongoAddress, timeout: Duration = .seconds(5)) async throws(CarillonError) {
        try await self.init(address, timeout: timeout, hasTestClock: false)
    }

    /// Opens the storage of an address in text; see `MongoAddress`.
    public init(url: String, timeout: Duration = .seconds(5)) async throws(CarillonError) {
        try await self.init(try MongoAddress(url), timeout: timeout)
    }

    /// Opens a storage for a test.
    ///
    /// - Parameters:
    ///   - hasTestClock: Whether the server's clock is moved by the `number` of the document `test-clock` among the nodes.
    ///   - monitor: What sees every command.
    package init(
        _ address: MongoAddress, timeout: Duration, hasTestClock: Bool, monitor: MongoMonitor? = nil
    ) async throws(CarillonError) {
        let server = MongoServer(address: address, monitor: monitor)
        listener = MongoChanges(server, timeout: timeout)
        let shared = MongoSession.Shared(hasTestClock: hasTestClock)
        for thread in [writer, reader, pulse] {
            try await thread.open { () throws(CarillonError) in
                try MongoSession(server, timeout: timeout, shared: shared)
            }
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

    /// See `JobStore`.
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

    /// See `JobStore`.
    public func note(_ notes: [RunNotes], from node: NodeID, at now: Instant) async throws(CarillonError) {
        try await writer.run { (session) throws(CarillonError) in try session.note(notes, from: node, at: now) }
    }

    /// See `JobStore`. If the task is cancelled, the rest is left for the next call.
    public func prune(at now: Instant) async throws(CarillonError) -> Int {
        var count = 0
        let ids = try await reader.run { (session) throws(CarillonError) in try session.histories() }
        for id in ids where !Task.isCancelled {
            count += try await writer.run { (session) throws(CarillonError) in try session.prune(id, at: now) }
        }
        return count
    }

    /// See `ChangeNotifying`. All streams of a store are fed by one change stream, which is opened for the first.
    public func changes() async throws(CarillonError) -> AsyncStream<Void> { try await listener.follow() }

    /// See `JobStore`.
    public func close() async {
        listener.close()
        await reader.close()
        await pulse.close()
        await writer.close()
    }
}
#endif
