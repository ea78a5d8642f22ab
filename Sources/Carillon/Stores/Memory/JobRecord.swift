import CarillonTriggers

/// What many jobs have in common, kept once for all of them.
final class JobShape: Sendable {
    let task: TaskName
    /// The task's number in `MemoryState`.
    let taskNumber: Int
    let policies: JobPolicies
    let tags: [String]
    let executor: String
    let origin: String?
    let name: String?

    init(of definition: JobDefinition, taskNumber: Int) {
        task = definition.task
        self.taskNumber = taskNumber
        policies = definition.policies
        tags = definition.tags
        executor = definition.executor
        origin = definition.origin
        name = definition.name
    }

    /// A definition of this shape.
    func definition(_ arguments: [UInt8], _ trigger: Trigger) -> JobDefinition {
        JobDefinition(
            task: task,
            arguments: arguments,
            trigger: trigger,
            policies: policies,
            tags: tags,
            executor: executor,
            origin: origin,
            name: name
        )
    }
}

extension JobShape: Hashable {
    static func == (left: JobShape, right: JobShape) -> Bool {
        left === right
            || (left.taskNumber == right.taskNumber && left.policies == right.policies && left.tags == right.tags
                && left.executor == right.executor && left.origin == right.origin && left.name == right.name)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(taskNumber)
        hasher.combine(policies)
        hasher.combine(tags)
        hasher.combine(executor)
        hasher.combine(origin)
        hasher.combine(name)
    }
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
    /// See `JobSnapshot.isRemoved`.
    private(set) var isRemoved = false
    /// The numbers of its runs that have not ended.
    var open = FewNumbers()
    /// What is put together of shape, trigger and arguments, kept while runs are open: then it is soon asked for again.
    var definition: JobDefinition?
    /// Its past runs.
    var past = PastRuns()

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

    /// The job as everybody else knows it.
    func job(_ shapes: SharedValues<JobShape>, _ triggers: SharedValues<Trigger>) -> Job {
        job(definition?.current ?? definition(shapes, triggers))
    }

    /// The same with its definition.
    func job(_ definition: JobDefinition) -> Job {
        Job(
            id: id,
            generation: generation,
            definition: definition,
            state: state,
            next: next,
            added: added,
            definitionVersion: definitionVersion,
            stateVersion: stateVersion
        )
    }

    /// The definition, put together of what it shares with others.
    func definition(_ shapes: SharedValues<JobShape>, _ triggers: SharedValues<Trigger>) -> JobDefinition {
        shapes[shape].definition(arguments, triggers[trigger].current.anchored(at: added))
    }

    /// Says that it was removed.
    mutating func markRemoved() { isRemoved = true }

    /// Makes it one that does nothing but wait for its runs to end.
    mutating func remove() {
        markRemoved()
        stateVersion += 1
        state = .ended
        next = nil
        past = PastRuns()
    }

    /// What a commit changed of a job.
    struct Step {
        var status = CommitStatus.accepted
        var isRedefined = false
        var isStateChanged = false
        var isNextChanged = false
        var wasPaused = false
        /// Its shape before it is redefined, and what the index of due times is to have of it.
        var shape = UInt32.none
        var due: Int64?
    }

    /// Takes a job's new state, versions and next occurrence, where it still has the version that the change was made
    /// from.
    mutating func advance(to job: Job) -> Step {
        guard generation == job.generation, id == job.id else { return Step(status: .gone) }
        guard stateVersion == job.stateVersion else { return Step(status: .changed) }
        var step = Step(
            isRedefined: definitionVersion != job.definitionVersion,
            isStateChanged: state != job.state,
            isNextChanged: next != job.next,
            wasPaused: isPaused,
            shape: shape
        )
        definitionVersion = job.definitionVersion
        stateVersion += 1
        state = job.state
        next = job.next
        step.due = indexedDue
        return step
    }
}

/// The ended runs of a job; see `MemoryState.addPast`.
struct PastRuns: Sendable {
    /// The one that ended last.
    var latest = UInt32.none
    var count: UInt32 = 0

    /// Puts another one at the end, and answers which one was the last before.
    mutating func add(_ number: UInt32) -> UInt32 {
        defer { latest = number }
        count += 1
        return latest
    }

    /// Takes one out that stood between two others.
    mutating func drop(_ earlier: UInt32, _ later: UInt32) {
        count -= min(count, 1)
        if later == .none { latest = earlier }
    }
}

/// A run as the memory store keeps it.
struct RunRecord: Sendable {
    private(set) var run: Run
    /// Whether it waits for other runs of its job to end.
    private(set) var isWaiting: Bool
    /// The hash of the run's id, which takes longer to make than all else that is done to find it.
    let hash: Int
    /// The number of its job, which may be another one's where the run has ended.
    var job: UInt32
    /// Where it is indexed while it is ready and its job is not paused.
    var lane: ReadyLane?
    /// The number of the task that it ran, once it has ended; none where that is not known.
    var ranTask = UInt32.none
    /// Its neighbours among the past runs of its job.
    var earlier = UInt32.none
    var later = UInt32.none

    init(_ run: Run, hash: Int, job: UInt32) {
        self.run = run
        isWaiting = run.isWaiting
        self.hash = hash
        self.job = job
    }

    /// What a run was before it was replaced.
    struct Past {
        let state: Run.State
        let isCancelRequested: Bool
        let ended: Int64
    }

    /// What is counted of a run that has ended.
    struct End {
        let state: Run.State
        let time: Instant
        let lateness: Lateness
        /// Its own task.
        let task: TaskName?
    }

    /// What is counted of it.
    mutating func end() -> End {
        End(state: run.state, time: run.finished ?? run.due, lateness: run.lateness, task: run.task)
    }

    /// When the run ended, where it has.
    var ended: Int64 { (run.finished ?? run.due).microseconds }

    /// Takes the run as it is now, and answers what it was.
    mutating func replace(_ run: Run) -> Past {
        let past = before
        self.run = run
        isWaiting = run.isWaiting
        return past
    }

    /// Ends the run as a completion says, and answers what it was, if nothing else follows from that.
    mutating func endAlone(by completion: Completion) -> Past? {
        let past = before
        return run.endAlone(by: completion) ? past : nil
    }

    private var before: Past { Past(state: run.state, isCancelRequested: run.isCancelRequested, ended: ended) }

    /// Keeps what the run had said, where nobody said more when it ended.
    mutating func keepLog(of notes: RunNotes) { run.keepLog(of: notes) }
}

/// Ready runs of one task and one priority.
struct ReadyLane: Hashable, Sendable {
    let task: Int
    let priority: Int
}
