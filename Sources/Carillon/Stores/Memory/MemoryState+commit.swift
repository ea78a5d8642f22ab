import CarillonTriggers

extension MemoryState {
    /// Writes a change of the job with a number, if the job still has the version that the change was made from.
    mutating func commit(_ change: JobChange, as number: UInt32) -> CommitStatus {
        guard !isWritingOver(change, number), areSilent(change.silentNodes) else { return .changed }
        guard let step = jobs[Int(number)]?.advance(to: change.job) else { return .gone }
        guard step.status == .accepted else { return step.status }
        if step.isRedefined { redefine(number, as: change.job.definition) }
        let isAnother = step.isRedefined || step.isStateChanged
        if step.isRedefined {
            if let shape = jobs[Int(number)]?.shapeNumber() { reindexDue(number, shape, step.due) }
        } else if isAnother || step.isNextChanged {
            reindexDue(number, step.shape, step.due)
        }
        for index in change.runs.indices { write(change.runs[index], of: number) }
        let settled = jobs[Int(number)]?.settled()
        if let settled {
            if isAnother { for run in settled.open { reindexReady(run) } }
            if isAnother || !isSettled(number, settled, by: change.runs) { reindexRoom(number, settled) }
        }
        if !change.withdrawn.isEmpty { withdraw(change.withdrawn) }
        if !change.reasons.isEmpty { record(change.reasons) }
        if step.isRedefined || step.wasPaused, !change.job.isPaused { hasNews = true }
        if settled?.isDone == true { discard(number) } else if change.removesJob { removeOver(number) }
        trimHistory()
        return .accepted
    }

    /// Whether a change contains a run with the id of one that has ended, whose outcome must not be overwritten.
    private mutating func isWritingOver(_ change: JobChange, _ number: UInt32) -> Bool {
        guard !change.runs.isEmpty, jobs[Int(number)]?.hasPast(change.job) == true else { return false }
        for index in change.runs.indices where openRun(change.runs[index].id, of: number) == nil {
            if let known = self.number(of: change.runs[index].id), runs[Int(known)]?.run.isOpen == false { return true }
        }
        return false
    }

    /// Whether nodes have sent no heartbeat since those by which they were judged.
    private func areSilent(_ judged: [NodeID: Instant]) -> Bool {
        judged.allSatisfy { node, last in nodes[node].map { $0.lastHeartbeat == last } ?? true }
    }

    private mutating func redefine(_ number: UInt32, as definition: JobDefinition) {
        guard let old = jobs[Int(number)] else { return }
        let shape = shareShape(of: definition)
        jobs[Int(number)]?.shape = shape
        let trigger = shareTrigger(definition.trigger)
        jobs[Int(number)]?.trigger = trigger
        jobs[Int(number)]?.arguments = definition.arguments
        if shapes[shape].policies.history != shapes[old.shape].policies.history { outlook.expectRemovals() }
        let oldTask = shapes[old.shape].taskNumber
        if oldTask != self.number(of: definition.task) { due[oldTask].remove(number, &duePositions) }
        shapes.release(old.shape)
        triggers.release(old.trigger)
        recentDefinition.forget()
    }

    private mutating func reindexDue(_ number: UInt32, _ shape: UInt32, _ key: Int64?) {
        let task = shapes[shape].taskNumber
        if let key {
            if key < due[task].first?.key ?? .max { hasNews = true }
            due[task].set(number, to: key, &duePositions)
        } else {
            due[task].remove(number, &duePositions)
        }
    }

    /// Whether the written runs alone show that no run of a job waits. Nearly always they do, and the check is cheap.
    private mutating func isSettled(_ number: UInt32, _ settled: JobRecord.Settled, by written: [Run]) -> Bool {
        if written.isEmpty { return true }
        guard roomyPositions[number] == nil else { return false }
        var running = 0
        for index in written.indices where written[index].isOpen {
            if written[index].isWaiting { return false }
            running += 1
        }
        return running == settled.open.count
    }

    /// Adds a job to the index of those whose waiting runs have room, or removes it.
    private mutating func reindexRoom(_ number: UInt32, _ job: JobRecord.Settled) {
        var waiting = 0
        var earliest: Int64 = .max
        for run in job.open {
            guard let available = runs[Int(run)]?.waitsFrom() else { continue }
            waiting += 1
            earliest = min(earliest, available.microseconds)
        }
        if waiting > 0, !job.isPaused, job.open.count - waiting < shapes[job.shape].policies.maxInstances {
            roomy.set(number, to: earliest, &roomyPositions)
        } else {
            roomy.remove(number, &roomyPositions)
        }
    }

    /// Inserts or replaces a run of a job.
    mutating func write(_ run: Run, of job: UInt32) {
        if let number = openRun(run.id, of: job) { return rewrite(number, as: run, of: job) }
        let hash = run.id.tableHash
        if let number = runTable.find(hash: hash, where: { runs[Int($0)]?.run.id == run.id }) {
            rewrite(number, as: run, of: job)
        } else {
            let number = addRun(run, hash: hash, of: job)
            if run.isOpen {
                jobs[Int(job)]?.open.append(number)
            } else {
                addPast(number, of: job)
                noteEnd(number, of: job)
            }
            joinIndexes(number, run)
        }
    }

    mutating func addRun(_ run: Run, hash: Int, of job: UInt32) -> UInt32 {
        let number = unusedRuns.popLast() ?? UInt32(runs.count)
        let record = RunRecord(run, hash: hash, job: job)
        runTable.insert(number, hash: hash)
        if number < runs.count { runs[Int(number)] = record } else { runs.append(record) }
        return number
    }

    private mutating func rewrite(_ number: UInt32, as run: Run, of job: UInt32) {
        guard let past = runs[Int(number)]?.replace(run) else { return }
        if run.isCancelRequested, !past.isCancelRequested, case .running = run.state { hasNews = true }
        runs[Int(number)]?.job = job
        if !run.isOpen { return hasEnded(number, of: job, past) }
        leaveIndexes(number, past)
        joinIndexes(number, run)
    }

    /// Moves a run that was open to the ended runs of its job.
    mutating func hasEnded(_ number: UInt32, of job: UInt32, _ past: RunRecord.Past) {
        leaveIndexes(number, past)
        jobs[Int(job)]?.open.remove(number)
        addPast(number, of: job)
        let ended = noteEnd(number, of: job)
        if !noted.isEmpty { settleNotes(of: number) }
        if let ended { finished.insert(number, at: ended) }
    }

    /// Returns the number of an open run of a job. A job has few of them, so this is faster than a look-up by hash.
    private mutating func openRun(_ id: Run.ID, of job: UInt32) -> UInt32? {
        guard let open = jobs[Int(job)]?.openRuns(), open.count <= 8 else { return nil }
        for number in open where runs[Int(number)]?.isRun(id) == true { return number }
        return nil
    }

    private mutating func leaveIndexes(_ number: UInt32, _ past: RunRecord.Past) {
        switch past.state {
        case .waiting: break
        case .ready: leaveLane(number)
        case .running(let node): running.remove(number, of: node)
        case .finished: finished.remove(number, at: past.ended)
        }
    }

    mutating func joinIndexes(_ number: UInt32, _ run: Run) {
        switch run.state {
        case .waiting: break
        case .ready: reindexReady(number)
        case .running(let node): running.insert(number, of: node)
        case .finished: finished.insert(number, at: (run.finished ?? run.due).microseconds)
        }
    }

    /// Indexes a ready run, unless its job is paused.
    private mutating func reindexReady(_ number: UInt32) {
        guard let record = runs[Int(number)], record.run.state == .ready,
            let job = jobs[Int(record.job)]
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
}
