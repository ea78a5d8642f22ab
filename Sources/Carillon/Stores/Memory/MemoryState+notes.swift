import CarillonTriggers

/// What a run has said of itself, and when.
struct NotedRun: Sendable {
    let notes: RunNotes
    let moment: Instant
}

extension MemoryState {
    /// Keeps what running runs of a node say of themselves.
    mutating func note(_ new: [RunNotes], from node: NodeID, at now: Instant) {
        for notes in new {
            guard let number = number(of: notes.run), let run = runs[Int(number)]?.run, run.accepts(notes, from: node)
            else { continue }
            noted[number] = NotedRun(notes: notes, moment: now)
        }
    }

    /// A run with what it has said of itself.
    func shown(_ number: UInt32, withLog: Bool) -> Run? {
        guard var run = runs[Int(number)]?.run else { return nil }
        if let said = noted[number] { run.show(said.notes, at: said.moment, withLog: withLog) }
        return run
    }

    /// Forgets what a run that has ended said while it was running; its log stays where nobody brought another one.
    mutating func settleNotes(of number: UInt32) {
        guard let said = noted.removeValue(forKey: number) else { return }
        runs[Int(number)]?.keepLog(of: said.notes)
    }
}
