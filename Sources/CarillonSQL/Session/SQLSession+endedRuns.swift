internal import Carillon
internal import CarillonTriggers

/// Writing what has ended, with all that is found and counted by it.
extension SQLSession {
    private static let columns = RunRow.columns + EndedRun.marks
    private static let pastRun = SQLWrite(.upsert, "carillon_past_runs", columns: columns, key: RunRow.key)
    private static let newPastRun = SQLWrite(
        .insertUnlessTaken, "carillon_past_runs", columns: columns, key: RunRow.key)

    /// Writes runs that have ended.
    func write(_ ended: [EndedRun]) throws(CarillonError) {
        guard !ended.isEmpty else { return }
        // Hardly ever: an ended run that is written anew counts no more as what it was.
        var counts = OutcomeTally()
        for run in ended where !run.wasOpen {
            if let old = try past(run.run.id) { counts.add(old.run, of: old.task, by: -1) }
        }
        _ = try connection.write(Self.pastRun, try rows(of: ended))
        try count(ended, counts)
    }

    /// Writes runs that ended elsewhere.
    ///
    /// - Returns: For each, whether it was written: not where its key is taken.
    func insert(_ ended: [EndedRun]) throws(CarillonError) -> [Bool] {
        guard !ended.isEmpty else { return [] }
        let written = try connection.write(Self.newPastRun, try rows(of: ended))
        try count(zip(ended, written).filter(\.1).map(\.0), OutcomeTally())
        return written
    }

    /// An ended run and the task that it ran.
    func past(_ id: Run.ID) throws(CarillonError) -> (run: Run, task: TaskName?)? {
        guard let run = try run(id, in: "carillon_past_runs", "AND job = ?") else { return nil }
        let key = RunRow.key.map { "\($0) = ?" }.joined(separator: " AND ")
        let group = try integers("SELECT task_group FROM carillon_past_runs WHERE \(key)", RunRow.keyValues(id)).first
        guard let group, group != RunGroup.unknown else { return (run, nil) }
        return (run, try taskNames()[group])
    }

    private func rows(of ended: [EndedRun]) throws(CarillonError) -> SQLRows {
        var groups: Set<RunGroup> = []
        for run in ended { groups.formUnion(run.groups) }
        let numbers = try numbers(of: groups)
        var rows = SQLRows(width: Self.columns.count)
        for run in ended { run.append(to: &rows, numbers) }
        return rows
    }

    private func count(_ ended: [EndedRun], _ before: OutcomeTally) throws(CarillonError) {
        var counts = before
        var failures: [FailureGroup] = []
        for run in ended {
            counts.add(run.run, of: run.task, by: 1)
            if let group = FailureGroup(run.run, of: run.task) { failures.append(group) }
        }
        try write(counts)
        try write(failures)
    }
}
