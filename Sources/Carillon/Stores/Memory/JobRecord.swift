import CarillonTriggers

/// The parts that many jobs have in common, stored once.
final class JobShape: Sendable {
    let task: TaskName
    /// The task's number in `MemoryState`.
    let taskNumber: Int
    let policies: JobPolicies
    let tags: [String]
    let executor: String
    let origin: String?
    let name: String?
    let trace: [String: String]

    init(of definition: JobDefinition, taskNumber: Int) {
        task = definition.task
        self.taskNumber = taskNumber
        policies = definition.policies
        tags = definition.tags
        executor = definition.executor
        origin = definition.origin
        name = definition.name
        trace = definition.trace
    }

    /// Returns a definition of this shape.
    func definition(_ arguments: [UInt8], _ trigger: Trigger) -> JobDefinition {
        JobDefinition(
            task: task,
            arguments: arguments,
            trigger: trigger,
            policies: policies,
            tags: tags,
            executor: executor,
            origin: origin,
            name: name,
            trace: trace
        )
    }
}

extension JobShape: Hashable {
    static func == (left: JobShape, right: JobShape) -> Bool {
        left === right
            || (left.taskNumber == right.taskNumber && left.policies == right.policies && left.tags == right.tags
                && left.executor == right.executor && left.origin == right.origin && left.name == right.name
                && left.trace == right.trace)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(taskNumber)
        hasher.combine(policies)
        hasher.combine(tags)
        hasher.combine(executor)
        hasher.combine(origin)
        hasher.combine(name)
        hasher.combine(trace)
    }
}

/// A job as the memory store keeps it: about 110 bytes, while a `Job` has several hundred.
struct JobRecord: Sendable {
    let id: JobID
    let generation: Int64
    let added: Instant
    /// The number of the shape.
    var shape: UInt32
    /// The number of the trigger. Its phase may still have to be fixed at `added`.
    var trigger: UInt32
    var arguments: [UInt8]
    var state: Job.State
    var scheduled: Instant?
    /// When the next occurrence is due; meaningless if there is none.
    var due: Instant
    var definitionVersion: Int64
    var stateVersion: Int64
    /// See `JobSnapshot.isRemoved`.
    private(set) var isRemoved = false
    /// The numbers of its open runs.
    var open = FewNumbers()
    /// Its ended runs.
    var past = PastRuns()

    /// The next occurrence.
    var next: Job.Next? {
        get { scheduled.map { Job.Next(scheduled: $0, due: due) } }
        set {
            scheduled = newValue?.scheduled
            due = newValue?.due ?? .latest
        }
    }

    /// Its key in the index of due times; `nil` if it does not fire.
    var indexedDue: Int64? { state == .active && scheduled != nil ? due.microseconds : nil }

    /// Whether it is paused: then none of its runs may be taken or become ready.
    var isPaused: Bool {
        if case .paused = state { return true }
        return false
    }

    /// Returns the record as a `Job`.
    func job(_ shapes: SharedValues<JobShape>, _ triggers: SharedValues<Trigger>) -> Job {
        job(definition(shapes, triggers))
    }

    /// Returns the record as a `Job` with a given definition.
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

    /// Returns the definition, made of shape, trigger and arguments.
    func definition(_ shapes: SharedValues<JobShape>, _ triggers: SharedValues<Trigger>) -> JobDefinition {
        shapes[shape].definition(arguments, triggers[trigger].current.anchored(at: added))
    }

    /// Marks it as removed.
    mutating func markRemoved() { isRemoved = true }

    /// What a store needs of a job to remove it.
    struct Parts {
        let id: JobID
        let generation: Int64
        let shape: UInt32
        let trigger: UInt32
        let past: PastRuns
        /// Whether nothing is left to be done for it: it is removed, and no run is open.
        let isDone: Bool
    }

    /// Turns it into a removed job that only waits for its runs to end, and returns what it was.
    mutating func remove() -> Parts {
        markRemoved()
        defer {
            stateVersion += 1
            state = .ended
            next = nil
            past = PastRuns()
        }
        return parts()
    }

    /// What a commit changed of a job.
    struct Step {
        var status = CommitStatus.accepted
        var isRedefined = false
        var isStateChanged = false
        var isNextChanged = false
        var wasPaused = false
        /// Its shape before it is redefined, and its new key in the index of due times.
        var shape = UInt32.none
        var due: Int64?
    }

    /// Sets the state, versions and next occurrence of a job, if the record still has the version that the change was
    /// made from.
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
    /// The run that ended last.
    var latest = UInt32.none
    var count: UInt32 = 0

    /// Appends a run, and returns the one that was the last before.
    mutating func add(_ number: UInt32) -> UInt32 {
        defer { latest = number }
        count += 1
        return latest
    }

    /// Removes a run from between its two neighbours.
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
    /// The hash of the run's id, stored because it takes longer to compute than everything else in a look-up.
    let hash: Int
    /// The number of its job. Once the run has ended, the number may belong to another job.
    var job: UInt32
    /// Where it is indexed while it is ready and its job is not paused.
    var lane: ReadyLane?
    /// The number of the task that it ran, once it has ended; `.none` if unknown.
    var ranTask = UInt32.none
    /// Its neighbours among the ended runs of its job.
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

    /// The properties of an ended run that are counted.
    struct End {
        let state: Run.State
        let time: Instant
        let lateness: Lateness
        /// Its own task.
        let task: TaskName?
    }

    /// Returns the properties that are counted.
    mutating func end() -> End {
        End(state: run.state, time: run.finished ?? run.due, lateness: run.lateness, task: run.task)
    }

    /// When the run ended; its due time if it is open.
    var ended: Int64 { (run.finished ?? run.due).microseconds }

    /// Replaces the run, and returns what it was.
    mutating func replace(_ run: Run) -> Past {
        let past = before
        self.run = run
        isWaiting = run.isWaiting
        return past
    }

    /// Ends the run as a completion says, and returns what it was; `nil` if more follows from that end.
    mutating func endAlone(by completion: Completion) -> Past? {
        let past = before
        return run.endAlone(by: completion) ? past : nil
    }

    private var before: Past { Past(state: run.state, isCancelRequested: run.isCancelRequested, ended: ended) }

    /// Keeps the noted log, if the completion had none.
    mutating func keepLog(of notes: RunNotes) { run.keepLog(of: notes) }
}

/// Ready runs of one task and one priority.
struct ReadyLane: Hashable, Sendable {
    let task: Int
    let priority: Int
}
