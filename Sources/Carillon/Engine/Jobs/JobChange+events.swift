/// What a change that a person asked for does to runs.
extension JobChange {
    /// What is told of it once it is written: runs that are new, and runs that end by it.
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
