public import CarillonTriggers

/// What a store is, and how much it does at once.
public struct StoreCapabilities: Hashable, Sendable {
    /// Whether what was written outlives the processes that use the store.
    public var isPersistent: Bool
    /// Whether several processes may use the store at once.
    public var isShared: Bool
    /// How many jobs of each kind that a query has a limit for a pass had best read.
    public var jobsPerPass: Int
    /// How many jobs one step of the store adds, removes or changes. A call may bring more, which the store cuts; what a
    /// scheduler adds, removes or completes at once it keeps within this.
    public var changesPerStep: Int

    /// Puts them together.
    public init(isPersistent: Bool, isShared: Bool, jobsPerPass: Int, changesPerStep: Int) {
        self.isPersistent = isPersistent
        self.isShared = isShared
        self.jobsPerPass = max(jobsPerPass, 1)
        self.changesPerStep = max(changesPerStep, 1)
    }
}

/// A job to add.
public struct NewJob: Hashable, Sendable {
    /// What it is to be known by.
    public let id: JobID
    /// What a user says of it.
    public let definition: JobDefinition
    /// When it is added: where an interval without a start date begins.
    public let added: Instant
    /// Whether it fires nothing until it is resumed.
    public let isPaused: Bool

    /// Puts it together.
    public init(id: JobID, definition: JobDefinition, added: Instant, isPaused: Bool = false) {
        self.id = id
        self.definition = definition
        self.added = added
        self.isPaused = isPaused
    }

    /// The job with its generation.
    public func job(generation: Int64) -> Job {
        Job(id: id, generation: generation, definition: definition, added: added, isPaused: isPaused)
    }
}

/// Which jobs a pass looks at: those of any of these kinds.
public struct JobQuery: Hashable, Sendable {
    /// The wall clock's time.
    public var now: Instant
    /// Only jobs of these tasks are looked for by due time, and only runs of these tasks among the ready ones (a run may
    /// have a task of its own); `nil` for all, an empty set for none. `ids`, `units`, `runningOn` and `sweepsWaiting` find
    /// jobs of any task: the planner fires none that the node cannot run.
    public var tasks: Set<TaskName>?
    /// At most so many active jobs whose next occurrence is due, the earliest due first.
    public var dueLimit = 0
    /// At most so many jobs with ready runs that are available, the highest priority first, then the earliest available.
    /// Runs of paused jobs are not looked for; those of jobs that have ended are.
    public var readyLimit = 0
    /// These jobs, whatever their state.
    public var ids: [JobID] = []
    /// These units, whether or not their jobs were removed.
    public var units: [UnitKey] = []
    /// Jobs with runs that these nodes have taken.
    public var runningOn: Set<NodeID> = []
    /// Whether jobs with waiting runs and fewer instances than they may have are looked for, up to `readyLimit`, those that
    /// wait longest first; paused ones are not.
    public var sweepsWaiting = false

    /// A query that names no job yet.
    public init(now: Instant) { self.now = now }
}

/// Which jobs a listing shows: those that meet all that is given.
public struct JobFilter: Hashable, Sendable {
    /// How jobs stand.
    public enum State: String, Hashable, Sendable, CaseIterable, Codable {
        /// Has a next occurrence and is not paused.
        case active
        /// Fires nothing until it is resumed.
        case paused
        /// Has no further occurrence.
        case ended
    }

    /// Only jobs in this state; those that cannot be read are in none.
    public var state: State?
    /// Only jobs of these tasks.
    public var tasks: Set<TaskName>?
    /// Only jobs of other tasks; with the tasks of all live nodes here, the parked ones.
    public var exceptTasks: Set<TaskName> = []
    /// Only jobs with this tag.
    public var tag: String?
    /// Only jobs whose id contains this text, by bytes.
    public var text: String?
    /// Only jobs whose next occurrence is due in this range.
    public var due: ClosedRange<Instant>?
    /// Only jobs of this origin.
    public var origin: String?

    /// Every job, or those that meet what is given.
    public init(
        state: State? = nil,
        tasks: Set<TaskName>? = nil,
        exceptTasks: Set<TaskName> = [],
        tag: String? = nil,
        text: String? = nil,
        due: ClosedRange<Instant>? = nil,
        origin: String? = nil
    ) {
        self.state = state
        self.tasks = tasks
        self.exceptTasks = exceptTasks
        self.tag = tag
        self.text = text
        self.due = due
        self.origin = origin
    }
}

/// Which runs a listing shows: those that meet all that is given.
public struct RunFilter: Hashable, Sendable {
    /// How runs stand.
    public enum State: Hashable, Sendable {
        /// Waits for other runs of its job to end.
        case waiting
        /// May be taken by a node as soon as it is available.
        case ready
        /// A node has taken it.
        case running
        /// Is over, with this outcome, or with any where none is given.
        case finished(Outcome?)
    }

    /// Only runs of this job.
    public var job: JobID?
    /// Only runs in this state.
    public var state: State?
    /// Only runs that this node runs now, those of removed jobs among them. What it ran before is not found by it.
    public var node: NodeID?
    /// Only runs of this kind.
    public var kind: Occurrence.Kind?
    /// Only runs scheduled in this range.
    public var scheduled: ClosedRange<Instant>?

    /// Every run, or those that meet what is given.
    public init(
        job: JobID? = nil,
        state: State? = nil,
        node: NodeID? = nil,
        kind: Occurrence.Kind? = nil,
        scheduled: ClosedRange<Instant>? = nil
    ) {
        self.job = job
        self.state = state
        self.node = node
        self.kind = kind
        self.scheduled = scheduled
    }
}

/// A part of a listing: so many rows behind a row. Rows that come and go elsewhere shift nothing.
public struct Page<Cursor: Hashable & Sendable>: Hashable, Sendable {
    /// The last row of the page before; nothing for the first page.
    public var after: Cursor?
    /// The most rows, 1 to 1,000.
    public var limit: Int

    /// Puts it together; `limit` is held to 1 ... 1,000.
    public init(after: Cursor? = nil, limit: Int = 50) {
        self.after = after
        self.limit = min(max(limit, 1), 1000)
    }
}

/// A row of a listing of jobs, to go on from; `JobListing.cursor(byDue:)` has that of a row. Ids are any text here and
/// are compared as bytes, since that of a row that cannot be read need not be a job id.
public enum JobCursor: Hashable, Sendable {
    /// The listing is ordered by id.
    case id(String)
    /// The listing is ordered by due time (jobs without one last), then by id.
    case due(Instant?, String)
    /// The beginning of a listing that is ordered by due time.
    case beginningByDue
}

/// A row of a listing of jobs.
public enum JobListing: Hashable, Sendable {
    /// A job as it stands.
    case job(Job)
    /// A row that cannot be read, or that of an open run of the job, with the reason, and with the place it has among
    /// others by due time. It stays where it is until somebody mends it, or removes the job by its id.
    case unreadable(id: String, due: Instant?, reason: String)

    /// What the page behind this row begins after.
    public func cursor(byDue isByDue: Bool) -> JobCursor {
        switch self {
        case .job(let job): isByDue ? .due(job.next?.due, job.id.description) : .id(job.id.description)
        case .unreadable(let id, let due, _): isByDue ? .due(due, id) : .id(id)
        }
    }
}
