import Carillon
import CarillonTriggers
import Synchronization

/// A store that cannot be reached while it is told so.
final class FailingStore: ForwardingStore {
    let store: any JobStore
    private let isFailing = Atomic(false)

    init(_ store: any JobStore) { self.store = store }

    func fail(_ isFailing: Bool) { self.isFailing.store(isFailing, ordering: .releasing) }

    private func check() throws(CarillonError) {
        if isFailing.load(ordering: .acquiring) {
            throw CarillonError(.storeUnavailable, "the store of the case is down")
        }
    }

    func find(_ query: JobQuery) async throws(CarillonError) -> [JobSnapshot] {
        try check()
        return try await store.find(query)
    }

    func commit(_ changes: [JobChange]) async throws(CarillonError) -> [CommitStatus] {
        try check()
        return try await store.commit(changes)
    }

    func pass(
        _ query: JobQuery, adding jobs: [NewJob], plan: @Sendable ([JobSnapshot]) -> [JobChange?]
    ) async throws(CarillonError) -> PassResult {
        try check()
        return try await store.pass(query, adding: jobs, plan: plan)
    }

    func earliest(of tasks: Set<TaskName>?) async throws(CarillonError) -> EarliestTimes {
        try check()
        return try await store.earliest(of: tasks)
    }
}
