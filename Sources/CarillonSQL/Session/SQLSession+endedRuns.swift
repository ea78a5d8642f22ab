internal import Carillon
internal import CarillonTriggers

/// Writes of ended runs, with everything that they are found and counted by.
extension SQLSession {
    private static let columns = RunRow.columns + EndedRun.marks
    private static let pastRun = SQLWrite(.offer, "carillon_past_runs", columns: columns, key: RunRow.key)
    private static let newPastRun = SQLWrite(
        .insertUnlessTaken, "carillon_past_runs", columns: columns, key: RunRow.key)

    /// Writes ended runs whose ids no ended run has.
    func write(_ ended: [EndedRun]) throws(CarillonError) {
        guard !ended.isEmpty else { return }
        _ = try connection.write(Self.pastRun, try rows(of: ended))
        try count(ended)
    }

    /// Writes runs that ended elsewhere.
    ///
    /// - Returns: For each, whether it was written; `false` if its key is taken.
    func insert(_ ended: [EndedRun]) throws(CarillonError) -> [Bool] {
        guard !ended.isEmpty else { return [] }
        let written = try connection.write(Self.newPastRun, try rows(of: ended))
        try count(zip(ended, written).filter(\.1).map(\.0))
        return written
    }

    /// Whether there is an ended run with an id.
    func hasEnded(_ id: Run.ID) throws(CarillonError) -> Bool {
        try !integers(statements.endedRun, RunRow.keyValues(id)).isEmpty
    }

    private func rows(of ended: [EndedRun]) throws(CarillonError) -> SQLRows {
        var groups: Set<RunGroup> = []
        for run in ended { groups.formUnion(run.groups) }
        let numbers = try numbers(of: groups)
        var rows = SQLRows(width: Self.columns.count)
        for run in ended { run.append(to: &rows, numbers) }
        return rows
    }

    private func count(_ ended: [EndedRun]) throws(CarillonError) {
        var counts = OutcomeTally()
        var failures: [FailureGroup] = []
        for run in ended {
            counts.add(run.run, of: run.task)
            if let group = FailureGroup(run.run, of: run.task) { failures.append(group) }
        }
        try write(counts)
        try write(failures)
    }
}
