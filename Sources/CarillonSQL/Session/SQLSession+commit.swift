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
        plan: ([JobSnapshot]) -> [JobChange?]
    ) throws(CarillonError) -> PassResult {
        try surveying(query.tasks) { (survey) throws(CarillonError) in
            var found = try found(query, isChanging: true, survey: survey)
            found.orderByPriority(\.snapshot.job.definition.policies.priority)
            let planned = plan(found.map(\.snapshot))
            let changes = planned.compactMap(\.self)
            let written = try write(changes, onto: found, failed: [], hasNotes: survey.hasNotes)
            let times = written.movesTimes ? try times(of: query.tasks) : survey.times
            return PassResult(
                planned, committed: written.statuses, earliest: try settled(times.earliest, query.tasks))
        }
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
            if batch.isNews { try announce() }
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
        for job in batch.tagged { try writeTags(of: job) }
        if !batch.removed.isEmpty { try discardJobs(batch.removed) }
    }

    /// Makes a job's rows in the table of tags equal to its definition.
    func writeTags(of job: Job) throws(CarillonError) {
        try connection.execute("DELETE FROM carillon_job_tags WHERE generation = ?", [.integer(job.generation)])
        var rows = SQLRows(width: 3)
        for tag in Set(job.definition.tags) {
            rows.append(tag)
            rows.append(job.id.description)
            rows.append(job.generation)
        }
        if rows.count > 0 { _ = try connection.write(Self.tagInsertion, rows) }
    }

    /// A tag that differs from another one only in its bytes is the same to Swift, and the same row here.
    static var tagInsertion: SQLWrite {
        SQLWrite(
            .insertUnlessTaken, "carillon_job_tags", columns: ["tag", "id", "generation"], key: ["tag", "id"])
    }
}
