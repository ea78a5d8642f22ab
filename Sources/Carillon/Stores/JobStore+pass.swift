import CarillonTriggers

extension PlanStore {
    /// A heartbeat of a node that knows nothing of the others.
    public func heartbeat(_ report: NodeReport) async throws(CarillonError) -> Heartbeat {
        try await heartbeat(report, since: nil)
    }

    /// Finds, plans and commits one after the other; for stores that compare versions instead of holding locks.
    public func pass(
        _ query: JobQuery,
        plan: @Sendable ([JobSnapshot]) -> [JobChange?]
    ) async throws(CarillonError) -> PassResult {
        var found = try await find(query)
        found.orderByPriority(\.job.definition.policies.priority)
        let planned = plan(found)
        let changes = planned.compactMap(\.self)
        let statuses = changes.isEmpty ? [] : try await commit(changes)
        return PassResult(planned, committed: statuses, earliest: try await earliest(of: query.tasks))
    }
}
