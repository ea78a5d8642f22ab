import CarillonTriggers

// Places of jobs and runs that are gone hold nothing, and what reads an optional value through its place copies all of it.
// What changes it does not: so the questions that every pass asks are put as if they changed something.

extension JobRecord {
    /// What the runs of a job that were written are judged by.
    struct Settled {
        let open: FewNumbers
        let shape: UInt32
        let isPaused: Bool
    }

    /// The job, its runs that have not ended, and whether it was removed.
    mutating func asItIs(
        _ shapes: SharedValues<JobShape>, _ triggers: SharedValues<Trigger>
    ) -> (job: Job, open: FewNumbers, isRemoved: Bool) {
        (job(shapes, triggers), open, isRemoved)
    }

    /// Whether nothing of it is left to be done.
    mutating func isDone() -> Bool { isRemoved && open.isEmpty }

    /// Whether it is the job, and a run of it or of one that had its id before has ended.
    mutating func hasPast(_ job: Job) -> Bool {
        generation == job.generation && (latestPast != .none || isRemoved)
    }

    /// Keeps nothing for runs that have ended.
    mutating func settle() -> Settled {
        if open.isEmpty { definition = nil }
        return Settled(open: open, shape: shape, isPaused: isPaused)
    }

    /// Keeps the definition while there are open runs, unless it has been changed since it was read.
    mutating func keepDefinition(of job: Job) {
        guard definition == nil, !open.isEmpty, definitionVersion == job.definitionVersion else { return }
        definition = job.definition
    }

    /// Its runs that have not ended.
    mutating func openRuns() -> FewNumbers { open }

    /// What it is indexed by among the due ones.
    mutating func dueIndex() -> (shape: UInt32, due: Int64?) { (shape, indexedDue) }

    /// Takes another run as the latest of those that have ended, and answers which one it was; does nothing where it was
    /// removed.
    mutating func followLatestPast(by number: UInt32) -> UInt32? {
        if isRemoved { return nil }
        defer { latestPast = number }
        return latestPast
    }
}

extension RunRecord {
    /// The run.
    mutating func asItIs() -> Run { run }

    /// Whether it is a run.
    mutating func isRun(_ id: Run.ID) -> Bool { run.id == id }

    /// From when on it could run, where it waits for other runs to end.
    mutating func waitsFrom() -> Instant? { isWaiting ? run.available : nil }
}
