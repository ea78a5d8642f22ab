import CarillonTriggers

extension MemoryState {
    /// Writes a change of the job with a number, if it has the version that the change was made from.
    mutating func commit(_ change: JobChange, as number: UInt32) -> CommitStatus {
        guard let old = jobs[Int(number)], old.id == change.job.id, old.generation == change.job.generation else {
            return .gone
        }
        guard old.stateVersion == change.job.stateVersion else { return .changed }
        let isRedefined = old.definitionVersion != change.job.definitionVersion
        if isRedefined { redefine(number, as: change.job.definition) }
        jobs[Int(number)]?.definitionVersion = change.job.definitionVersion
        jobs[Int(number)]?.stateVersion += 1
        jobs[Int(number)]?.state = change.job.state
        jobs[Int(number)]?.next = change.job.next
        if isRedefined || old.next != change.job.next || old.state != change.job.state { reindexDue(number) }
        for run in change.runs { write(run, of: number) }
        if isRedefined || change.job.state != old.state {
            for run in jobs[Int(number)]?.open ?? [] { reindexReady(run) }
        }
        if isRedefined || change.job.state != old.state || !change.runs.isEmpty { reindexRoom(number) }
        record(change.reasons)
        if isRedefined || old.isPaused, let job = jobs[Int(number)], !job.isPaused { hasNews = true }
        trimHistory()
        changeCounter += 1
        return .accepted
    }

    private mutating func redefine(_ number: UInt32, as definition: JobDefinition) {
        guard let old = jobs[Int(number)] else { return }
        let shape = shareShape(of: definition)
        jobs[Int(number)]?.shape = shape
        let trigger = shareTrigger(definition.trigger)
        jobs[Int(number)]?.trigger = trigger
        jobs[Int(number)]?.arguments = definition.arguments
        let oldTask = shapes[old.shape].taskNumber
        if oldTask != self.number(of: definition.task) { due[oldTask].remove(number, &duePositions) }
        shapes.release(old.shape)
        triggers.release(old.trigger)
    }

    private mutating func reindexDue(_ number: UInt32) {
        guard let record = jobs[Int(number)] else { return }
        let task = shapes[record.shape].taskNumber
        if let key = record.indexedDue {
            if key < due[task].first?.key ?? .max { hasNews = true }
            due[task].set(number, to: key, &duePositions)
        } else {
            due[task].remove(number, &duePositions)
        }
    }

    /// Puts a job among those whose waiting runs may move up, or takes it from there.
    private mutating func reindexRoom(_ number: UInt32) {
        guard let record = jobs[Int(number)] else { return }
        var instances = 0
        var earliest: Int64?
        for run in record.open {
            guard let run = runs[Int(run)]?.run else { continue }
            if run.isInstance { instances += 1 }
            if run.state == .waiting { earliest = min(earliest ?? .max, run.available.microseconds) }
        }
        if let earliest, !record.isPaused, instances < shapes[record.shape].policies.maxInstances {
            roomy.set(number, to: earliest, &roomyPositions)
        } else {
            roomy.remove(number, &roomyPositions)
        }
    }

    /// Writes a run of a job: a new one, or an old one as it is now.
    mutating func write(_ run: Run, of job: UInt32) {
        let number: UInt32
        let wasOpen: Bool
        let hash = run.id.hashValue
        let known = runTable.find(hash: hash) { runs[Int($0)]?.run.id == run.id }
        if let known, let old = runs[Int(known)] {
            number = known
            wasOpen = old.run.isOpen
            if run.isCancelRequested, !old.run.isCancelRequested, case .running = run.state { hasNews = true }
            leaveIndexes(known, old)
            runs[Int(known)] = RunRecord(run: run, job: job)
            if !wasOpen { past[run.id.occurrence.job]?.removeAll { $0 == number } }
        } else {
            number = unusedRuns.popLast() ?? UInt32(runs.count)
            wasOpen = false
            let record = RunRecord(run: run, job: job)
            if number < runs.count { runs[Int(number)] = record } else { runs.append(record) }
            runTable.insert(number, hash: hash)
        }
        if run.isOpen {
            if !wasOpen { jobs[Int(job)]?.open.append(number) }
        } else {
            if wasOpen { jobs[Int(job)]?.open.removeAll { $0 == number } }
            past[run.id.occurrence.job, default: []].append(number)
            if !noted.isEmpty { settleNotes(of: number) }
        }
        joinIndexes(number)
    }

    private mutating func leaveIndexes(_ number: UInt32, _ record: RunRecord) {
        switch record.run.state {
        case .waiting: break
        case .ready: leaveLane(number)
        case .running(let node):
            running[node]?.remove(number)
            if running[node]?.isEmpty == true { running[node] = nil }
        case .finished: finished.remove(number, &finishedPositions)
        }
    }

    private mutating func joinIndexes(_ number: UInt32) {
        guard let run = runs[Int(number)]?.run else { return }
        switch run.state {
        case .waiting: break
        case .ready: reindexReady(number)
        case .running(let node): running[node, default: []].insert(number)
        case .finished:
            finished.set(number, to: (run.finished ?? run.due).microseconds, &finishedPositions)
        }
    }

    /// Puts a ready run where a node looks for it; nowhere while its job is paused.
    private mutating func reindexReady(_ number: UInt32) {
        guard let record = runs[Int(number)], record.run.state == .ready, let owner = record.job,
            let job = jobs[Int(owner)]
        else { return }
        var lane: ReadyLane?
        if !job.isPaused {
            let shape = shapes[job.shape]
            let task = record.run.task.map { self.number(of: $0) } ?? shape.taskNumber
            lane = ReadyLane(task: task, priority: shape.policies.priority)
        }
        if record.lane != lane { leaveLane(number) }
        guard let lane else { return }
        runs[Int(number)]?.lane = lane
        let available = record.run.available.microseconds
        if available < ready[lane.task][lane.priority]?.first?.key ?? .max { hasNews = true }
        ready[lane.task][lane.priority, default: IndexedHeap()]
            .set(number, to: available, &readyPositions)
    }

    private mutating func leaveLane(_ number: UInt32) {
        guard let lane = runs[Int(number)]?.lane else { return }
        runs[Int(number)]?.lane = nil
        ready[lane.task][lane.priority]?.remove(number, &readyPositions)
        if ready[lane.task][lane.priority]?.isEmpty == true { ready[lane.task][lane.priority] = nil }
    }

    /// Ends a run whose job is gone; false where it is not running with the completion's fence.
    mutating func complete(withoutJob completion: Completion) -> Bool {
        guard let number = number(of: completion.run), let record = runs[Int(number)], record.job == nil,
            let ended = record.run.endedWithoutJob(by: completion)
        else { return false }
        leaveIndexes(number, record)
        runs[Int(number)]?.run = ended
        settleNotes(of: number)
        joinIndexes(number)
        trimHistory()
        changeCounter += 1
        return true
    }
}
