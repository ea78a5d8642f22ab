/// The effect on runs of a change that a user asked for.
extension JobChange {
    /// Returns the events to emit once the change is written: for runs that are new, and for runs that it ends.
    func events(since snapshot: JobSnapshot) -> [SchedulerEvent.Kind] {
        if runs.isEmpty { return [] }
        let open = Set(snapshot.open.map(\.id))
        return runs.compactMap { run in
            switch (open.contains(run.id), run.state) {
            case (true, .finished(let outcome)): .runEnded(run.id, outcome, error: run.error)
            case (false, .ready), (false, .waiting): .runQueued(run.id)
            default: nil
            }
        }
    }
}
