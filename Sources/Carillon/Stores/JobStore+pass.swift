import CarillonTriggers

extension JobStore {
    /// Finds, plans and commits one after the other; for stores that compare versions instead of holding locks.
    public func pass(
        _ query: JobQuery,
        plan: @Sendable (JobSnapshot) -> JobChange?
    ) async throws(CarillonError) -> [(job: JobID, status: CommitStatus)] {
        var found = try await find(query)
        found.orderByPriority(\.job.definition.policies.priority)
        let changes = found.compactMap(plan)
        guard !changes.isEmpty else { return [] }
        return zip(changes, try await commit(changes)).map { ($0.job.id, $1) }
    }
}
