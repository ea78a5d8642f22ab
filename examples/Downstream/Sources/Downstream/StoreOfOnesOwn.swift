import Carillon
import CarillonTriggers

/// A job store from outside of the package: all that a store must do, by way of another one. Its passes are the default
/// ones, which add, find and commit one by one.
final class StoreOfOnesOwn: JobStore {
    private let store = MemoryJobStore()

    var capabilities: StoreCapabilities {
        StoreCapabilities(isPersistent: false, isShared: false, jobsPerPass: 100, changesPerStep: 100)
    }

    func insert(_ jobs: [NewJob]) async throws(CarillonError) -> [Job?] { try await store.insert(jobs) }

    func remove(_ ids: [JobID], at now: Instant) async throws(CarillonError) -> [Bool] {
        try await store.remove(ids, at: now)
    }

    func find(_ query: JobQuery) async throws(CarillonError) -> [JobSnapshot] { try await store.find(query) }

    func commit(_ changes: [JobChange]) async throws(CarillonError) -> [CommitStatus] {
        try await store.commit(changes)
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

    func prune(at now: Instant) async throws(CarillonError) -> Int { try await store.prune(at: now) }

    func close() async { await store.close() }

    func jobs(_ filter: JobFilter, page: Page<JobCursor>) async throws(CarillonError) -> [JobListing] {
        try await store.jobs(filter, page: page)
    }

    func runs(_ filter: RunFilter, page: Page<Run.ID>) async throws(CarillonError) -> [Run] {
        try await store.runs(filter, page: page)
    }

    func run(_ id: Run.ID) async throws(CarillonError) -> Run? { try await store.run(id) }

    func reasons(
        _ job: JobID, from first: Instant, through last: Instant, limit: Int
    ) async throws(CarillonError) -> [ReasonRange] {
        try await store.reasons(job, from: first, through: last, limit: limit)
    }

    func unreadableHistory(
        of job: JobID, from first: Instant, through last: Instant
    ) async throws(CarillonError) -> Int {
        try await store.unreadableHistory(of: job, from: first, through: last)
    }

    func note(_ notes: [RunNotes], from node: NodeID, at now: Instant) async throws(CarillonError) {
        try await store.note(notes, from: node, at: now)
    }
}
