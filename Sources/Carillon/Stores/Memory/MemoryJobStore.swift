public import CarillonTriggers
import Synchronization

/// A store that keeps jobs and runs in the memory of this process. They end with the process, and no other process sees
/// them.
///
/// A job without runs takes some 200 bytes. At most 10,000 finished runs and 100,000 reasons are kept in all; `prune`
/// applies each job's history policy. A definition is written if its version has changed.
public final class MemoryJobStore: JobStore, ChangeNotifying {
    private let clock: @Sendable () -> Instant
    let state = Mutex(MemoryState())
    let audit = Mutex(AuditRecords())
    let requests = Mutex(RememberedRequests())
    private let listeners = ChangeListeners()

    /// Creates an empty store.
    ///
    /// - Parameter clock: The store's clock, by which heartbeats are measured; the system's clock by default.
    public init(clock: @escaping @Sendable () -> Instant = { SystemClock().now }) { self.clock = clock }

    deinit { listeners.finish() }

    /// Performs a change of jobs and runs, and notifies the listeners if nodes should know of it.
    private func changing<Value: Sendable>(_ body: (inout MemoryState) -> Value) -> Value {
        let (value, isNews) = state.withLock { state in
            state.hasNews = false
            let value = body(&state)
            return (value, state.hasNews)
        }
        if isNews { listeners.tell() }
        return value
    }

    /// See `ChangeNotifying`. The stream ends when the store is closed.
    public func changes() async throws(CarillonError) -> AsyncStream<Void> { listeners.add() }

    /// Neither persistent nor shared. A pass is fastest if what it reads stays in the processor's cache.
    public var capabilities: StoreCapabilities {
        StoreCapabilities(isPersistent: false, isShared: false, jobsPerPass: 200, changesPerStep: .max)
    }

    /// See `JobStore`.
    public func insert(_ jobs: [NewJob]) async throws(CarillonError) -> [Job?] {
        for job in jobs { try job.definition.policies.validate() }
        return changing { state in jobs.map { state.insert($0) } }
    }

    /// See `JobStore`.
    public func remove(_ ids: [JobID], at now: Instant) async throws(CarillonError) -> [Bool] {
        state.withLock { state in ids.map { state.remove($0, at: now) } }
    }

    /// See `JobStore`.
    public func find(_ query: JobQuery) async throws(CarillonError) -> [JobSnapshot] {
        state.withLock { state in
            state.numbers(of: query).compactMap { state.snapshot($0) }
        }
    }

    /// See `JobStore`.
    public func commit(_ changes: [JobChange]) async throws(CarillonError) -> [CommitStatus] {
        changing { state in
            changes.map { change in
                state.number(of: change.job.unit).map { state.commit(change, as: $0) } ?? .gone
            }
        }
    }

    /// See `JobStore`. Adding, finding and committing happen under one lock.
    public func pass(
        _ query: JobQuery,
        adding jobs: [NewJob],
        plan: @Sendable ([JobSnapshot]) -> [JobChange?]
    ) async throws(CarillonError) -> PassResult {
        for job in jobs { try job.definition.policies.validate() }
        return changing { state in
            var numbers = state.numbers(of: query)
            let (added, due) = state.insert(jobs, dueAt: query.now)
            numbers += due
            state.orderByPriority(&numbers)
            var snapshots: [JobSnapshot] = []
            snapshots.reserveCapacity(numbers.count)
            for number in numbers { if let snapshot = state.snapshot(number) { snapshots.append(snapshot) } }
            var changes = plan(snapshots)
            var statuses: [CommitStatus?] = []
            statuses.reserveCapacity(changes.count)
            for (index, number) in zip(changes.indices, numbers) {
                // Moved out, because a change is expensive to copy.
                guard let change = changes[index].take() else {
                    statuses.append(nil)
                    continue
                }
                statuses.append(state.commit(change, as: number))
            }
            if due.contains(where: { state.isInDueIndex($0) }) { state.hasNews = true }
            return PassResult(statuses: statuses, earliest: state.earliest(of: query.tasks), added: added)
        }
    }

    /// See `JobStore`.
    public func note(_ notes: [RunNotes], from node: NodeID, at now: Instant) async throws(CarillonError) {
        state.withLock { $0.note(notes, from: node, at: now) }
    }

    /// See `JobStore`.
    public func earliest(of tasks: Set<TaskName>?) async throws(CarillonError) -> EarliestTimes {
        state.withLock { $0.earliest(of: tasks) }
    }

    /// See `JobStore`.
    public func heartbeat(_ report: NodeReport, since known: KnownNodes?) async throws(CarillonError) -> Heartbeat {
        let time = clock()
        return state.withLock { $0.heartbeat(report, since: known, at: time) }
    }

    /// See `JobStore`.
    public func news(for node: NodeID, tasks: Set<TaskName>) async throws(CarillonError) -> StoreNews {
        state.withLock { $0.news(for: node, tasks) }
    }

    /// See `JobStore`.
    public func forget(_ nodes: Set<NodeID>) async throws(CarillonError) {
        state.withLock { state in
            for node in nodes where state.running[node].isEmpty {
                if state.nodes.removeValue(forKey: node) != nil { state.nodesVersion += 1 }
            }
        }
    }

    /// See `JobStore`. The first page by id sorts all ids, once.
    public func jobs(_ filter: JobFilter, page: Page<JobCursor>) async throws(CarillonError) -> [JobListing] {
        state.withLock { $0.jobs(filter, page: page).map(JobListing.job) }
    }

    /// See `JobStore`.
    public func runs(_ filter: RunFilter, page: Page<Run.ID>) async throws(CarillonError) -> [Run] {
        state.withLock { $0.runs(filter, page: page) }
    }

    /// See `JobStore`.
    public func run(_ id: Run.ID) async throws(CarillonError) -> Run? {
        state.withLock { state in state.number(of: id).flatMap { state.shown($0, withLog: true) } }
    }

    /// See `JobStore`.
    public func reasons(_ job: JobID, from first: Instant, through last: Instant, limit: Int)
        async throws(CarillonError) -> [ReasonRange]
    {
        state.withLock { $0.reasons(job, from: first, through: last, limit: limit) }
    }

    /// Ends the streams of all listeners.
    public func close() async { listeners.finish() }

    /// See `JobStore`.
    public func prune(at now: Instant) async throws(CarillonError) -> Int {
        state.withLock { $0.prune(at: now) }
    }
}
