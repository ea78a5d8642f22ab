package import Carillon
package import CarillonTriggers

/// A store that forwards every call to another one, except those that it implements itself. A pass is the contract's
/// default.
package protocol ForwardingStore: JobStore {
    /// The other store.
    var store: any JobStore { get }
}

extension ForwardingStore {
    package var capabilities: StoreCapabilities { store.capabilities }

    package func insert(_ jobs: [NewJob]) async throws(CarillonError) -> [Job?] { try await store.insert(jobs) }

    package func remove(_ ids: [JobID], at now: Instant) async throws(CarillonError) -> [Bool] {
        try await store.remove(ids, at: now)
    }

    package func find(_ query: JobQuery) async throws(CarillonError) -> [JobSnapshot] { try await store.find(query) }

    package func commit(_ changes: [JobChange]) async throws(CarillonError) -> [CommitStatus] {
        try await store.commit(changes)
    }

    package func note(_ notes: [RunNotes], from node: NodeID, at now: Instant) async throws(CarillonError) {
        try await store.note(notes, from: node, at: now)
    }

    package func earliest(of tasks: Set<TaskName>?) async throws(CarillonError) -> EarliestTimes {
        try await store.earliest(of: tasks)
    }

    package func heartbeat(_ report: NodeReport, since known: KnownNodes?) async throws(CarillonError) -> Heartbeat {
        try await store.heartbeat(report, since: known)
    }

    package func news(for node: NodeID, tasks: Set<TaskName>) async throws(CarillonError) -> StoreNews {
        try await store.news(for: node, tasks: tasks)
    }

    package func forget(_ nodes: Set<NodeID>) async throws(CarillonError) { try await store.forget(nodes) }

    package func jobs(_ filter: JobFilter, page: Page<JobCursor>) async throws(CarillonError) -> [JobListing] {
        try await store.jobs(filter, page: page)
    }

    package func runs(_ filter: RunFilter, page: Page<Run.ID>) async throws(CarillonError) -> [Run] {
        try await store.runs(filter, page: page)
    }

    package func run(_ id: Run.ID) async throws(CarillonError) -> Run? { try await store.run(id) }

    package func reasons(_ job: JobID, from first: Instant, through last: Instant, limit: Int)
        async throws(CarillonError)
        -> [ReasonRange]
    {
        try await store.reasons(job, from: first, through: last, limit: limit)
    }

    package func close() async { await store.close() }

    package func prune(at now: Instant) async throws(CarillonError) -> Int { try await store.prune(at: now) }
}
