import CarillonTriggers

extension MemoryState {
    /// Adds reasons; one that continues an existing range extends it.
    mutating func record(_ new: [NewReason]) {
        for reason in new {
            var range = reason.range
            if let position = position(of: reason), let old = reasons[range.job]?.remove(at: position) {
                range = old.extended(by: range)
                reasonCount -= 1
            }
            // Appended, because the order is that of recording.
            reasons[range.job, default: []].append(range)
            reasonCount += 1
            outlook.note(range.recorded, days: history(of: range.job).days)
        }
    }

    /// Removes ranges.
    mutating func withdraw(_ ranges: [ReasonRange]) {
        for range in ranges {
            guard let position = reasons[range.job]?.lastIndex(of: range) else { continue }
            reasons[range.job]?.remove(at: position)
            reasonCount -= 1
        }
    }

    /// Returns the position of the range that a new one continues. It is among the last, because few kinds of reason
    /// alternate.
    private func position(of new: NewReason) -> Int? {
        guard let follows = new.follows, let ranges = reasons[new.range.job] else { return nil }
        var position = ranges.count
        while position > 0, ranges[position - 1].last >= follows {
            position -= 1
            if ranges[position].isContinued(by: new) { return position }
        }
        return nil
    }

    /// Drops the oldest runs and reasons that exceed the limits of the store.
    mutating func trimHistory() {
        while finished.count > Self.finishedRunLimit, let oldest = finished.first { dropRun(oldest) }
        if reasonCount > Self.reasonLimit { dropOldestReasons() }
    }

    /// Drops finished runs and reasons that the policies of their jobs no longer keep, or that the default policy does
    /// not keep if the job is gone.
    mutating func prune(at now: Instant) -> Int {
        guard outlook.mayRemove(at: now) else { return 0 }
        let before = finished.count + reasonCount
        outlook = .empty
        for index in jobs.indices {
            guard let (past, shape) = jobs[index]?.pastRuns(), past.count > 0 else { continue }
            prune(past, by: shapes[shape].policies.history, at: now)
        }
        for past in pastsOfRemoved.all { prune(past, by: History(), at: now) }
        for (id, ranges) in reasons {
            let history = history(of: id)
            let oldest = Self.oldest(of: history, at: now)
            let kept = ranges.filter { $0.recorded >= oldest }
            for range in kept { outlook.note(range.recorded, days: history.days) }
            guard kept.count < ranges.count else { continue }
            reasonCount -= ranges.count - kept.count
            reasons[id] = kept.isEmpty ? nil : kept
        }
        outcomes.pruneFailures(at: now)
        for group in outcomes.groups { outlook.note(group.last, days: Int(FailureGroup.daysKept)) }
        return before - finished.count - reasonCount
    }

    /// Drops the runs of a job that a policy does not keep.
    private mutating func prune(_ past: PastRuns, by history: History, at now: Instant) {
        let oldest = Self.oldest(of: history, at: now)
        var ended: [(time: Int64, number: UInt32)] = []
        var number = past.latest
        while number != .none, let run = runs[Int(number)]?.asPast() {
            ended.append((run.ended, number))
            number = run.earlier
        }
        guard let first = ended.min(by: <) else { return }
        // Mostly nothing has to be dropped, so this is checked first.
        guard past.count > history.runs || first.time < oldest.microseconds else {
            return outlook.note(Instant(microseconds: first.time), days: history.days)
        }
        ended.sort(by: >)
        for (index, run) in ended.enumerated() {
            if index >= history.runs || run.time < oldest.microseconds {
                dropRun(run.number)
            } else {
                outlook.note(Instant(microseconds: run.time), days: history.days)
            }
        }
    }

    func history(of id: JobID) -> History {
        number(of: id).flatMap { jobs[Int($0)] }.map { shapes[$0.shape].policies.history } ?? History()
    }

    private static func oldest(of history: History, at now: Instant) -> Instant {
        // The number of days may be out of range: a change is not validated.
        let (length, overflow) = Int64(history.days).multipliedReportingOverflow(by: 86_400_000_000)
        return overflow ? (history.days > 0 ? .earliest : .latest) : now.advanced(byMicroseconds: -length)
    }

    /// Drops a tenth at once, because the search for the oldest reads all.
    private mutating func dropOldestReasons() {
        let excess = reasonCount - Self.reasonLimit + Self.reasonLimit / 10
        let oldest = reasons.flatMap { id, ranges in ranges.map { (time: $0.recorded, job: id) } }
            .sorted { $0.time < $1.time }.prefix(excess)
        for (job, dropped) in Dictionary(grouping: oldest, by: \.job) {
            reasons[job]?.removeFirst(dropped.count)
            if reasons[job]?.isEmpty == true { reasons[job] = nil }
        }
        reasonCount -= oldest.count
    }

    private mutating func dropRun(_ number: UInt32) {
        guard let record = runs[Int(number)].take() else { return }
        finished.remove(number, at: record.ended)
        runTable.remove(number, hash: record.hash)
        removePast(record)
        unusedRuns.append(number)
    }
}
