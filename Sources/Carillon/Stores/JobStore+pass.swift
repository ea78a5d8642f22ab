import CarillonTriggers

extension JobStore {
    /// Finds, plans and commits one after the other; for stores that compare versions instead of holding locks.
    public func pass(
        _ query: JobQuery,
        plan: @Sendable (JobSnapshot) -> JobChange?
    ) async throws(CarillonError) -> [(change: JobChange, status: CommitStatus)] {
        let changes = try await find(query).compactMap(plan)
        guard !changes.isEmpty else { return [] }
        return Array(zip(changes, try await commit(changes)))
    }
}
