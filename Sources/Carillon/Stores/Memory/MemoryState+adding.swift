import CarillonTriggers

extension MemoryState {
    /// Adds a job, and returns it; `nil` if its id is taken.
    mutating func insert(_ new: NewJob) -> Job? {
        let hash = new.id.tableHash
        guard jobTable.find(hash: hash, where: { jobs[Int($0)]?.id == new.id }) == nil else { return nil }
        lastGeneration += 1
        let job = new.job(generation: lastGeneration)
        // Many jobs share the trigger as given; its phase follows from the time of adding.
        add(record(of: job, trigger: new.definition.trigger), hash: hash)
        return job
    }

    /// Adds jobs in a pass.
    ///
    /// - Returns: The jobs, and the numbers of those that are due. Whether other nodes are notified of these is decided
    ///   after the pass: a job that has fired and ended in it does not concern them.
    mutating func insert(_ new: [NewJob], dueAt now: Instant) -> (jobs: [Job?], due: [UInt32]) {
        guard !new.isEmpty else { return ([], []) }
        var isNews = hasNews
        var due: [UInt32] = []
        let jobs = new.map { new in
            let job = insert(new)
            if let job, job.isDue(at: now), let number = number(of: job.id) {
                due.append(number)
            } else if job != nil {
                isNews = true
            }
            return job
        }
        hasNews = isNews
        return (jobs, due)
    }

    /// Whether a job is in the index of due times.
    func isInDueIndex(_ number: UInt32) -> Bool { jobs[Int(number)]?.indexedDue != nil }

    /// Returns the record of a job, which shares the parts that many jobs have in common.
    mutating func record(of job: Job, trigger: Trigger) -> JobRecord {
        JobRecord(
            id: job.id,
            generation: job.generation,
            added: job.added,
            shape: shareShape(of: job.definition),
            trigger: shareTrigger(trigger),
            arguments: job.definition.arguments,
            state: job.state,
            scheduled: job.next?.scheduled,
            due: job.next?.due ?? .latest,
            definitionVersion: job.definitionVersion,
            stateVersion: job.stateVersion
        )
    }

    /// Adds a job and its index entries, and returns its number.
    @discardableResult
    mutating func add(_ new: JobRecord, hash: Int) -> UInt32 {
        var record = new
        if let past = pastsOfRemoved.take(record.id) {
            record.past = past
            outlook.expectRemovals()
        } else if !reasons.isEmpty, reasons[record.id] != nil {
            outlook.expectRemovals()
        }
        let number = place(record)
        jobTable.insert(number, hash: hash)
        jobCount += 1
        order.add(number)
        if let key = record.indexedDue { due[shapes[record.shape].taskNumber].set(number, to: key, &duePositions) }
        hasNews = true
        return number
    }

    /// Stores a record and returns its number, without adding it to an index.
    mutating func place(_ record: JobRecord) -> UInt32 {
        let number = unusedJobs.popLast() ?? UInt32(jobs.count)
        if number < jobs.count { jobs[Int(number)] = record } else { jobs.append(record) }
        return number
    }

    /// Returns the number of the shape of a definition.
    mutating func shareShape(of definition: JobDefinition) -> UInt32 {
        let recent = shapes.shareRecent { shape in
            shape.task == definition.task && shape.policies == definition.policies && shape.tags == definition.tags
                && shape.executor == definition.executor && shape.origin == definition.origin
                && shape.name == definition.name && shape.trace == definition.trace
        }
        if let recent { return recent }
        return shapes.share(JobShape(of: definition, taskNumber: number(of: definition.task)))
    }

    /// Returns the number of a trigger.
    mutating func shareTrigger(_ trigger: Trigger) -> UInt32 {
        triggers.shareRecent { $0 == trigger } ?? triggers.share(trigger)
    }

    /// Removes a job.
    ///
    /// - Returns: `false` if there is no such job.
    mutating func remove(_ id: JobID, at now: Instant) -> Bool {
        guard let number = number(of: id) else { return false }
        let snapshot = self.snapshot(number)
        if let reason = snapshot?.removedReason(at: now) { self.record([reason]) }
        for run in snapshot?.removedRuns(at: now) ?? [] { write(run, of: number) }
        outlook.expectRemovals()
        takeOut(number)
        trimHistory()
        return true
    }

    /// Frees a job's id, and discards the job once none of its runs is open.
    private mutating func takeOut(_ number: UInt32) {
        order.remove(number, jobs)
        guard let left = jobs[Int(number)]?.remove() else { return }
        pastsOfRemoved.keep(left.past, of: left.id)
        due[shapes[left.shape].taskNumber].remove(number, &duePositions)
        roomy.remove(number, &roomyPositions)
        jobTable.remove(number, hash: left.id.tableHash)
        jobCount -= 1
        if left.isDone {
            discard(number, left)
        } else {
            removedUnits[UnitKey(left.id, generation: left.generation)] = number
        }
    }

    /// Removes a job that has ended; see `JobChange.removesJob`.
    mutating func removeOver(_ number: UInt32) {
        guard jobs[Int(number)]?.isRemoved == false else { return }
        takeOut(number)
    }

    /// Whether a job has ended and is removed with its last run; see `Job.isOver`.
    mutating func isOver(_ number: UInt32) -> Bool {
        guard let shape = jobs[Int(number)]?.endedShape() else { return false }
        return shapes[shape].policies.whenEnded == .remove && shapes[shape].origin == nil
    }

    /// Discards a removed job that has no open runs left.
    mutating func discard(_ number: UInt32) {
        guard let left = jobs[Int(number)]?.parts() else { return }
        if !removedUnits.isEmpty { removedUnits[UnitKey(left.id, generation: left.generation)] = nil }
        discard(number, left)
    }

    private mutating func discard(_ number: UInt32, _ left: JobRecord.Parts) {
        shapes.release(left.shape)
        triggers.release(left.trigger)
        recentDefinition.forget()
        jobs[Int(number)] = nil
        unusedJobs.append(number)
    }
}
