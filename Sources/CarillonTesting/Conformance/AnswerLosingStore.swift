import Carillon
import CarillonTriggers

/// A store whose answers are lost: it writes what is asked for, and the caller gets an error. Reads work.
struct AnswerLosingStore: ForwardingStore {
    let store: any JobStore

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
}
