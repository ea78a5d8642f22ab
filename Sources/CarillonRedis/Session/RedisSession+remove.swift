#if Redis
internal import Carillon
internal import CarillonTriggers

extension RedisSession {
    /// The number of times that a removal is tried again because others have changed the job meanwhile.
    private static var removalRounds: Int { 100 }

    /// See `JobStore.remove`. A job that cannot be read is removed like any other, because it was named; those of its runs
    /// that cannot be read stay.
    func remove(_ ids: [JobID], at now: Instant) throws(CarillonError) -> [Bool] {
        var removed: Set<JobID> = []
        for some in Array(Set(ids)).batches(of: Self.changesPerStep) {
            var left = Set(some)
            for _ in 0..<Self.removalRounds where !left.isEmpty {
                let generations = try generations(left.map(\.description))
                let found = try units(generations.map { ($0.value, $0.key) })
                left = []
                guard !found.isEmpty else { break }
                for (unit, status) in try remove(found, at: now) {
                    guard let id = try? JobID(exactly: unit.id) else { continue }
                    switch status {
                    case .accepted: removed.insert(id)
                    case .changed: left.insert(id)
                    case .gone: break
                    }
                }
            }
            guard left.isEmpty else {
                throw CarillonError(
                    .storeFailed,
                    "\(place): \(left.count) jobs are changed all the time and were not removed; try again")
            }
        }
        // An id that is named twice is removed once.
        return ids.map { removed.remove($0) != nil }
    }

    private func remove(
        _ units: [StoredUnit], at now: Instant
    ) throws(CarillonError) -> [(unit: StoredUnit, status: CommitStatus)] {
        var reasons: [Int64: JobChange] = [:]
        for unit in units {
            guard let snapshot = unit.snapshot, let reason = snapshot.removedReason(at: now) else { continue }
            reasons[unit.generation] = JobChange(job: snapshot.job, reasons: [reason])
        }
        var edits = try reasonEdits(Array(reasons.values))
        var indexes: JobIndexes?
        var message = CommitMessage()
        for unit in units {
            if let snapshot = unit.snapshot {
                message.remove(snapshot, keepsUnit: unit.hasUnreadableRuns, at: now)
                if let change = reasons[unit.generation] { write(edits.edits(change), to: &message) }
            } else {
                let known = if let indexes { indexes } else { try jobIndexes() }
                indexes = known
                message.remove(unreadable: unit, from: known, at: now)
            }
            message.close("u", String(unit.generation), was: unit.state, job: unit.id)
        }
        let arguments = message.arguments(unmarking: units.map(\.generation)) { append([], to: &$0) }
        let digits = try write(CommitScript.script, arguments).answer.elements.first?.text?.utf8.map { $0 } ?? []
        guard digits.count == units.count else {
            throw CarillonError(.storeFailed, "\(place) answered a removal with something else")
        }
        return zip(units, digits).map { unit, digit in
            (unit, digit == UInt8(ascii: "0") ? .accepted : digit == UInt8(ascii: "2") ? .gone : .changed)
        }
    }

    /// The names of all indexes that a job may be in.
    struct JobIndexes {
        /// Those of jobs, by id and generation.
        let ofJobs: [String]
        /// Those of jobs, by id.
        let ofIDs: [String]
        /// Those of ready runs.
        let lanes: [String]
    }

    private func jobIndexes() throws(CarillonError) -> JobIndexes {
        let replies = try read([
            RedisArguments(["SMEMBERS", key("tasks")]), RedisArguments(["SMEMBERS", key("tags")]),
            RedisArguments(["SMEMBERS", key("origins")]), RedisArguments(["ZRANGE", key("lanes"), "0", "-1"]),
        ]).map { $0.elements.compactMap(\.text) }
        return JobIndexes(
            ofJobs: replies[0].map { "due:\($0)" } + ["waiting"],
            ofIDs: replies[1].map { "tag:\($0)" } + replies[2].map { "origin:\($0)" },
            lanes: replies[3].map { "ready:\($0)" })
    }
}

extension CommitMessage {
    /// Removes a job: its id is free, and its runs that nobody has taken end.
    fileprivate mutating func remove(_ snapshot: JobSnapshot, keepsUnit: Bool, at now: Instant) {
        let job = snapshot.job
        let unit = newNumber("unit:\(job.generation)", .unchecked)
        leave(job, snapshot.open)
        var left = 0
        for run in snapshot.open {
            guard let ended = run.removed(at: now) else {
                left += 1
                continue
            }
            let key = RunKey(run.id)
            reindex(run, ended, of: job, from: job, key: key)
            unset(Self.field(key), in: unit)
            end(ended, task: job.knownTask, key: key, generation: job.generation)
        }
        guard left > 0 || keepsUnit else { return discard(unit) }
        var rest = job
        rest.state = .ended
        rest.next = nil
        setState(rest, isRemoved: true, in: unit)
        add(IndexEntries.member(job.id.description, job.generation), toOrdered: "removed")
    }

    /// Removes a job that cannot be read from every index, not only from those that its own fields name.
    fileprivate mutating func remove(
        unreadable stored: StoredUnit, from indexes: RedisSession.JobIndexes, at now: Instant
    ) {
        let unit = newNumber("unit:\(stored.generation)", .unchecked)
        let (id, member) = (Array(stored.id.utf8), IndexEntries.member(stored.id, stored.generation))
        unset(id, in: "names")
        remove(id, fromSorted: "ids")
        remove(member, fromSorted: "still")
        for index in indexes.ofJobs { remove(member, fromSorted: index, isWatched: true) }
        for index in indexes.ofIDs { remove(id, fromSorted: index) }
        for (key, _) in stored.runs {
            for lane in indexes.lanes { remove(key + id, fromSorted: lane, isWatched: true) }
        }
        var left = stored.runs.count
        for run in stored.readableRuns {
            guard let ended = run.removed(at: now) else { continue }
            left -= 1
            let key = RunKey(run.id)
            remove(key.bytes + id, fromSorted: "open")
            unset(Self.field(key), in: unit)
            end(ended, task: nil, key: key, generation: stored.generation)
        }
        guard left > 0, let name = try? JobID(exactly: stored.id) else { return discard(unit) }
        let job = Job(removed: name, generation: stored.generation, at: now)
        set(StoredJob.stateField, StoredJob.state(job, isRemoved: true), in: unit)
        set(StoredJob.definitionField, StoredJob.definition(job), in: unit)
        add(member, toOrdered: "removed")
    }
}
#endif
