#if Redis
internal import Carillon
internal import CarillonTriggers

/// A job that a call adds, and its change if it was planned at once.
struct Addition {
    let job: Job
    var change: JobChange?
}

extension RedisSession {
    /// How many changes one script writes.
    static var changesPerStep: Int { 500 }
    /// How many bytes one script gets, unless one change alone has more.
    private static var bytesPerStep: Int { 8_000_000 }

    /// See `JobStore.insert`.
    func insert(_ jobs: [NewJob]) throws(CarillonError) -> [Job?] {
        for job in jobs { try job.definition.policies.validate() }
        guard !jobs.isEmpty else { return [] }
        let last = try write(raise(by: jobs.count)).integer ?? 0
        let made = Self.made(jobs, upTo: last)
        let additions = made.map { $0.map { Addition(job: $0) } }
        return try write([], onto: [:], adding: additions.compactMap(\.self), unmarking: [], tasks: []).added(of: made)
    }

    /// The command that gives numbers to jobs. Numbers that nobody uses do no harm.
    private func raise(by count: Int) -> RedisArguments {
        RedisArguments(["INCRBY", key("generations"), String(count)])
    }

    /// The command that asks which ids are taken.
    private func names(of jobs: [NewJob]) -> RedisArguments {
        RedisArguments(["HMGET", key("names")] + jobs.map(\.id.description))
    }

    /// Returns the jobs to add, each with its generation; `nil` for one whose id is taken, or another one of the call has.
    private static func made(_ jobs: [NewJob], upTo last: Int64, taken: [Bool] = []) -> [Job?] {
        var ids: Set<JobID> = []
        var generation = last - Int64(jobs.count)
        return jobs.enumerated().map { index, job in
            generation += 1
            if index < taken.count, taken[index] { return nil }
            return ids.insert(job.id).inserted ? job.job(generation: generation) : nil
        }
    }

    /// See `JobStore.commit`.
    func commit(_ changes: [JobChange]) throws(CarillonError) -> [CommitStatus] {
        guard !changes.isEmpty else { return [] }
        var ids: [Int64: String] = [:]
        for change in changes where ids[change.job.generation] == nil {
            ids[change.job.generation] = change.job.id.description
        }
        let units = try units(ids.map { ($0.key, $0.value) })
        let known = Dictionary(units.map { ($0.generation, $0) }) { first, _ in first }
        return try write(changes, onto: known, adding: [], unmarking: [], tasks: []).statuses
    }

    /// See `JobStore.pass`.
    func pass(
        _ query: JobQuery, adding new: [NewJob], plan: ([JobSnapshot]) -> [JobChange?]
    ) throws(CarillonError) -> PassResult {
        for job in new { try job.definition.policies.validate() }
        let isMarking = query.dueLimit > 0 || query.readyLimit > 0 || !new.isEmpty
        let found = try found(
            query, isMarking: isMarking, after: new.isEmpty ? [] : [raise(by: new.count), names(of: new)])
        let made = Self.made(
            new, upTo: found.before.first?.integer ?? 0, taken: found.before.last?.elements.map(\.isThere) ?? [])
        var additions: [Addition] = []
        var batch: [(snapshot: JobSnapshot, addition: Int?)] = []
        for unit in found.units { if let snapshot = unit.snapshot { batch.append((snapshot, nil)) } }
        for case let job? in made {
            if job.isDue(at: query.now) {
                batch.append((JobSnapshot(job: job, fenceFloor: epoch), additions.count))
            }
            additions.append(Addition(job: job))
        }
        batch.orderByPriority(\.snapshot.job.definition.policies.priority)
        let planned = plan(batch.map(\.snapshot))
        var changes: [JobChange] = []
        for (one, change) in zip(batch, planned) {
            guard let change else { continue }
            if let addition = one.addition { additions[addition].change = change } else { changes.append(change) }
        }
        let marks = isMarking ? found.units.map(\.generation) + Array(found.unreadable) : []
        guard !changes.isEmpty || !additions.isEmpty else {
            if !marks.isEmpty {
                _ = try write(RedisArguments(["ZREM", key("marks")] + marks.map { String($0) }))
            }
            return PassResult(planned, committed: [], earliest: found.times, added: made)
        }
        let known = Dictionary(found.units.map { ($0.generation, $0) }) { first, _ in first }
        let written = try write(changes, onto: known, adding: additions, unmarking: marks, tasks: query.tasks)
        let added = written.added(of: made)
        var rest = written.statuses[...]
        let areThere = Set(added.compactMap { $0?.generation })
        let statuses = zip(batch, planned).map { one, change -> CommitStatus? in
            guard change != nil else { return nil }
            guard one.addition != nil else { return rest.popFirst() }
            return areThere.contains(one.snapshot.job.generation) ? .accepted : .gone
        }
        return PassResult(statuses: statuses, earliest: written.times, added: added)
    }

    /// What was written.
    struct Written {
        var statuses: [CommitStatus] = []
        /// The generations of the jobs that were added.
        var added: Set<Int64> = []
        var times = EarliestTimes()

        /// Returns which of some jobs were added.
        func added(of jobs: [Job?]) -> [Job?] {
            jobs.map { job in job.flatMap { added.contains($0.generation) ? $0 : nil } }
        }
    }

    /// Writes changes of units and new jobs, in as many steps as it takes.
    private func write(
        _ changes: [JobChange], onto known: [Int64: StoredUnit], adding additions: [Addition], unmarking marks: [Int64],
        tasks: Set<TaskName>?
    ) throws(CarillonError) -> Written {
        var written = Written(statuses: Array(repeating: .changed, count: changes.count))
        var edits = try reasonEdits(changes + additions.compactMap(\.change))
        var message = CommitMessage()
        // For each change in the message, what it is: one of `changes`, or the generation of a job that is added.
        var places: [(change: Int?, generation: Int64)] = []
        var seen: Set<Int64> = []
        func send(_ unmarked: [Int64]) throws(CarillonError) {
            let arguments = message.arguments(unmarking: unmarked) { append(tasks, to: &$0) }
            let parts = try write(CommitScript.script, arguments).answer.elements
            guard parts.count == 3, let digits = parts[0].text?.utf8, digits.count == places.count else {
                throw CarillonError(.storeFailed, "\(place) answered a commit with something else")
            }
            for (digit, place) in zip(digits, places) {
                let isWritten = digit == UInt8(ascii: "0")
                if let change = place.change {
                    written.statuses[change] = isWritten ? .accepted : digit == UInt8(ascii: "2") ? .gone : .changed
                } else if isWritten {
                    written.added.insert(place.generation)
                }
            }
            written.times = times(parts[1], parts[2])
            message = CommitMessage()
            places = []
        }
        for addition in additions {
            add(addition, to: &message, &edits)
            places.append((nil, addition.job.generation))
            if isFull(message) { try send([]) }
        }
        for (index, change) in changes.enumerated() {
            guard let unit = known[change.job.generation] else {
                written.statuses[index] = .gone
                continue
            }
            // A second change of a job is too late: its version has risen.
            guard let snapshot = unit.snapshot, snapshot.job.stateVersion == change.job.stateVersion,
                snapshot.job.id == change.job.id, seen.insert(unit.generation).inserted
            else { continue }
            let checks = message.write(change, onto: snapshot, keepsUnit: unit.hasUnreadableRuns)
            write(edits.edits(change), to: &message)
            message.close(
                "u", String(unit.generation), was: unit.state, job: change.job.id.description, checks: checks)
            places.append((index, unit.generation))
            if isFull(message) { try send([]) }
        }
        if !places.isEmpty || !marks.isEmpty { try send(marks) }
        return written
    }

    private func isFull(_ message: CommitMessage) -> Bool {
        message.count >= Self.changesPerStep || message.weight > Self.bytesPerStep
    }

    private func add(_ addition: Addition, to message: inout CommitMessage, _ edits: inout ReasonEdits) {
        var job = addition.job
        var open: [Run] = []
        if let change = addition.change {
            job = change.job
            job.stateVersion &+= 1
            open = change.runs.filter(\.isOpen)
            for run in change.runs where !run.isOpen {
                message.end(run, task: job.definition.task, key: RunKey(run.id), generation: job.generation)
            }
            write(edits.edits(change), to: &message)
        }
        if addition.change?.removesJob != true { message.insert(job, open: open) }
        // Nothing more has to be done for it but to run what was taken.
        let isOver = job.next == nil && open.allSatisfy { $0.node != nil }
        if !isOver { message.tell() }
        message.close(
            "n", job.id.description, was: Array(String(job.generation).utf8), job: job.id.description,
            checks: addition.change?.runs.map { RunKey($0.id) } ?? [])
    }

    // MARK: Reasons

    /// Reads what is there of the reasons that changes have.
    func reasonEdits(_ changes: [JobChange]) throws(CarillonError) -> ReasonEdits {
        var edits = ReasonEdits()
        let wanted = ReasonEdits.wanted(changes)
        guard !wanted.isEmpty else { return edits }
        let commands = wanted.map { job, keys in
            var command = RedisArguments(["HMGET", key("why:\(job)")])
            for key in keys { command.append(key.field) }
            return command
        }
        for ((job, keys), reply) in zip(wanted, try read(commands)) {
            for (key, value) in zip(keys, reply.elements) {
                if let bytes = value.bytes { edits.take(job, key, bytes) }
            }
        }
        return edits
    }

    /// Writes the fields of reasons.
    func write(
        _ edits: [(job: JobID, key: StoredReason.Key, ranges: [ReasonRange])], to message: inout CommitMessage
    ) {
        for (job, key, ranges) in edits {
            if ranges.isEmpty {
                message.unset(key.field, in: "why:\(job)")
            } else {
                message.set(key.field, StoredReason.value(ranges), in: "why:\(job)")
                message.add(Array(job.description.utf8), toOrdered: "histories")
            }
        }
    }
}
#endif
