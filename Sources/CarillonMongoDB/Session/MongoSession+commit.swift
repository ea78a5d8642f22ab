#if MongoDB
internal import Carillon
internal import CarillonTriggers
internal import CarillonUnits

extension MongoSession {
    /// See `JobStore.insert`.
    func insert(_ jobs: [NewJob]) throws(CarillonError) -> [Job?] {
        for job in jobs { try job.definition.policies.validate() }
        guard !jobs.isEmpty else { return [] }
        let made = try made(jobs)
        let there = try add(made.compactMap(\.self).map { UnitDocument.new($0, open: []) })
        return made.map { job in job.flatMap { there.contains($0.generation) ? $0 : nil } }
    }

    /// Returns the jobs to add, each with its generation; `nil` for one whose id another one of the call has. Generations
    /// that nobody uses do no harm.
    private func made(_ jobs: [NewJob]) throws(CarillonError) -> [Job?] {
        let last = try raise("generations", by: jobs.count)
        var seen: Set<JobID> = []
        return jobs.enumerated().map { index, job in
            guard seen.insert(job.id).inserted else { return nil }
            return job.job(generation: last - Int64(jobs.count - 1 - index))
        }
    }

    /// Adds units.
    ///
    /// - Returns: The generations of those that are there now. Others have names that are taken.
    private func add(_ documents: [BSONDocument]) throws(CarillonError) -> Set<Int64> {
        let taken = try insert(.units, documents)
        return Set(
            documents.enumerated().compactMap { index, document in
                taken.contains(index) ? nil : document["_id"]?.integer
            })
    }

    /// See `JobStore.commit`.
    func commit(_ changes: [JobChange]) throws(CarillonError) -> [CommitStatus] {
        guard !changes.isEmpty else { return [] }
        let known = try units(changes.map(\.job.generation))
        return try write(changes, onto: Dictionary(known.map { ($0.generation, $0) }) { first, _ in first })
    }

    /// See `JobStore.pass`.
    func pass(
        _ query: JobQuery, adding new: [NewJob], plan: ([JobSnapshot]) -> [JobChange?]
    ) throws(CarillonError) -> PassResult {
        for job in new { try job.definition.policies.validate() }
        let found = try found(query)
        var made = new.isEmpty ? [] : try made(new)
        if !new.isEmpty {
            // So that no plan takes runs of a job that cannot be added; another node may still be first.
            let names = made.compactMap { $0?.id.description }
            let taken = Set(
                try find(.units, ["name": ["$in": .texts(names)]], fields: ["name": 1]).compactMap { $0["name"]?.text })
            made = made.map { job in job.flatMap { taken.contains($0.id.description) ? nil : $0 } }
        }
        var batch: [(snapshot: JobSnapshot, isNew: Bool)] = []
        for unit in found { if let snapshot = unit.snapshot { batch.append((snapshot, false)) } }
        for case let job? in made where job.isDue(at: query.now) { batch.append((JobSnapshot(job: job), true)) }
        batch.orderByPriority(\.snapshot.job.definition.policies.priority)
        let planned = plan(batch.map(\.snapshot))
        var changes: [JobChange] = []
        var changesOfNew: [Int64: JobChange] = [:]
        for (one, change) in zip(batch, planned) {
            guard let change else { continue }
            if one.isNew { changesOfNew[change.job.generation] = change } else { changes.append(change) }
        }
        let added = try add(made, changesOfNew)
        let statuses = try write(changes, onto: Dictionary(found.map { ($0.generation, $0) }) { first, _ in first })
        var rest = statuses[...]
        let all = zip(batch, planned).map { one, change -> CommitStatus? in
            guard change != nil else { return nil }
            guard one.isNew else { return rest.popFirst() }
            return added.contains(one.snapshot.job.generation) ? .accepted : .gone
        }
        return PassResult(
            statuses: all, earliest: try earliest(of: query.tasks),
            added: made.map { job in job.flatMap { added.contains($0.generation) ? $0 : nil } })
    }

    /// Adds jobs as they were planned.
    private func add(_ jobs: [Job?], _ changes: [Int64: JobChange]) throws(CarillonError) -> Set<Int64> {
        var documents: [BSONDocument] = []
        var settling: [Int64] = []
        for case let job? in jobs {
            guard let change = changes[job.generation] else {
                documents.append(UnitDocument.new(job, open: []))
                continue
            }
            var planned = change.job
            planned.stateVersion &+= 1
            var document: BSONDocument =
                change.removesJob
                ? ["_id": .integer(job.generation), "id": .text(job.id.description), "over": true]
                : UnitDocument.new(planned, open: change.runs.filter(\.isOpen))
            let leaving = Leaving(
                change.runs, of: change.job, reasons: ReasonChanges(change, there: [:]).written,
                version: planned.stateVersion)
            if !leaving.isEmpty {
                document.append("outbox", .array([.document(leaving.entry(Self.token()))]))
                settling.append(job.generation)
            } else if change.removesJob {
                continue
            }
            documents.append(document)
        }
        let added = try add(documents)
        try settle(settling.filter(added.contains))
        // Of a job that is over at once, and leaves nothing, nothing is written.
        let written = Set(documents.compactMap { $0["_id"]?.integer })
        return added.union(changes.filter { $1.removesJob && !written.contains($0) }.keys)
    }

    /// What distinguishes a change from all others.
    static func token() -> String {
        String(UInt64.random(in: 0 ... .max), radix: 36) + String(UInt64.random(in: 0 ... .max), radix: 36)
    }

    // MARK: Changes

    /// Writes changes of units, one after the other: each is one `findAndModify` under the state that was read.
    private func write(
        _ changes: [JobChange], onto known: [Int64: FoundUnit]
    ) throws(CarillonError) -> [CommitStatus] {
        var statuses = Array(repeating: CommitStatus.changed, count: changes.count)
        guard !changes.isEmpty else { return [] }
        let ended = try ended(among: changes, known)
        let there = try reasons(that: changes)
        // What they take from now on raises the versions of the units.
        let returned = try changes.returnedNodes { () throws(CarillonError) in try nodesAtAGlance().nodes }
        var seen: Set<Int64> = []
        var refused: [(place: Int, generation: Int64)] = []
        var settling: [Int64] = []
        for (place, change) in changes.enumerated() {
            let generation = change.job.generation
            guard let found = known[generation] else {
                statuses[place] = .gone
                continue
            }
            // A second change of a job is too late: its version has risen.
            guard let snapshot = found.snapshot, snapshot.job.stateVersion == change.job.stateVersion,
                snapshot.job.id == change.job.id, !seen.contains(generation),
                !change.silentNodes.keys.contains(where: returned.contains)
            else { continue }
            let open = Set(snapshot.open.map(\.id))
            let isLate = change.runs.contains { run in
                guard !open.contains(run.id) else { return false }
                let name = RunName.text(run.id)
                return ended.contains(name) || found.leaving.contains(name)
            }
            guard !isLate else { continue }
            seen.insert(generation)
            let write = UnitWrite(change, onto: found, reasons: ReasonChanges(change, there: there).written)
            let token = Self.token()
            if try self.change(write, of: found, token: token) {
                statuses[place] = .accepted
                if write.leaves { settling.append(generation) }
            } else {
                refused.append((place, generation))
            }
        }
        let left = Set(try units(refused.map(\.generation)).map(\.generation))
        for (place, generation) in refused where !left.contains(generation) { statuses[place] = .gone }
        try settle(settling)
        return statuses
    }

    /// Writes one change of a unit if its state is still the one that was found.
    func change(_ write: UnitWrite, of found: FoundUnit, token: String) throws(CarillonError) -> Bool {
        if write.isDeletion {
            return try delete(.units, [write.filter(found)]) == 1
        }
        return try change(
            .units, write.filter(found), .document(write.update(token)), key: .integer(found.generation), token: token)
    }

    /// Returns which of the runs that changes bring have ended before. It is read after the units, because runs move from
    /// them to the history.
    private func ended(
        among changes: [JobChange], _ known: [Int64: FoundUnit]
    ) throws(CarillonError) -> Set<String> {
        var names: Set<String> = []
        for change in changes {
            let open = Set(known[change.job.generation]?.snapshot?.open.map(\.id) ?? [])
            for run in change.runs where !open.contains(run.id) { names.insert(RunName.text(run.id)) }
        }
        var ended: Set<String> = []
        for some in Array(names).batches(of: 1000) {
            for document in try find(.past, ["_id": ["$in": .texts(some)]], fields: ["_id": 1]) {
                if let name = document["_id"]?.text { ended.insert(name) }
            }
        }
        return ended
    }

    /// Reads the ranges of reasons that changes continue or withdraw, by their keys.
    func reasons(that changes: [JobChange]) throws(CarillonError) -> [String: ReasonRange] {
        let affected = changes.filter { change in
            !change.withdrawn.isEmpty || change.reasons.contains { $0.follows != nil }
        }
        guard !affected.isEmpty else { return [:] }
        // What a process has left on its way before it died belongs to what is there.
        try settle(affected.map(\.job.generation))
        var there: [String: ReasonRange] = [:]
        for change in affected {
            let ends = change.withdrawn.map(\.last) + change.reasons.compactMap(\.follows)
            let found = try find(
                .reasons,
                [
                    "job": .text(change.job.id.description), "last": ["$in": .integers(Set(ends.map(\.microseconds)))],
                    "gone": ["$ne": true],
                ])
            for document in found {
                if let key = document["_id"]?.text, let range = ReasonDocument.range(document) { there[key] = range }
            }
        }
        return there
    }
}
#endif
