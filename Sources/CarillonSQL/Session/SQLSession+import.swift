package import Carillon
internal import CarillonTriggers

/// Imports items of another store exactly as they were.
extension SQLSession {
    /// See `JobTransferring`. All items are one transaction.
    package func importItems(_ items: [TransferItem]) throws(CarillonError) -> [TransferResult] {
        var results: [TransferResult?] = Array(repeating: nil, count: items.count)
        var jobs: [(place: Int, snapshot: JobSnapshot)] = []
        var runs: [(place: Int, run: EndedRun)] = []
        var reasons: [(place: Int, range: ReasonRange)] = []
        for (place, item) in items.enumerated() {
            switch item {
            case .job(let snapshot): jobs.append((place, snapshot))
            case .run(let run, let task): runs.append((place, EndedRun(run, task: task)))
            case .reason(let range): reasons.append((place, range))
            }
        }
        try writing { () throws(CarillonError) in
            for (place, result) in try bring(jobs) { results[place] = result }
            for (place, result) in try bring(runs) { results[place] = result }
            for (place, result) in try bring(reasons) { results[place] = result }
            try raiseGenerations(
                above: max(
                    jobs.map(\.snapshot.job.generation).max() ?? 0,
                    runs.map(\.run.run.id.occurrence.generation).max() ?? 0,
                    reasons.map(\.range.generation).max() ?? 0))
            if results.contains(.written) { hasNews = true }
        }
        return results.map { $0 ?? .notHeld("it was not looked at") }
    }

    // MARK: Jobs

    private func bring(_ jobs: [(place: Int, snapshot: JobSnapshot)]) throws(CarillonError)
        -> [(place: Int, result: TransferResult)]
    {
        guard !jobs.isEmpty else { return [] }
        let ids = jobs.map(\.snapshot.job.id)
        let there = try generations(ids)
        let brought = Set(jobs.map(\.snapshot.job.generation))
        let known = Set(there.compactMap(\.self)).union(brought)
        try lock(Array(known))
        var failed: Set<Int64> = []
        var live: [JobID: JobSnapshot] = [:]
        var removed: [Int64: JobSnapshot] = [:]
        for snapshot in try load(Array(known), failed: &failed).map(\.snapshot) {
            let job = snapshot.job
            if snapshot.isRemoved { removed[job.generation] = snapshot } else { live[job.id] = snapshot }
        }
        var owners = try self.owners(of: brought)
        var new: [JobSnapshot] = []
        var results: [(place: Int, result: TransferResult)] = []
        for ((place, snapshot), generation) in zip(jobs, there) {
            let job = snapshot.job
            if let known = snapshot.isRemoved ? removed[job.generation] : live[job.id] {
                let isSame = known.isSame(as: snapshot)
                results.append((place, isSame ? .present : .conflict(TransferResult.otherJob(job.id))))
            } else if !snapshot.isRemoved, generation != nil {
                results.append((place, .conflict("job '\(job.id)' of the store cannot be read; remove it first")))
            } else if let owner = owners[job.generation] {
                results.append((place, .conflict(TransferResult.otherGeneration(job, named: owner))))
            } else if let refusal = Self.refusal(of: job) {
                results.append((place, .conflict(refusal)))
            } else if snapshot.isRemoved, snapshot.open.isEmpty {
                results.append((place, .notHeld(TransferResult.nothingLeft(job.id))))
            } else if let ended = try firstEnded(of: snapshot.open) {
                results.append((place, .conflict(TransferResult.otherRun(ended))))
            } else {
                if snapshot.isRemoved { removed[job.generation] = snapshot } else { live[job.id] = snapshot }
                owners[job.generation] = job.id.description
                new.append(snapshot)
                results.append((place, .written))
            }
        }
        try write(new)
        return results
    }

    private func firstEnded(of runs: [Run]) throws(CarillonError) -> Run.ID? {
        for run in runs {
            if try hasEnded(run.id) { return run.id }
        }
        return nil
    }

    /// Returns why a job cannot be written, because it could not be read back; `nil` if it can.
    private static func refusal(of job: Job) -> String? {
        do throws(CarillonError) {
            try job.definition.policies.validate()
            return nil
        } catch {
            return "job '\(job.id)' could not be read back: \(error.reason)"
        }
    }

    /// Returns the ids of the jobs that have generations.
    private func owners(of generations: Set<Int64>) throws(CarillonError) -> [Int64: String] {
        var owners: [Int64: String] = [:]
        try connection.query(
            "SELECT generation, id FROM carillon_jobs WHERE \(connection.dialect.isAmongIntegers("generation"))",
            [.integers(Array(generations))]
        ) { (row) throws(CarillonError) in
            guard let generation = try? row.integer(0) else { return }
            owners[generation] = (try? row.text(1)) ?? "?"
        }
        return owners
    }

    private func write(_ snapshots: [JobSnapshot]) throws(CarillonError) {
        guard !snapshots.isEmpty else { return }
        var rows = SQLRows(width: Self.insertion.width)
        var definitions = SQLRows(width: Self.definitionInsertion.width)
        var waits = SQLRows(width: ChangeBatch.wait.width)
        var open = SQLRows(width: ChangeBatch.newRun.width)
        for snapshot in snapshots {
            let job = snapshot.job
            JobRow.append(inserted: job, removed: snapshot.isRemoved, to: &rows)
            JobRow.append(definitionOf: job, removed: snapshot.isRemoved, to: &definitions)
            var room = RoomForWaiting()
            for run in snapshot.open {
                room.count(run)
                RunRow.append(run, to: &open)
                RunRow.append(searched: run, of: job, to: &open)
            }
            if let since = room.waitingSince(job) {
                waits.append(since)
                waits.append(job.generation)
            }
        }
        guard try connection.write(Self.definitionInsertion, definitions).allSatisfy(\.self) else {
            throw CarillonError(.storeFailed, "jobs were added to the store while others were brought; try again")
        }
        _ = try connection.write(Self.insertion, rows)
        _ = try connection.write(ChangeBatch.wait, waits)
        _ = try connection.write(ChangeBatch.newRun, open)
        let live = snapshots.filter { !$0.isRemoved }.map(\.job)
        try writeTags(of: live)
    }

    // MARK: Ended runs

    private func bring(_ runs: [(place: Int, run: EndedRun)]) throws(CarillonError)
        -> [(place: Int, result: TransferResult)]
    {
        guard !runs.isEmpty else { return [] }
        let generations = Set(runs.map(\.run.run.id.occurrence.generation))
        let owners = try self.owners(of: generations)
        let open = try openKeys(of: generations)
        var new: [(place: Int, run: EndedRun)] = []
        var results: [(place: Int, result: TransferResult)] = []
        for (place, ended) in runs {
            let id = ended.run.id
            if ended.run.isOpen {
                results.append((place, .conflict("run '\(id)' has not ended; it comes with its job")))
            } else if let owner = owners[id.occurrence.generation], owner != id.occurrence.job.description {
                results.append((place, .conflict(TransferResult.otherRun(id))))
            } else if open.contains(RunRow.keyValues(id)) {
                results.append((place, .conflict("run '\(id)' has not ended in the store")))
            } else {
                new.append((place, ended))
            }
        }
        for ((place, ended), isWritten) in zip(new, try insert(new.map(\.run))) {
            if isWritten {
                results.append((place, .written))
            } else {
                let isSame = try run(ended.run.id, in: "carillon_past_runs") == ended.run
                results.append((place, isSame ? .present : .conflict(TransferResult.otherRun(ended.run.id))))
            }
        }
        return results
    }

    private func openKeys(of generations: Set<Int64>) throws(CarillonError) -> Set<[SQLValue]> {
        var keys: Set<[SQLValue]> = []
        try connection.query(
            """
            SELECT \(RunRow.key.joined(separator: ", ")) FROM carillon_open_runs
            WHERE \(connection.dialect.isAmongIntegers("generation"))
            """, [.integers(Array(generations))]
        ) { (row) throws(CarillonError) in
            keys.insert((0..<RunRow.key.count).map { SQLValue(try? row.integer($0)) })
        }
        return keys
    }

    // MARK: Reasons

    private func bring(_ reasons: [(place: Int, range: ReasonRange)]) throws(CarillonError)
        -> [(place: Int, result: TransferResult)]
    {
        guard let first = reasons.map(\.range.last).min(), let last = reasons.map(\.range.last).max() else { return [] }
        var there: Set<ReasonRange> = []
        try connection.query(
            """
            SELECT \(Self.reasonColumns.joined(separator: ", ")) FROM carillon_reasons
            WHERE \(connection.dialect.isAmongTexts("job")) AND last_scheduled BETWEEN ? AND ?
            """,
            [
                .texts(Array(Set(reasons.map(\.range.job.description)))), .integer(first.microseconds),
                .integer(last.microseconds),
            ]
        ) { (row) throws(CarillonError) in
            if let range = try? Self.range(row) { there.insert(range) }
        }
        var results: [(place: Int, result: TransferResult)] = []
        var new: [NewReason] = []
        for (place, range) in reasons {
            let isNew = there.insert(range).inserted
            if isNew { new.append(NewReason(range)) }
            results.append((place, isNew ? .written : .present))
        }
        try write(new)
        return results
    }
}
