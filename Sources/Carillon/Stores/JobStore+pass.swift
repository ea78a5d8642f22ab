package import CarillonTriggers

extension PlanStore {
    /// Sends a heartbeat of a node that knows nothing about other nodes.
    public func heartbeat(_ report: NodeReport) async throws(CarillonError) -> Heartbeat {
        try await heartbeat(report, since: nil)
    }

    /// Makes a pass that adds no jobs.
    public func pass(
        _ query: JobQuery,
        plan: @Sendable ([JobSnapshot]) -> [JobChange?]
    ) async throws(CarillonError) -> PassResult {
        try await pass(query, adding: [], plan: plan)
    }

    /// Adds, finds, plans and commits one after the other, for stores that compare versions instead of holding locks.
    public func pass(
        _ query: JobQuery,
        adding jobs: [NewJob],
        plan: @Sendable ([JobSnapshot]) -> [JobChange?]
    ) async throws(CarillonError) -> PassResult {
        var found = try await find(query)
        // After the search, because they do not count against its limits.
        let added = jobs.isEmpty ? [] : try await insert(jobs)
        var new = JobQuery(now: query.now)
        for case let job? in added where job.isDue(at: query.now) { new.units.append(job.unit) }
        if !new.units.isEmpty { found += try await find(new) }
        found.orderByPriority(\.job.definition.policies.priority)
        let planned = plan(found)
        let changes = planned.compactMap(\.self)
        let statuses = changes.isEmpty ? [] : try await commit(changes)
        return PassResult(planned, committed: statuses, earliest: try await earliest(of: query.tasks), added: added)
    }
}

extension Job {
    /// Whether a pass at a time fires the job: it is active, and its next occurrence is due.
    package func isDue(at now: Instant) -> Bool {
        guard case .active = state, let due = next?.due else { return false }
        return due <= now
    }
}
