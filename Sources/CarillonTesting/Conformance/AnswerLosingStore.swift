import Carillon
import CarillonTriggers

/// A store whose answers get lost on the way: what is asked for is written, and the caller gets an error. Reading works.
struct AnswerLosingStore: JobStore {
    let store: any JobStore

    var capabilities: StoreCapabilities { store.capabilities }

    private func lost() -> CarillonError {
        CarillonError(.storeUnavailable, "the connection was lost before the answer came")
    }

    func insert(_ jobs: [NewJob]) async throws(CarillonError) -> [Job?] {
        _ = try await store.insert(jobs)
        throw lost()
    }

    func remove(_ ids: [JobID], at now: Instant) async throws(CarillonError) -> [Bool] {
        _ = try await store.remove(ids, at: now)
        throw lost()
    }

    func find(_ query: JobQuery) async throws(CarillonError) -> [JobSnapshot] { try await store.find(query) }

    func commit(_ changes: [JobChange]) async throws(CarillonError) -> [CommitStatus] {
        _ = try await store.commit(changes)
        throw lost()
    }

    func pass(
        _ query: JobQuery,
        adding jobs: [NewJob],
        plan: @Sendable ([JobSnapshot]) -> [JobChange?]
    ) async throws(CarillonError) -> PassResult {
        _ = try await store.pass(query, adding: jobs, plan: plan)
        throw lost()
    }

    func note(_ notes: [RunNotes], from node: NodeID, at now: Instant) async throws(CarillonError) {
        try await store.note(notes, from: node, at: now)
        throw lost()
    }

    func earliest(of tasks: Set<TaskName>?) async throws(CarillonError) -> EarliestTimes {
        try await store.earliest(of: tasks)
    }

    func heartbeat(_ report: NodeReport, since known: KnownNodes?) async throws(CarillonError) -> Heartbeat {
        try await store.heartbeat(report, since: known)
    }

    func news(for node: NodeID, tasks: Set<TaskName>) async throws(CarillonError) -> StoreNews {
        try await store.news(for: node, tasks: tasks)
    }

    func forget(_ nodes: Set<NodeID>) async throws(CarillonError) { try await store.forget(nodes) }

    func jobs(_ filter: JobFilter, page: Page<JobCursor>) async throws(CarillonError) -> [JobListing] {
        try await store.jobs(filter, page: page)
    }

    func runs(_ filter: RunFilter, page: Page<Run.ID>) async throws(CarillonError) -> [Run] {
        try await store.runs(filter, page: page)
    }

    func run(_ id: Run.ID) async throws(CarillonError) -> Run? { try await store.run(id) }

    func reasons(_ job: JobID, from first: Instant, through last: Instant, limit: Int) async throws(CarillonError)
        -> [ReasonRange]
    {
        try await store.reasons(job, from: first, through: last, limit: limit)
    }

    func close() async { await store.close() }

    func prune(at now: Instant) async throws(CarillonError) -> Int { try await store.prune(at: now) }
}
