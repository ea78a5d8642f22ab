package import Carillon
package import CarillonTriggers

extension SQLSession {
    private static let replacedState = SQLWrite(
        .upsert, "carillon_jobs", columns: JobRow.insertedColumns, key: ["generation"])
    private static let replacedDefinition = SQLWrite(
        .upsert, "carillon_definitions", columns: JobRow.definitionColumns, key: ["id", "removed"])

    /// See `JobStore.remove`. A job that cannot be read is removed like any other, because it was named; those of its
    /// runs that cannot be read stay.
    package func remove(_ ids: [JobID], at now: Instant) throws(CarillonError) -> [Bool] {
        guard !ids.isEmpty else { return [] }
        return try writing { () throws(CarillonError) in
            var generations: [Int64?] = []
            let named = try locked { () throws(CarillonError) in
                generations = try self.generations(ids)
                return Array(Set(generations.compactMap(\.self)))
            }
            var failed: Set<Int64> = []
            let found = try load(named, failed: &failed)
            var removed: [JobID: Bool] = [:]
            var ended = SQLRows(width: ChangeBatch.endedRun.width)
            var past: [EndedRun] = []
            for snapshot in found.map(\.snapshot) {
                let task = snapshot.job.definition.task
                past += snapshot.removedRuns(at: now).map { EndedRun($0, task: task) }
            }
            if !failed.isEmpty {
                past += try openRuns(of: failed).compactMap { $0.removed(at: now) }.map { EndedRun($0, task: nil) }
            }
            for run in past { RunRow.append(key: run.run.id, to: &ended) }
            let present = Set(found.map(\.snapshot.job.generation)).union(failed)
            for (id, generation) in zip(ids, generations) where generation.map(present.contains) ?? false {
                removed[id] = true
            }
            _ = try connection.write(ChangeBatch.endedRun, ended)
            try write(past)
            if try hasNotes() { try settleNotes(of: ended) }
            try write(found.compactMap { $0.snapshot.removedReason(at: now) })
            if !present.isEmpty { try free(Array(present), unreadable: failed, ids: ids, generations, at: now) }
            // An id that is named twice is removed once.
            return ids.map { removed.updateValue(false, forKey: $0) ?? false }
        }
    }

    /// Frees the ids of jobs. Jobs with running runs stay until these have ended.
    private func free(
        _ removed: [Int64], unreadable: Set<Int64>, ids: [JobID], _ generations: [Int64?], at now: Instant
    ) throws(CarillonError) {
        let theirs = SQLValue.integers(removed)
        let dialect = connection.dialect
        try removeTags(of: removed)
        try discardJobs(removed)
        let state = """
            state = \(JobRow.removedState), paused_since = NULL, next_scheduled = NULL, next_due = \(JobRow.never),
            waiting_since = NULL, state_version = state_version + 1
            """
        try connection.execute(dialect.update("carillon_jobs", by: "generation", set: state), [theirs])
        let definition = dialect.update("carillon_definitions", by: "generation", set: "removed = generation")
        try connection.execute(definition, [theirs])
        guard !unreadable.isEmpty else { return }
        var left = Set(try integers(statements.generationsWithRuns, [.integers(Array(unreadable))]))
        var jobs = SQLRows(width: Self.replacedState.width)
        var definitions = SQLRows(width: Self.replacedDefinition.width)
        for (id, generation) in zip(ids, generations) {
            guard let generation, left.remove(generation) != nil else { continue }
            let job = Job(removed: id, generation: generation, at: now)
            JobRow.append(inserted: job, removed: true, to: &jobs)
            JobRow.append(definitionOf: job, removed: true, to: &definitions)
        }
        _ = try connection.write(Self.replacedState, jobs)
        _ = try connection.write(Self.replacedDefinition, definitions)
    }

    /// Deletes those of the jobs that have no open run.
    func discardJobs(_ generations: [Int64]) throws(CarillonError) {
        for statement in statements.discardJobs { try connection.execute(statement, [.integers(generations)]) }
    }

    /// Returns the readable open runs of jobs.
    private func openRuns(of generations: Set<Int64>) throws(CarillonError) -> [Run] {
        try runs(statements.openRuns, [.integers(Array(generations))])
    }
}
