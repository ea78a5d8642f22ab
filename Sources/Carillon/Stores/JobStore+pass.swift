import CarillonTriggers

extension JobStore {
    /// Finds, plans and commits one after the other; for stores that compare versions instead of holding locks.
    public func pass(
        _ query: JobQuery,
        plan: @Sendable (JobSnapshot) -> JobChange?
    ) async throws(CarillonError) -> [(job: JobID, status: CommitStatus)] {
        let changes = try await find(query).compactMap(plan)
        guard !changes.isEmpty else { return [] }
        return zip(changes, try await commit(changes)).map { ($0.job.id, $1) }
    }
}
