package import Carillon
package import CarillonTriggers

/// Notes of running runs.
extension SQLSession {
    /// See `JobStore.note`.
    package func note(_ notes: [RunNotes], from node: NodeID, at now: Instant) throws(CarillonError) {
        guard !notes.isEmpty else { return }
        var latest: [Run.ID: RunNotes] = [:]
        for notes in notes { latest[notes.run] = notes }
        try writing { () throws(CarillonError) in
            // A session that ends a run locks its job.
            try lock(Array(Set(latest.keys.map(\.occurrence.generation))))
            var rows = SQLRows(width: NotesRow.write.width)
            for notes in latest.values where try isAtWork(notes, on: node) {
                NotesRow.append(notes, at: now, to: &rows)
            }
            if rows.count > 0 { _ = try connection.write(NotesRow.write, rows) }
        }
    }

    private func isAtWork(_ notes: RunNotes, on node: NodeID) throws(CarillonError) -> Bool {
        let job = notes.run.occurrence.job.description
        let values: [SQLValue] = [.text(job), .text(node.description), .integer(notes.fence)]
        return try !integers(statements.runAtWork, RunRow.keyValues(notes.run) + values).isEmpty
    }

    /// Returns runs with their notes, if they are running.
    func showNotes(of runs: [Run], withLog: Bool) throws(CarillonError) -> [Run] {
        let running = runs.indices.filter {
            if case .running = runs[$0].state { true } else { false }
        }
        guard !running.isEmpty, try hasNotes() else { return runs }
        var shown = runs
        for place in running {
            let id = runs[place].id
            let statement = withLog ? statements.notesWithLog : statements.notes
            try connection.query(statement, RunRow.keyValues(id)) { (row) throws(CarillonError) in
                // Notes that cannot be read are left out; the run is still returned.
                guard let (notes, noted) = try? NotesRow.notes(row, of: id) else { return }
                shown[place].show(notes, at: noted, withLog: withLog)
            }
        }
        return shown
    }

    /// Removes the notes of runs that end in this transaction, and gives the noted logs to those that have none.
    ///
    /// - Parameter ended: The keys of the runs, which are in `carillon_past_runs` already.
    func settleNotes(of ended: SQLRows) throws(CarillonError) {
        guard ended.count > 0 else { return }
        var generations: Set<Int64> = []
        for position in stride(from: 0, to: ended.values.count, by: ended.width) {
            if case .integer(let generation) = ended.values[position] { generations.insert(generation) }
        }
        var settled: [(key: [SQLValue], fence: SQLValue)] = []
        let values = [SQLValue.integers(Array(generations))]
        try connection.query(statements.settledNotes, values) { (row) throws(CarillonError) in
            var numbers: [SQLValue] = []
            for column in 0...RunRow.key.count { numbers.append(SQLValue(try? row.integer(column))) }
            guard let fence = numbers.popLast() else { return }
            settled.append((numbers, fence))
        }
        for (key, fence) in settled {
            try connection.execute(statements.keepLog, key + key + [fence])
            try connection.execute(statements.removeNotes, key)
        }
    }

    /// Whether any run has notes. Nearly always none has, and this check is all that ending runs costs.
    func hasNotes() throws(CarillonError) -> Bool { try !integers(statements.anyNotes, []).isEmpty }
}
