import CarillonTriggers

// The arrays of jobs and runs hold optionals, and reading through an optional element copies the whole record. A
// mutating call does not: so the queries that every pass makes are `mutating`.

extension JobRecord {
    /// The properties of a job by which its written runs are judged.
    struct Settled {
        let open: FewNumbers
        let shape: UInt32
        let isPaused: Bool
        /// Whether nothing is left to be done for the job.
        let isDone: Bool
    }

    /// Returns the job, its open runs, and whether it was removed.
    mutating func asItIs(
        _ shapes: SharedValues<JobShape>, _ triggers: SharedValues<Trigger>, _ recent: inout RecentDefinition
    ) -> (job: Job, open: FewNumbers, isRemoved: Bool) {
        (job(recent.definition(of: self, shapes, triggers)), open, isRemoved)
    }

    /// Returns the number of its shape.
    mutating func shapeNumber() -> UInt32 { shape }

    /// Unlinks an ended run if this is the job that has an id now, and returns whether it is.
    mutating func dropPast(of id: JobID, _ earlier: UInt32, _ later: UInt32) -> Bool {
        guard self.id == id, !isRemoved else { return false }
        past.drop(earlier, later)
        return true
    }

    /// Returns the number of its shape if it has ended and is not removed.
    mutating func endedShape() -> UInt32? { state == .ended && !isRemoved ? shape : nil }

    /// Whether nothing is left to be done for it: it is removed, and no run is open.
    mutating func isDone() -> Bool { isRemoved && open.isEmpty }

    /// Returns what a store needs to remove it.
    mutating func parts() -> Parts {
        Parts(id: id, generation: generation, shape: shape, trigger: trigger, past: past, isDone: isDone())
    }

    /// Whether it is the given job, and a run of it or of an earlier job with its id has ended.
    mutating func hasPast(_ job: Job) -> Bool {
        generation == job.generation && (past.count > 0 || isRemoved)
    }

    /// Returns the properties by which its written runs are judged.
    mutating func settled() -> Settled {
        Settled(open: open, shape: shape, isPaused: isPaused, isDone: isDone())
    }

    /// Whether a run is the only open one, and the job is not due.
    mutating func mayEndAlone(_ run: UInt32, at now: Instant) -> Bool {
        open.count == 1 && open.first == run && indexedDue.map { $0 > now.microseconds } ?? true
    }

    /// Raises the version, after the job's only open run has ended.
    mutating func countChange() { stateVersion += 1 }

    /// Returns the open runs.
    mutating func openRuns() -> FewNumbers { open }

    /// Appends an ended run, and returns the last one before it, the new count and the shape; `nil` if the job was
    /// removed.
    mutating func addPast(_ number: UInt32) -> (before: UInt32, count: UInt32, shape: UInt32)? {
        isRemoved ? nil : (past.add(number), past.count, shape)
    }

    /// Returns the ended runs, and the shape that says how many are kept.
    mutating func pastRuns() -> (past: PastRuns, shape: UInt32) { (past, shape) }
}

extension RunRecord {
    /// Returns the run.
    mutating func asItIs() -> Run { run }

    /// Whether it has the given id.
    mutating func isRun(_ id: Run.ID) -> Bool { run.id == id }

    /// Returns the time from which it could run if it waits for other runs; `nil` if it does not wait.
    mutating func waitsFrom() -> Instant? { isWaiting ? run.available : nil }

    /// Returns when it ended, and the run of its job that ended before it.
    mutating func asPast() -> (ended: Int64, earlier: UInt32) { (ended, earlier) }

    /// Links it after another run of its job, and returns when it ended.
    mutating func follow(_ before: UInt32) -> Int64 {
        earlier = before
        return ended
    }

    /// Returns the number of its job, for an open run.
    mutating func owner() -> UInt32 { job }
}
