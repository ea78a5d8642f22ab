package import Carillon
package import CarillonTriggers

extension SQLSession {
    private static let tables = ["carillon_jobs", "carillon_definitions", "carillon_job_tags"]

    /// See `JobStore.remove`. A job that cannot be read is removed like any other, since somebody has named it; those of
    /// its runs that cannot be read stay where they are.
    package func remove(_ ids: [JobID], at now: Instant) throws(CarillonError) -> [Bool] {
        guard !ids.isEmpty else { return [] }
        return try writing { () throws(CarillonError) in
            let generations = try generations(ids)
            var failed: Set<Int64> = []
            let named = Array(Set(generations.compactMap(\.self)))
            try lock(named)
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
            try settleNotes(of: ended)
            try write(found.compactMap { $0.snapshot.removedReason(at: now) })
            let theirs = SQLValue.integers(Array(present))
            let areTheirs = connection.dialect.isAmongIntegers("generation")
            if let textIndex { try connection.execute(textIndex.removal, [theirs]) }
            for table in Self.tables { try connection.execute("DELETE FROM \(table) WHERE \(areTheirs)", [theirs]) }
            try connection.execute("UPDATE carillon_open_runs SET orphaned = 1 WHERE \(areTheirs)", [theirs])
            if !present.isEmpty { try noteChange() }
            // An id that is named twice is removed once.
            return ids.map { removed.updateValue(false, forKey: $0) ?? false }
        }
    }

    /// See `JobStore.complete(withoutJob:)`.
    package func complete(withoutJob completions: [Completion]) throws(CarillonError) -> [Bool] {
        guard !completions.isEmpty else { return [] }
        return try writing { () throws(CarillonError) in
            var answers: [Bool] = []
            var hasChanged = false
            for completion in completions {
                guard let ended = try orphan(completion.run)?.endedWithoutJob(by: completion) else {
                    answers.append(false)
                    continue
                }
                var open = SQLRows(width: ChangeBatch.endedRun.width)
                RunRow.append(key: ended.id, to: &open)
                _ = try connection.write(ChangeBatch.endedRun, open)
                try write([EndedRun(ended, task: nil)])
                try settleNotes(of: open)
                answers.append(true)
                hasChanged = true
            }
            if hasChanged { try noteChange() }
            return answers
        }
    }

    /// Those open runs of jobs that can be read.
    private func openRuns(of generations: Set<Int64>) throws(CarillonError) -> [Run] {
        try runs(statements.openRuns, [.integers(Array(generations))])
    }

    private func orphan(_ id: Run.ID) throws(CarillonError) -> Run? {
        try run(id, in: "carillon_open_runs", "AND orphaned = 1 AND job = ?")
    }
}
