#if MongoDB
internal import Carillon
internal import CarillonTriggers
internal import CarillonUnits

extension MongoSession {
    /// See `RunSearching`.
    func endedRuns(_ search: RunSearch, page: Page<Run.ID>) throws(CarillonError) -> [Run] {
        try settleAll()
        var condition = BSONDocument()
        if let job = search.job { condition.append("job", .text(job.description)) }
        if let task = search.task { condition.append("task", .text(task.description)) }
        if let node = search.node { condition.append("node", .text(node.description)) }
        if let error = search.error { condition.append("error", .text(error.description)) }
        if search.outcomes.count < Outcome.allCases.count {
            condition.append("outcome", ["$in": .texts(search.outcomes.map(\.rawValue))])
        }
        if search.lateness > .onTime {
            condition.append("late", ["$gte": .integer(Int64(search.lateness.rawValue))])
        }
        var runs: [Run] = []
        let isReversed = search.order == .oldestFirst
        try eachEnded(
            condition, scheduled: search.scheduled, after: page.after, isReversed: isReversed, page.limit
        ) { value in
            if case .success(let ended) = value, search.passes(ended) { runs.append(ended.run.withoutPayload) }
            return runs.count < page.limit
        }
        return runs
    }

    /// See `RunSearching`.
    func latestRuns(of jobs: [JobID], limit: Int) throws(CarillonError) -> [JobID: [Run]] {
        try settleAll()
        let limit = LatestRunsLimits.runs(limit)
        var found: [JobID: [Run]] = [:]
        for job in Set(jobs.prefix(LatestRunsLimits.jobs)) {
            var runs: [Run] = []
            try eachEnded(["job": .text(job.description)], scheduled: nil, after: nil, limit) { value in
                if case .success(let ended) = value, ended.run.id.occurrence.kind != .onFailure {
                    runs.append(ended.run.withoutPayload)
                }
                return runs.count < limit
            }
            if !runs.isEmpty { found[job] = runs }
        }
        return found
    }
}
#endif
