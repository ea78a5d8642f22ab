import CarillonTriggers
import Synchronization

extension MemoryJobStore: JobTransferring {
    /// See `JobTransferring`.
    public func exportPart(from cursor: TransferCursor?, limit: Int) async throws(CarillonError) -> TransferPage {
        let (stage, rest) = try TransferStage.read(cursor)
        let limit = min(max(limit, 1), 1000)
        switch stage {
        case .jobs: return state.withLock { $0.exportedJobs(after: rest, limit) }
        case .removed:
            let after = try TransferStage.place(rest, cursor) { Int64($0) }
            return state.withLock { $0.exportedRemoved(after: after ?? 0, limit) }
        case .runs:
            let after = try TransferStage.place(rest, cursor, Run.ID.init(transferText:))
            return state.withLock { $0.exportedRuns(after: after, limit) }
        case .reasons:
            let after = try TransferStage.place(rest, cursor, ReasonRange.init(transferText:))
            return state.withLock { $0.exportedReasons(after: after, limit) }
        }
    }

    /// See `JobTransferring`. At most 10,000 ended runs and 100,000 reasons are kept.
    public func importItems(_ items: [TransferItem]) async throws(CarillonError) -> [TransferResult] {
        state.withLock { $0.bring(items) }
    }
}

extension MemoryState {
    mutating func exportedJobs(after id: String?, _ limit: Int) -> TransferPage {
        order.settle(jobs)
        var ids: [JobID] = []
        order.forEach(after: id, jobs) { record in
            ids.append(record.id)
            return ids.count < limit
        }
        let items = ids.compactMap { id in number(of: id).flatMap { snapshot($0) }.map(TransferItem.job) }
        let next = ids.count < limit ? TransferStage.removed.cursor() : TransferStage.jobs.cursor(ids.last?.description)
        return TransferPage(items: items, next: next)
    }

    mutating func exportedRemoved(after generation: Int64, _ limit: Int) -> TransferPage {
        let units = removedUnits.filter { $0.key.generation > generation }
            .sorted { $0.key.generation < $1.key.generation }.prefix(limit)
        let items = units.compactMap { snapshot($0.value) }.map(TransferItem.job)
        let last = units.count < limit ? nil : units.last?.key.generation
        let next = last.map { TransferStage.removed.cursor(String($0)) } ?? TransferStage.runs.cursor()
        return TransferPage(items: items, next: next)
    }

    func exportedRuns(after: Run.ID?, _ limit: Int) -> TransferPage {
        var page = TransferPage()
        var selection = Selection<RunRecord>(limit: limit) { $0.run.id.isListed(before: $1.run.id) }
        for record in runs {
            guard let record else { continue }
            if record.run.isOpen { continue }
            if let after, !after.isListed(before: record.run.id) { continue }
            if selection.wants(record) { selection.add(record) }
        }
        let names = taskNames
        page.items = selection.elements.map { .run($0.run, task: names[$0.ranTask]) }
        let last = selection.elements.last?.run.id
        page.next =
            page.items.count < limit ? TransferStage.reasons.cursor() : TransferStage.runs.cursor(last?.transferText)
        return page
    }

    func exportedReasons(after: ReasonRange?, _ limit: Int) -> TransferPage {
        var selection = Selection<ReasonRange>(limit: limit) { $0.isMoved(before: $1) }
        for range in reasons.values.joined() {
            if let after, !after.isMoved(before: range) { continue }
            if selection.wants(range) { selection.add(range) }
        }
        let found = selection.elements
        return TransferPage(
            items: found.map(TransferItem.reason),
            next: found.count < limit ? nil : TransferStage.reasons.cursor(found.last?.transferText))
    }

    mutating func bring(_ items: [TransferItem]) -> [TransferResult] {
        var generations: [Int64: JobID]?
        return items.map { item in
            switch item {
            case .job(let snapshot):
                if generations == nil {
                    let known = jobs.lazy.compactMap(\.self).map { ($0.generation, $0.id) }
                    generations = Dictionary(Array(known)) { first, _ in first }
                }
                let result = bring(snapshot, generations ?? [:])
                if result == .written { generations?[snapshot.job.generation] = snapshot.job.id }
                return result
            case .run(let run, let task): return bring(run, task)
            case .reason(let range): return bring(range)
            }
        }
    }

    private mutating func bring(_ snapshot: JobSnapshot, _ generations: [Int64: JobID]) -> TransferResult {
        let job = snapshot.job
        let known = snapshot.isRemoved ? number(of: job.unit) : number(of: job.id)
        if let known = known.flatMap({ self.snapshot($0) }) {
            return known.isSame(as: snapshot) ? .present : .conflict(TransferResult.otherJob(job.id))
        }
        if snapshot.isRemoved, snapshot.open.isEmpty { return .notHeld(TransferResult.nothingLeft(job.id)) }
        if let other = generations[job.generation] {
            return .conflict(TransferResult.otherGeneration(job, named: other.description))
        }
        for run in snapshot.open where number(of: run.id) != nil { return .conflict(TransferResult.otherRun(run.id)) }
        // The commit that adds the open runs raises the version by one.
        var before = job
        before.stateVersion &-= 1
        var record = self.record(of: before, trigger: job.definition.trigger)
        let number: UInt32
        if snapshot.isRemoved {
            record.markRemoved()
            number = place(record)
            removedUnits[job.unit] = number
        } else {
            number = add(record, hash: job.id.tableHash)
        }
        lastGeneration = max(lastGeneration, job.generation)
        _ = commit(JobChange(job: before, runs: snapshot.open), as: number)
        return .written
    }

    private mutating func bring(_ run: Run, _ task: TaskName?) -> TransferResult {
        guard !run.isOpen else { return .conflict("run '\(run.id)' has not ended; it comes with its job") }
        if let known = number(of: run.id).flatMap({ runs[Int($0)] }) {
            return known.run == run ? .present : .conflict(TransferResult.otherRun(run.id))
        }
        guard finished.count < Self.finishedRunLimit else {
            return .notHeld("a memory store keeps \(Self.finishedRunLimit) ended runs")
        }
        let job = number(of: run.id.occurrence.job)
        let number = addRun(run, hash: run.id.tableHash, of: job ?? .none)
        if let job {
            addPast(number, of: job)
        } else {
            addPast(number, ofRemoved: run.id.occurrence.job)
        }
        joinIndexes(number, run)
        noteEnd(number, task: task.map { UInt32(self.number(of: $0)) } ?? .none)
        lastGeneration = max(lastGeneration, run.id.occurrence.generation)
        return .written
    }

    private mutating func bring(_ range: ReasonRange) -> TransferResult {
        if reasons[range.job]?.contains(range) == true { return .present }
        guard reasonCount < Self.reasonLimit else {
            return .notHeld("a memory store keeps \(Self.reasonLimit) reasons")
        }
        // The order is that of recording.
        let place = (reasons[range.job] ?? []).firstIndex(after: { $0.recorded <= range.recorded })
        reasons[range.job, default: []].insert(range, at: place)
        reasonCount += 1
        outlook.note(range.recorded, days: history(of: range.job).days)
        lastGeneration = max(lastGeneration, range.generation)
        return .written
    }
}
