public import CarillonTriggers

/// The identity of a unit, unique among all jobs that have had or will have its id.
public struct UnitKey: Hashable, Sendable {
    /// The job's id.
    public let job: JobID
    /// The job's generation.
    public let generation: Int64

    /// Creates a key.
    public init(_ job: JobID, generation: Int64) {
        self.job = job
        self.generation = generation
    }
}

/// A job with its open runs as a store holds them at one moment; every decision is made from it.
///
/// The two are one unit: a store changes them together or not at all, and every change raises the job's `stateVersion`.
/// A job that is removed while nodes run it is a unit until the last of these runs has ended.
public struct JobSnapshot: Hashable, Sendable {
    /// The job.
    public var job: Job
    /// Its open runs, in any order: those of this generation, not of a removed job of the same id.
    public var open: [Run]
    /// The number that every fence given from now on exceeds. A store that may lose acknowledged writes raises it after
    /// each failover above all fences that it may have given, so that none is given twice; all other stores leave it at
    /// 0.
    public var fenceFloor: Int64
    /// Whether the job was removed. Its open runs are those that nodes had taken by then; they can only end. Only
    /// `JobQuery.units` and `JobQuery.runningOn` find such a unit.
    public var isRemoved: Bool

    /// Creates a snapshot.
    public init(job: Job, open: [Run] = [], fenceFloor: Int64 = 0, isRemoved: Bool = false) {
        self.job = job
        self.open = open
        self.fenceFloor = fenceFloor
        self.isRemoved = isRemoved
    }
}

extension Job {
    /// Whether the job has no fire time left, and is removed when its runs have ended.
    var isOver: Bool { state == .ended && definition.policies.whenEnded == .remove && definition.origin == nil }

    /// The identity of the job's unit.
    public var unit: UnitKey { UnitKey(id, generation: generation) }
}

extension Occurrence {
    /// The identity of the unit that it belongs to.
    public var unit: UnitKey { UnitKey(job, generation: generation) }
}

/// What a store is to write for one job, all or nothing.
public struct JobChange: Hashable, Sendable {
    /// The new state of the job, with the `stateVersion` it was read with; the store writes the next version.
    public var job: Job
    /// New and changed runs, by id. The unit's other open runs stay as they are.
    public var runs: [Run]
    /// Reasons to add.
    public var reasons: [NewReason]
    /// Ranges of reasons to remove, as they were listed, before `reasons` are added: since the clock was set back, all
    /// or some of their times are in the future again. What stays of a range is among `reasons`.
    public var withdrawn: [ReasonRange]
    /// Whether the change removes the job, since it has ended and its `WhenEnded` says so. With the change, none of its
    /// runs is open any more. The history of its runs stays.
    public var removesJob = false
    /// The nodes that the change takes for dead, each with the last heartbeat by which it was judged
    /// (`NodeRecord.lastHeartbeat`). If the store has had another one of any of them, the node is back and may have taken
    /// runs since: nothing is written, and the status is `changed`. A node without a record is silent.
    public var silentNodes: [NodeID: Instant] = [:]

    /// Creates a change; with the job alone, it does nothing yet.
    public init(job: Job, runs: [Run] = [], reasons: [NewReason] = [], withdrawn: [ReasonRange] = []) {
        self.job = job
        self.runs = runs
        self.reasons = reasons
        self.withdrawn = withdrawn
    }
}

/// The result of a change in a store.
public enum CommitStatus: Hashable, Sendable {
    /// The change was written.
    case accepted
    /// Nothing was written: the job has another version by now or cannot be read, the change contains a run that has
    /// ended, or one of its `silentNodes` is back. Read the unit again and make a new plan.
    case changed
    /// Nothing was written: the unit no longer exists.
    case gone
}
