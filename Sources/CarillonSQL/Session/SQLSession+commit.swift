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
            // This waits for a session that is adding the same id, and a session that waits must not hold locks of jobs.
            let addsFirst = connection.dialect.rowLocks != nil
            var added = addsFirst ? try add(new) : []
            var found = try found(
                query, isChanging: true, survey: survey, leavingOut: added.compactMap { $0?.generation })
            // Otherwise after the search, which then need not leave out jobs that are already known.
            if !addsFirst { added = try add(new) }
            for case let job? in added where job.isDue(at: query.now) {
                found.append(FoundJob(snapshot: JobSnapshot(job: job), waitingSince: nil))
            }
            found.orderByPriority(\.snapshot.job.definition.policies.priority)
            let planned = plan(found.map(\.snapshot))
            let changes = planned.compactMap(\.self)
            // With locks of rows, notes may have been written between the survey and the lock.
            let hasNotes = connection.dialect.rowLocks == nil ? survey.hasNotes : nil
            let written = try write(changes, onto: found, failed: [], hasNotes: hasNotes)
            let areOver = areOver(added, after: changes, written.statuses)
            if !areOver { hasNews = true }
            // The times of the survey still hold if the only changes are of jobs that were added and are done.
            let isAsBefore = areOver && (!written.movesTimes || changes.count == added.count { $0 != nil })
            let times = isAsBefore ? survey.times : try times(of: query.tasks)
            return PassResult(
                planned, committed: written.statuses, earliest: try settled(times.earliest, query.tasks), added: added)
        }
        // Their runs end soon. Only after the commit: a rollback leaves the generations to other jobs.
        for case let job? in result.added where job.isDue(at: query.now) {
            definitions.insert(
                DefinitionCache.Entry(id: job.id, added: job.added, definition: job.definition),
                for: DefinitionCache.Key(generation: job.generation, definitionVersion: job.definitionVersion))
        }
        return result
    }

    /// Whether nothing more has to be done for the jobs that a pass has added, except for running runs.
    private func areOver(_ added: [Job?], after changes: [JobChange], _ statuses: [CommitStatus]) -> Bool {
        var rest = Set(added.compactMap { $0?.generation })
        if rest.isEmpty { return true }
        for (change, status) in zip(changes, statuses) where status == .accepted && change.job.next == nil {
            if change.runs.allSatisfy({ !$0.isOpen || $0.node != nil }) { rest.remove(change.job.generation) }
        }
        return rest.isEmpty
    }

    /// Writes changes of jobs that were read in the same transaction.
    ///
    /// - Parameters:
    ///   - failed: Existing jobs that cannot be read; their changes are answered `changed`.
    ///   - hasNotes: Whether any run has notes, if known.
    /// - Returns: What was done with each, and whether the earliest times may have changed.
    private func write(
        _ changes: [JobChange],
        onto found: [FoundJob],
        failed: Set<Int64>,
        hasNotes: Bool?
    ) throws(CarillonError) -> (statuses: [CommitStatus], movesTimes: Bool) {
        let returned = try changes.returnedNodes { () throws(CarillonError) in try nodes() }
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
                // A second change of a job is too late: its version has risen.
                guard found[position].snapshot.job.stateVersion == change.job.stateVersion,
                    change.silentNodes.keys.allSatisfy({ !returned.contains($0) }),
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
                // Their run has already ended, and its outcome stays. Everything else is written without these changes.
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

    /// Returns the keys of runs in a batch that ended runs have.
    private func endedRuns(among batch: ChangeBatch) throws(CarillonError) -> Set<[SQLValue]> {
        var ended: Set<[SQLValue]> = []
        if !batch.renewed.isEmpty {
            try connection.query(statements.openRunsThatEnded, [.integers(batch.renewed)]) {
                (row) throws(CarillonError) in
                ended.insert((0..<RunRow.key.count).map { SQLValue(try? row.integer($0)) })
            }
            // The query also covers the other open runs of these jobs, which are not written.
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

    private func write(_ batch: ChangeBatch, hasNotes: Bool?) throws(CarillonError) {
        // Their versions were compared in this transaction, which excludes other writers.
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
        if batch.endedRuns.count > 0 {
            let hasNotes = if let hasNotes { hasNotes } else { try self.hasNotes() }
            if hasNotes { try settleNotes(of: batch.endedRuns) }
        }
        try withdraw(batch.withdrawn)
        try write(batch.reasons)
        try rewriteTags(of: batch.tagged)
        try removeTags(of: batch.untagged)
        if !batch.removed.isEmpty { try discardJobs(batch.removed) }
    }

    /// Replaces the rows of jobs in the table of tags.
    private func rewriteTags(of jobs: [Job]) throws(CarillonError) {
        try removeTags(of: jobs.map(\.generation))
        try writeTags(of: jobs)
    }

    /// Removes the rows of jobs from the table of tags.
    func removeTags(of generations: [Int64]) throws(CarillonError) {
        guard !generations.isEmpty else { return }
        try connection.execute(
            connection.dialect.deletion(from: "carillon_job_tags", by: "generation"),
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

    /// The insertion of a tag. Tags that are equal to Swift and differ only in their bytes are one row.
    private static var tagInsertion: SQLWrite {
        SQLWrite(
            .offer, "carillon_job_tags", columns: ["tag", "id", "generation"], key: ["tag", "id"])
    }
}
