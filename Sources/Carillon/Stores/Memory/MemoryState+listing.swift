import CarillonTriggers

extension MemoryState {
    /// Returns a page of jobs.
    mutating func jobs(_ filter: JobFilter, page: Page<JobCursor>) -> [Job] {
        var test = JobTest(filter)
        switch page.after {
        case nil: return jobsByID(&test, after: nil, page.limit)
        case .id(let id): return jobsByID(&test, after: id, page.limit)
        case .beginningByDue: return jobsByDue(&test, after: nil, page.limit)
        case .due(let due, let id): return jobsByDue(&test, after: (due ?? .latest, due == nil, id), page.limit)
        }
    }

    private mutating func jobsByID(_ test: inout JobTest, after id: String?, _ limit: Int) -> [Job] {
        order.settle(jobs)
        var found: [Job] = []
        order.forEach(after: id, jobs) { record in
            if test.passes(record, shapes) { found.append(record.job(shapes, triggers)) }
            return found.count < limit
        }
        return found
    }

    /// Returns a page of jobs by due time. It reads 8 bytes of each job, and more only of candidates.
    private func jobsByDue(_ test: inout JobTest, after row: (due: Instant, hasNone: Bool, id: String)?, _ limit: Int)
        -> [Job]
    {
        func isBefore(_ left: UInt32, _ right: UInt32) -> Bool {
            guard let left = jobs[Int(left)], let right = jobs[Int(right)] else { return false }
            return Self.isBefore(
                (left.due, left.scheduled == nil, left.id.description),
                (right.due, right.scheduled == nil, right.id.description))
        }
        var selection = Selection<UInt32>(limit: limit, areInOrder: isBefore)
        for number in jobs.indices {
            guard let record = jobs[number], !record.isRemoved else { continue }
            if let row, !Self.isBefore(row, (record.due, record.scheduled == nil, record.id.description)) {
                continue
            }
            guard selection.wants(UInt32(number)), test.passes(record, shapes) else { continue }
            selection.add(UInt32(number))
        }
        return selection.elements.compactMap { jobs[Int($0)]?.job(shapes, triggers) }
    }

    /// Whether one job is listed before another by due time; jobs without a next occurrence come last.
    private static func isBefore(
        _ left: (due: Instant, hasNone: Bool, id: String),
        _ right: (due: Instant, hasNone: Bool, id: String)
    ) -> Bool {
        if left.hasNone != right.hasNone { return right.hasNone }
        if left.due != right.due { return left.due < right.due }
        return left.id.comparedBytes(with: right.id) < 0
    }

    /// Returns a page of runs, the latest scheduled first.
    func runs(_ filter: RunFilter, page: Page<Run.ID>) -> [Run] {
        func isBefore(_ left: UInt32, _ right: UInt32) -> Bool {
            guard let left = runs[Int(left)]?.run.id, let right = runs[Int(right)]?.run.id else { return false }
            return left.isListed(before: right)
        }
        var selection = Selection<UInt32>(limit: page.limit, areInOrder: isBefore)
        func look(at number: UInt32) {
            guard let run = runs[Int(number)]?.run, filter.passes(run) else { return }
            if let after = page.after, !after.isListed(before: run.id) { return }
            if selection.wants(number) { selection.add(number) }
        }
        if let job = filter.job {
            past(of: job).forEach(look)
            number(of: job).flatMap { jobs[Int($0)] }?.open.forEach(look)
            for (unit, number) in removedUnits where unit.job == job { jobs[Int(number)]?.open.forEach(look) }
        } else if let node = filter.node {
            running[node].forEach(look)
        } else {
            for number in runs.indices { look(at: UInt32(number)) }
        }
        return selection.elements.compactMap { shown($0, withLog: false) }
    }

    /// Returns the reasons of a job that overlap a range, the latest first.
    func reasons(_ job: JobID, from first: Instant, through last: Instant, limit: Int) -> [ReasonRange] {
        let touching = (reasons[job] ?? []).filter { $0.first <= last && $0.last >= first }
        return Array(touching.sorted { ($0.last, $0.recorded) > ($1.last, $1.recorded) }.prefix(max(limit, 0)))
    }
}

/// Checks whether jobs match a filter; what many jobs share is checked once.
private struct JobTest {
    private let filter: JobFilter
    private let text: [UInt8]
    private var verdicts: [Bool?] = []

    init(_ filter: JobFilter) {
        self.filter = filter
        text = Array((filter.text ?? "").utf8)
    }

    mutating func passes(_ record: JobRecord, _ shapes: SharedValues<JobShape>) -> Bool {
        if let state = filter.state, state != record.filterState { return false }
        if let range = filter.due, !(record.scheduled != nil && range.contains(record.due)) { return false }
        if verdicts.isEmpty { verdicts = Array(repeating: nil, count: shapes.count) }
        let index = Int(record.shape)
        let verdict = verdicts[index] ?? passes(shapes[record.shape])
        verdicts[index] = verdict
        return verdict && record.id.contains(bytes: text)
    }

    private func passes(_ shape: JobShape) -> Bool {
        if let tasks = filter.tasks, !tasks.contains(shape.task) { return false }
        if filter.exceptTasks.contains(shape.task) { return false }
        if let tag = filter.tag, !shape.tags.contains(tag) { return false }
        if let origin = filter.origin, shape.origin != origin { return false }
        return true
    }
}

extension JobRecord {
    fileprivate var filterState: JobFilter.State {
        switch state {
        case .active: .active
        case .paused: .paused
        case .ended: .ended
        }
    }
}

extension RunFilter {
    fileprivate func passes(_ run: Run) -> Bool {
        if let job, job != run.id.occurrence.job { return false }
        if let kind, kind != run.id.occurrence.kind { return false }
        if let scheduled, !scheduled.contains(run.id.occurrence.scheduled) { return false }
        if let node, run.state != .running(node: node) { return false }
        switch (state, run.state) {
        case (nil, _), (.waiting, .waiting), (.ready, .ready), (.running, .running): return true
        case (.finished(let wanted), .finished(let outcome)): return wanted == nil || wanted == outcome
        default: return false
        }
    }
}
