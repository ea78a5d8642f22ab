package import Carillon

extension SQLSession {
    /// See `JobStore.commit`.
    package func commit(_ changes: [JobChange]) throws(CarillonError) -> [CommitStatus] {
        guard !changes.isEmpty else { return [] }
        return try writing { () throws(CarillonError) in
            var failed: Set<Int64> = []
            let generations = Array(Set(changes.map(\.job.generation)))
            try lock(generations)
            let found = try load(generations, failed: &failed)
            return try write(changes, onto: found, failed: failed, hasNotes: try hasNotes()).statuses
        }
    }

    /// See `JobStore.pass`.
    package func pass(
        _ query: JobQuery,
        adding new: [NewJob] = [],
        plan: ([JobSnapshot]) -> [JobChange?]
    ) throws(CarillonError) -> PassResult {
        for job in new { try job.definition.policies.validate() }
        let result = try surveying(query.tasks) { (survey) throws(CarillonError) in
            var found = try found(query, isChanging: true, survey: survey)
            // Behind the search, which need not find and read what is known already.
            let added = try add(new)
            for case let job? in added where job.isDue(at: query.now) {
                found.append(FoundJob(snapshot: JobSnapshot(job: job), waitingSince: nil))
            }
            found.orderByPriority(\.snapshot.job.definition.policies.priority)
            let planned = plan(found.map(\.snapshot))
            let changes = planned.compactMap(\.self)
            let written = try write(changes, onto: found, failed: [], hasNotes: survey.hasNotes)
            let areOver = areOver(added, after: changes, written.statuses)
            if !areOver { hasNews = true }
            // What the survey has told is so still where nothing was changed but jobs that have come and are over.
            let isAsBefore = areOver && (!written.movesTimes || changes.count == added.count { $0 != nil })
            let times = isAsBefore ? survey.times : try times(of: query.tasks)
            return PassResult(
                planned, committed: written.statuses, earliest: try settled(times.earliest, query.tasks), added: added)
        }
        // Their runs end soon. Not before it is written: what is rolled back leaves its generations to others.
        for case let job? in result.added where job.isDue(at: query.now) {
            definitions.insert(
                DefinitionCache.Entry(id: job.id, added: job.added, definition: job.definition),
                for: DefinitionCache.Key(generation: job.generation, definitionVersion: job.definitionVersion))
        }
        return result
    }

    /// Whether there is nothing more to do of the jobs that a pass has added, but for runs that are running.
    private func areOver(_ added: [Job?], after changes: [JobChange], _ statuses: [CommitStatus]) -> Bool {
        var rest = Set(added.compactMap { $0?.generation })
        if rest.isEmpty { return true }
        for (change, status) in zip(changes, statuses) where status == .accepted && change.job.next == nil {
            if change.runs.allSatisfy({ !$0.isOpen || $0.node != nil }) { rest.remove(change.job.generation) }
        }
        return rest.isEmpty
    }

    /// Writes changes onto jobs that were read in the same transaction.
    ///
    /// - Parameters:
    ///   - failed: Jobs that are there and cannot be read; what is to be changed of them counts as changed.
    ///   - hasNotes: Whether any run has said something.
    /// - Returns: What was done with each, and whether there may be something to do at another time than before.
    private func write(
        _ changes: [JobChange],
        onto found: [FoundJob],
        failed: Set<Int64>,
        hasNotes: Bool
    ) throws(CarillonError) -> (statuses: [CommitStatus], movesTimes: Bool) {
        let positions = Dictionary(zip(found.map(\.snapshot.job.generation), found.indices)) { first, _ in first }
        var refused: Set<Int64> = []
        while true {
            var batch = ChangeBatch()
            var changed: Set<Int> = []
            var statuses: [CommitStatus] = []
            statuses.reserveCapacity(changes.count)
            for change in changes {
                let generation = change.job.generation
                guard let position = positions[generation] else {
                    statuses.append(failed.contains(generation) ? .changed : .gone)
                    continue
                }
                // A second change of a job comes too late: its version has risen.
                guard found[position].snapshot.job.stateVersion == change.job.stateVersion,
                    !refused.contains(generation), changed.insert(position).inserted
                else {
                    statuses.append(.changed)
                    continue
                }
                batch.add(change, onto: found[position])
                statuses.append(.accepted)
            }
            guard !changed.isEmpty else { return (statuses, false) }
            _ = try connection.write(ChangeBatch.newRun, batch.newRuns)
            let ended = try endedRuns(among: batch)
            guard ended.isEmpty else {
                // What they bring has its outcome already, and keeps it. Everything else is written without them.
                let accepted = zip(changes, statuses).filter { $0.1 == .accepted }.map(\.0)
                for change in accepted where change.runs.contains(where: { ended.contains(RunRow.keyValues($0.id)) }) {
                    refused.insert(change.job.generation)
                }
                try removeNewRuns(of: accepted, onto: found)
                continue
            }
            try write(batch, hasNotes: hasNotes)
            if batch.isNews { hasNews = true }
            return (statuses, batch.movesTimes)
        }
    }

    /// The keys of runs that a batch brings, and that ended runs have.
    private func endedRuns(among batch: ChangeBatch) throws(CarillonError) -> Set<[SQLValue]> {
        var ended: Set<[SQLValue]> = []
        if !batch.renewed.isEmpty {
            try connection.query(statements.openRunsThatEnded, [.integers(batch.renewed)]) {
                (row) throws(CarillonError) in
                ended.insert((0..<RunRow.key.count).map { SQLValue(try? row.integer($0)) })
            }
            // Of jobs that get new runs, others are looked at as well; those are not written anew.
            if !ended.isEmpty { ended.formIntersection(batch.newRuns.keys(RunRow.key.count)) }
        }
        for id in batch.endedAtOnce {
            if try hasEnded(id) { ended.insert(RunRow.keyValues(id)) }
        }
        return ended
    }

    private func removeNewRuns(of changes: [JobChange], onto found: [FoundJob]) throws(CarillonError) {
        let known = Set(found.flatMap { $0.snapshot.open.map(\.id) })
        var rows = SQLRows(width: ChangeBatch.endedRun.width)
        for run in changes.flatMap(\.runs) where run.isOpen && !known.contains(run.id) {
            RunRow.append(key: run.id, to: &rows)
        }
        _ = try connection.write(ChangeBatch.endedRun, rows)
    }

    private func write(_ batch: ChangeBatch, hasNotes: Bool) throws(CarillonError) {
        // Their versions were compared in this transaction, which nobody's writes come into.
        if !batch.touched.isEmpty { try connection.execute(statements.touch, [.integers(batch.touched)]) }
        for (write, rows) in batch.writes where rows.count > 0 {
            let written = try connection.write(write, rows)
            guard written.allSatisfy(\.self) || write.kind == .delete else {
                throw CarillonError(
                    .storeFailed,
                    "\(write.table) changed while it was locked; check that nothing but Carillon writes to it"
                )
            }
        }
        try write(batch.past)
        if hasNotes { try settleNotes(of: batch.endedRuns) }
        try withdraw(batch.withdrawn)
        try write(batch.reasons)
        try rewriteTags(of: batch.tagged)
        try removeTags(of: batch.untagged)
        if !batch.removed.isEmpty { try discardJobs(batch.removed) }
    }

    /// Makes the rows of jobs in the table of tags equal to their definitions.
    private func rewriteTags(of jobs: [Job]) throws(CarillonError) {
        try removeTags(of: jobs.map(\.generation))
        try writeTags(of: jobs)
    }

    /// Removes the rows of jobs from the table of tags.
    func removeTags(of generations: [Int64]) throws(CarillonError) {
        guard !generations.isEmpty else { return }
        try connection.execute(
            "DELETE FROM carillon_job_tags WHERE \(connection.dialect.isAmongIntegers("generation"))",
            [.integers(generations)])
    }

    /// Writes the tags of jobs that have none in the table.
    func writeTags(of jobs: [Job]) throws(CarillonError) {
        var rows = SQLRows(width: Self.tagInsertion.width)
        for job in jobs { Self.append(tagsOf: job, to: &rows) }
        if rows.count > 0 { _ = try connection.write(Self.tagInsertion, rows) }
    }

    /// Appends values for the rows of a job's tags.
    private static func append(tagsOf job: Job, to rows: inout SQLRows) {
        for tag in Set(job.definition.tags) {
            rows.append(tag)
            rows.append(job.id.description)
            rows.append(job.generation)
        }
    }

    /// A tag that differs from another one only in its bytes is the same to Swift, and the same row here.
    private static var tagInsertion: SQLWrite {
        SQLWrite(
            .offer, "carillon_job_tags", columns: ["tag", "id", "generation"], key: ["tag", "id"])
    }
}
