public import CarillonTriggers
import Synchronization

extension MemoryJobStore: RunSearching {
    /// See `RunSearching`. It reads every ended run, at most 10,000.
    public func endedRuns(_ search: RunSearch, page: Page<Run.ID>) async throws(CarillonError) -> [Run] {
        state.withLock { $0.endedRuns(search, page: page) }
    }

    /// See `RunSearching`.
    public func latestRuns(of jobs: [JobID], limit: Int) async throws(CarillonError) -> [JobID: [Run]] {
        state.withLock { state in
            var found: [JobID: [Run]] = [:]
            for job in jobs.prefix(LatestRunsLimits.jobs) {
                let runs = state.latestRuns(of: job, limit: LatestRunsLimits.runs(limit))
                if !runs.isEmpty { found[job] = runs }
            }
            return found
        }
    }
}

extension MemoryJobStore: OutcomeCounting {
    /// See `OutcomeCounting`.
    public func outcomeCounts(
        from first: Instant, through last: Instant, task: TaskName?, grouping: OutcomeGrouping
    ) async throws(CarillonError) -> [OutcomeCount] {
        guard first <= last else { return [] }
        let days = OutcomeKey.day(of: first)...OutcomeKey.day(of: last)
        let found = state.withLock { state in state.outcomes.counts(days, state.taskNames) }
        return grouping.counts(found.filter { task == nil || $0.key.task == task })
    }
}

extension MemoryJobStore: FailureGrouping {
    /// See `FailureGrouping`. At most 10,000 groups are kept.
    public func failures(since: Instant, task: TaskName?, page: Page<FailureCursor>) async throws(CarillonError)
        -> [FailureGroup]
    {
        state.withLock { state in
            var selection = Selection<FailureGroup>(limit: page.limit) { $0.cursor.isListed(before: $1.cursor) }
            for group in state.outcomes.groups where group.last >= since && (task == nil || group.task == task) {
                if let after = page.after, !after.isListed(before: group.cursor) { continue }
                if selection.wants(group) { selection.add(group) }
            }
            return selection.elements
        }
    }
}

extension MemoryState {
    /// Returns a page of ended runs of all jobs.
    func endedRuns(_ search: RunSearch, page: Page<Run.ID>) -> [Run] {
        let names = taskNames
        func isBefore(_ left: Run.ID, _ right: Run.ID) -> Bool {
            search.order == .newestFirst ? left.isListed(before: right) : right.isListed(before: left)
        }
        var selection = Selection<Run>(limit: page.limit) { isBefore($0.id, $1.id) }
        for number in runs.indices {
            guard let record = runs[number], search.passes(record.run, of: names[record.ranTask]) else { continue }
            if let after = page.after, !isBefore(after, record.run.id) { continue }
            if selection.wants(record.run) { selection.add(record.run) }
        }
        return selection.elements.map(\.withoutPayload)
    }

    /// Returns the ended runs of a job that were scheduled last.
    func latestRuns(of job: JobID, limit: Int) -> [Run] {
        var selection = Selection<Run>(limit: limit) { $0.id.isListed(before: $1.id) }
        for number in past(of: job) {
            guard let run = runs[Int(number)]?.run, !run.isOpen, run.id.occurrence.kind != .onFailure else { continue }
            if selection.wants(run) { selection.add(run) }
        }
        return selection.elements.map(\.withoutPayload)
    }
}
