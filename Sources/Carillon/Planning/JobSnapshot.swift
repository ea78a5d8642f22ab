/// What tells a job, with its open runs, from all others that have had its id or will have it.
public struct UnitKey: Hashable, Sendable {
    /// The job's id.
    public let job: JobID
    /// The job's generation.
    public let generation: Int64

    /// Puts a key together.
    public init(_ job: JobID, generation: Int64) {
        self.job = job
        self.generation = generation
    }
}

/// A job with its open runs as a store holds them at one moment; what every decision is made from.
///
/// The two are one unit: a store changes them together or not at all, and every change raises the job's
/// `stateVersion`. A job that is removed while nodes run it is a unit until the last of these runs has ended.
public struct JobSnapshot: Hashable, Sendable {
    /// The job.
    public var job: Job
    /// Its runs that have not ended, in any order: those of this generation, not of a removed job of the same id.
    public var open: [Run]
    /// What every fence given from now on lies above. A store that may lose acknowledged writes raises it after each
    /// failover above all fences that it may have given before, so that none is given twice; all others leave it at 0.
    public var fenceFloor: Int64
    /// Whether the job was removed. Its open runs are those that nodes had taken by then; all that is left to do is to end
    /// them. Nothing but `JobQuery.units` and `JobQuery.runningOn` finds such a unit.
    public var isRemoved: Bool

    /// Puts a snapshot together.
    public init(job: Job, open: [Run] = [], fenceFloor: Int64 = 0, isRemoved: Bool = false) {
        self.job = job
        self.open = open
        self.fenceFloor = fenceFloor
        self.isRemoved = isRemoved
    }
}

extension Job {
    /// Whether it has no fire time left, and goes when its runs have ended.
    var isOver: Bool { state == .ended && definition.policies.whenEnded == .remove && definition.origin == nil }

    /// What tells it from other jobs that have had its id.
    public var unit: UnitKey { UnitKey(id, generation: generation) }
}

extension Occurrence {
    /// The job with its open runs that it belongs to.
    public var unit: UnitKey { UnitKey(job, generation: generation) }
}

/// What a store is asked to write for one job, all or nothing.
public struct JobChange: Hashable, Sendable {
    /// The job as it is to be, with the `stateVersion` it was read with; the store writes the version that follows.
    public var job: Job
    /// Runs as they are to be, new ones and old ones, by id. The unit's other open runs stay as they are.
    public var runs: [Run]
    /// Reasons to add.
    public var reasons: [NewReason]
    /// Ranges of reasons to remove before `reasons` are added, as they were listed: since the clock was set back, what
    /// they tell of lies ahead again, all of it or a part. What stays of a range is among `reasons`.
    public var withdrawn: [ReasonRange]
    /// Whether the job is removed by the change, since it has ended and wants that: see `WhenEnded`. With the change, none
    /// of its runs is open any more. What is recorded of them stays.
    public var removesJob = false

    /// Puts a change together; with the job alone, it does nothing yet.
    public init(job: Job, runs: [Run] = [], reasons: [NewReason] = [], withdrawn: [ReasonRange] = []) {
        self.job = job
        self.runs = runs
        self.reasons = reasons
        self.withdrawn = withdrawn
    }
}

/// What a store did with a change.
public enum CommitStatus: Hashable, Sendable {
    /// It was written.
    case accepted
    /// The job has another version by now, cannot be read, or the change brings a run that has ended; nothing was written.
    /// Read it again and plan anew.
    case changed
    /// There is no such unit any more; nothing was written.
    case gone
}
