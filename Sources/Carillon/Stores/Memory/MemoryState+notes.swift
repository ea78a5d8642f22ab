import CarillonTriggers

/// The latest notes of a run, and when they were made.
struct NotedRun: Sendable {
    let notes: RunNotes
    let moment: Instant
}

extension MemoryState {
    /// Keeps the notes of running runs of a node.
    mutating func note(_ new: [RunNotes], from node: NodeID, at now: Instant) {
        for notes in new {
            guard let number = number(of: notes.run), let run = runs[Int(number)]?.run, run.accepts(notes, from: node)
            else { continue }
            noted[number] = NotedRun(notes: notes, moment: now)
        }
    }

    /// Returns a run with its notes.
    func shown(_ number: UInt32, withLog: Bool) -> Run? {
        guard var run = runs[Int(number)]?.run else { return nil }
        if let said = noted[number] { run.show(said.notes, at: said.moment, withLog: withLog) }
        return run
    }

    /// Discards the notes of a run that has ended; the log stays with the run if its completion had none.
    mutating func settleNotes(of number: UInt32) {
        guard let said = noted.removeValue(forKey: number) else { return }
        runs[Int(number)]?.keepLog(of: said.notes)
    }
}
