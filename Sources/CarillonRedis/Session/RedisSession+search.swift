#if Redis
internal import Carillon
internal import CarillonTriggers

extension RedisSession {
    /// See `RunSearching`.
    func endedRuns(_ search: RunSearch, page: Page<Run.ID>) throws(CarillonError) -> [Run] {
        let isReversed = search.order == .newestFirst
        var runs: [Run] = []
        func take(_ ids: [Run.ID]) throws(CarillonError) {
            for case .success(let ended) in try loadEnded(ids)
            where runs.count < page.limit && search.passes(ended) { runs.append(ended.run.withoutPayload) }
        }
        if let job = search.job {
            var ids = try endedIDs(of: job)
            if !isReversed { ids.reverse() }
            if let after = page.after {
                ids = ids.filter { isReversed ? after.isListed(before: $0) : $0.isListed(before: after) }
            }
            for some in ids.batches(of: max(page.limit, 100)) where runs.count < page.limit { try take(some) }
            return runs
        }
        var reader = RunIndexReader(
            self, indexes(search), scheduled: search.scheduled, after: page.after.map(RunKey.member),
            isReversed: isReversed)
        while runs.count < page.limit, !reader.isAtEnd {
            try take(try reader.next(max(page.limit, 100)).compactMap(RunKey.id(member:)))
        }
        return runs
    }

    private func indexes(_ search: RunSearch) -> [String] {
        let kinds = EndedIndexes.Kind.wanted(search)
        if let error = search.error { return [EndedIndexes.ofError(error)] }
        if let node = search.node { return kinds.map { EndedIndexes.ofNode(node, $0) } }
        if let task = search.task { return kinds.map { EndedIndexes.ofTask(task, $0) } }
        return kinds.contains(.plain) ? [EndedIndexes.all] : kinds.map(EndedIndexes.ofKind)
    }

    /// See `RunSearching`.
    func latestRuns(of jobs: [JobID], limit: Int) throws(CarillonError) -> [JobID: [Run]] {
        let limit = LatestRunsLimits.runs(limit)
        let asked = Array(Set(jobs.prefix(LatestRunsLimits.jobs)))
        let replies = try read(asked.map { RedisArguments(["HKEYS", key("past:\($0)")]) })
        var wanted: [Run.ID] = []
        for (job, reply) in zip(asked, replies) {
            let ids = reply.elements.compactMap { $0.bytes.flatMap { RunKey.id($0[...], of: job) } }
                .filter { $0.occurrence.kind != .onFailure }
            wanted += ids.sorted { $0.isListed(before: $1) }.prefix(limit)
        }
        var found: [JobID: [Run]] = [:]
        for case .success(let ended) in try loadEnded(wanted) {
            found[ended.run.id.occurrence.job, default: []].append(ended.run.withoutPayload)
        }
        return found
    }

    /// See `OutcomeCounting`.
    func outcomeCounts(
        from first: Instant, through last: Instant, task: TaskName?, grouping: OutcomeGrouping
    ) throws(CarillonError) -> [OutcomeCount] {
        let (firstDay, lastDay) = (OutcomeKey.day(of: first), OutcomeKey.day(of: last))
        let fields = try read("HGETALL", key("counts")).elements
        var found: [(key: OutcomeKey, runs: Int)] = []
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let text = fields[index].text, let outcome = StoredCount.key(text),
                let runs = fields[index + 1].integer, outcome.day >= firstDay, outcome.day <= lastDay,
                task == nil || outcome.task == task
            else { continue }
            found.append((outcome, Int(runs)))
        }
        return grouping.counts(found)
    }

    /// See `FailureGrouping`.
    func failures(
        since: Instant, task: TaskName?, page: Page<FailureCursor>
    ) throws(CarillonError) -> [FailureGroup] {
        let most = page.after.map { Score.text($0.last) } ?? Score.never
        let parts = try read(
            "ZREVRANGEBYSCORE", key("failures"), most, Score.text(since), "WITHSCORES"
        ).elements
        let names = stride(from: 0, to: parts.count - 1, by: 2).compactMap { index in
            parts[index].text.map { (name: $0, score: parts[index + 1].score) }
        }
        var found: [FailureGroup] = []
        var index = 0
        while index < names.count, found.count < page.limit {
            // Those that ended at one time are in another order in the index, so they are read together.
            var end = min(index + max(page.limit, 100), names.count)
            while end < names.count, names[end].score == names[end - 1].score { end += 1 }
            found += try groups(names[index..<end].map(\.name)).filter { group in
                (task == nil || group.task == task) && group.last >= since
                    && (page.after.map { $0.isListed(before: group.cursor) } ?? true)
            }.sorted { $0.cursor.isListed(before: $1.cursor) }
            index = end
        }
        return Array(found.prefix(page.limit))
    }

    private func groups(_ names: [String]) throws(CarillonError) -> [FailureGroup] {
        let replies = try read(
            names.map {
                RedisArguments(["HMGET", key("fail:\($0)"), "properties", "example", "first", "last", "runs"])
            })
        return zip(names, replies).compactMap { StoredFailure.group($0, $1.elements) }
    }
}

extension RunSearch {
    fileprivate func passes(_ ended: StoredRun.Ended) -> Bool {
        var rest = self
        rest.error = nil
        // The kind of error is that with which it was written.
        return rest.passes(ended.run, of: ended.task) && (error == nil || ended.error == error)
    }
}
#endif
