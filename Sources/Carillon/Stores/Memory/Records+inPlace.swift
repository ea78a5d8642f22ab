import CarillonTriggers

// Places of jobs and runs that are gone hold nothing, and what reads an optional value through its place copies all of it.
// What changes it does not: so the questions that every pass asks are put as if they changed something.

extension JobRecord {
    /// What the runs of a job that were written are judged by.
    struct Settled {
        let open: FewNumbers
        let shape: UInt32
        let isPaused: Bool
        /// Whether nothing is left to be done of the job.
        let isDone: Bool
    }

    /// The job, its runs that have not ended, and whether it was removed.
    mutating func asItIs(
        _ shapes: SharedValues<JobShape>, _ triggers: SharedValues<Trigger>, _ recent: inout RecentDefinition
    ) -> (job: Job, open: FewNumbers, isRemoved: Bool) {
        (job(definition?.current ?? recent.definition(of: self, shapes, triggers)), open, isRemoved)
    }

    /// The number of its shape.
    mutating func shapeNumber() -> UInt32 { shape }

    /// Takes a run out of the past, if it is the job that has an id now, and answers whether it is.
    mutating func dropPast(of id: JobID, _ earlier: UInt32, _ later: UInt32) -> Bool {
        guard self.id == id, !isRemoved else { return false }
        past.drop(earlier, later)
        return true
    }

    /// The number of its shape, where it has ended and is there.
    mutating func endedShape() -> UInt32? { state == .ended && !isRemoved ? shape : nil }

    /// Whether nothing of it is left to be done.
    mutating func isDone() -> Bool { isRemoved && open.isEmpty }

    /// Whether it is the job, and a run of it or of one that had its id before has ended.
    mutating func hasPast(_ job: Job) -> Bool {
        generation == job.generation && (past.count > 0 || isRemoved)
    }

    /// Keeps nothing for runs that have ended.
    mutating func settle() -> Settled {
        if open.isEmpty { definition = nil }
        return Settled(open: open, shape: shape, isPaused: isPaused, isDone: isDone())
    }

    /// Keeps the definition while there are open runs, unless it has been changed since a version of it was read.
    mutating func keep(_ definition: JobDefinition, ofVersion version: Int64) {
        if self.definition == nil, !open.isEmpty, definitionVersion == version { self.definition = definition }
    }

    /// Whether a run is the only one that has not ended, and the job is not due.
    mutating func mayEndAlone(_ run: UInt32, at now: Instant) -> Bool {
        open.count == 1 && open.first == run && indexedDue.map { $0 > now.microseconds } ?? true
    }

    /// Takes the version that follows, since its only open run has ended.
    mutating func countChange() {
        stateVersion += 1
        definition = nil
    }

    /// Its runs that have not ended.
    mutating func openRuns() -> FewNumbers { open }

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

    /// Puts it behind another one of its job, and answers when it ended.
    mutating func follow(_ before: UInt32) -> Int64 {
        earlier = before
        return ended
    }

    /// The number of its job, where it has not ended.
    mutating func owner() -> UInt32 { job }
}
