import CarillonTriggers

/// What many jobs have in common, kept once for all of them.
struct JobShape: Hashable, Sendable {
    let task: TaskName
    /// The task's number in `MemoryState`.
    let taskNumber: Int
    let policies: JobPolicies
    let tags: [String]
    let executor: String
    let origin: String?
}

/// A job as the memory store keeps it: about 110 bytes, where a `Job` has several hundred.
struct JobRecord: Sendable {
    let id: JobID
    let generation: Int64
    let added: Instant
    /// The number of the shape.
    var shape: UInt32
    /// The number of the trigger, whose phase may still have to be fixed at `added`.
    var trigger: UInt32
    var arguments: [UInt8]
    var state: Job.State
    var scheduled: Instant?
    /// When the next occurrence is due; without meaning where there is none.
    var due: Instant
    var definitionVersion: Int64
    var stateVersion: Int64
    /// The numbers of its runs that have not ended.
    var open: [UInt32] = []

    /// The occurrence that comes next.
    var next: Job.Next? {
        get { scheduled.map { Job.Next(scheduled: $0, due: due) } }
        set {
            scheduled = newValue?.scheduled
            due = newValue?.due ?? .latest
        }
    }

    /// What the index of due times has of it; nothing where it does not fire.
    var indexedDue: Int64? { state == .active && scheduled != nil ? due.microseconds : nil }

    /// Whether it is paused: then nothing of it may be taken or moved up.
    var isPaused: Bool {
        if case .paused = state { return true }
        return false
    }
}

/// A run as the memory store keeps it.
struct RunRecord: Sendable {
    var run: Run
    /// The number of its job; nothing where the job is gone.
    var job: UInt32?
    /// Where it is indexed while it is ready and its job is not paused.
    var lane: ReadyLane?
}

/// Ready runs of one task and one priority.
struct ReadyLane: Hashable, Sendable {
    let task: Int
    let priority: Int
}
