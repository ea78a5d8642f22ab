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

    /// Whether it is the job that has an id now.
    mutating func isJob(_ id: JobID) -> Bool { self.id == id && !isRemoved }

    /// Whether nothing of it is left to be done.
    mutating func isDone() -> Bool { isRemoved && open.isEmpty }

    /// Whether it is the job, and a run of it or of one that had its id before has ended.
    mutating func hasPast(_ job: Job) -> Bool {
        generation == job.generation && (past.count > 0 || isRemoved)
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

    /// Adds a run to those that have ended, and answers what the past was before; does nothing where the job was removed.
    mutating func addPast(_ number: UInt32) -> (before: UInt32, count: UInt32, shape: UInt32)? {
        isRemoved ? nil : (past.add(number), past.count, shape)
    }

    /// Its ended runs, and the shape that says how many are kept.
    mutating func pastRuns() -> (past: PastRuns, shape: UInt32) { (past, shape) }
}

extension RunRecord {
    /// The run.
    mutating func asItIs() -> Run { run }

    /// Whether it is a run.
    mutating func isRun(_ id: Run.ID) -> Bool { run.id == id }

    /// From when on it could run, where it waits for other runs to end.
    mutating func waitsFrom() -> Instant? { isWaiting ? run.available : nil }

    /// When it ended, and the run of its job that ended before it.
    mutating func asPast() -> (ended: Int64, earlier: UInt32) { (ended, earlier) }

    /// Its job's id, and the number that the job had when the run was last written.
    mutating func owner() -> (id: JobID, job: UInt32) { (run.id.occurrence.job, job) }
}
