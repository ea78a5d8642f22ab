public import CarillonTriggers

/// What a store can do, and how much it does at once.
public struct StoreCapabilities: Hashable, Sendable {
    /// Whether writes outlive the processes that use the store.
    public var isPersistent: Bool
    /// Whether several processes may use the store at once.
    public var isShared: Bool
    /// The best number of jobs for a pass to read, of each kind that a query has a limit for.
    public var jobsPerPass: Int
    /// How many jobs the store adds, removes or changes in one step. A call may have more, which the store splits; a
    /// scheduler stays within this number.
    public var changesPerStep: Int

    /// Creates the capabilities.
    public init(isPersistent: Bool, isShared: Bool, jobsPerPass: Int, changesPerStep: Int) {
        self.isPersistent = isPersistent
        self.isShared = isShared
        self.jobsPerPass = max(jobsPerPass, 1)
        self.changesPerStep = max(changesPerStep, 1)
    }
}

/// A job to add.
public struct NewJob: Hashable, Sendable {
    /// The job's id.
    public let id: JobID
    /// What the user defined.
    public let definition: JobDefinition
    /// When it is added: the start of an interval without a start date.
    public let added: Instant
    /// Whether it is added paused, and fires nothing until it is resumed.
    public let isPaused: Bool

    /// Creates a job to add.
    public init(id: JobID, definition: JobDefinition, added: Instant, isPaused: Bool = false) {
        self.id = id
        self.definition = definition
        self.added = added
        self.isPaused = isPaused
    }

    /// Returns the job with a generation.
    public func job(generation: Int64) -> Job {
        Job(id: id, generation: generation, definition: definition, added: added, isPaused: isPaused)
    }
}

/// The jobs that a pass reads: those that match any of these criteria.
public struct JobQuery: Hashable, Sendable {
    /// The wall clock's time.
    public var now: Instant
    /// The tasks of the jobs that are searched by due time and of the ready runs that are searched (a run may have a
    /// task of its own); `nil` for all, an empty set for none. `ids`, `units`, `runningOn` and `sweepsWaiting` find
    /// jobs of any task: the planner fires none that the node cannot run.
    public var tasks: Set<TaskName>?
    /// The most active jobs whose next occurrence is due, the earliest due first.
    public var dueLimit = 0
    /// The most jobs with ready runs that are available, the highest priority first, then the earliest available. Runs
    /// of paused jobs are left out; those of jobs that have ended are included.
    public var readyLimit = 0
    /// These jobs, whatever their state.
    public var ids: [JobID] = []
    /// These units, whether or not their jobs were removed.
    public var units: [UnitKey] = []
    /// Jobs with runs that these nodes have taken.
    public var runningOn: Set<NodeID> = []
    /// Whether to find jobs with waiting runs and fewer instances than they may have, up to `readyLimit`, those that
    /// wait longest first, without paused ones.
    public var sweepsWaiting = false

    /// Creates a query that finds no job yet.
    public init(now: Instant) { self.now = now }
}

/// The jobs that a listing shows: those that match all criteria.
public struct JobFilter: Hashable, Sendable {
    /// The state of a job.
    public enum State: String, Hashable, Sendable, CaseIterable, Codable {
        /// Has a next occurrence and is not paused.
        case active
        /// Fires nothing until it is resumed.
        case paused
        /// Has no further occurrence.
        case ended
    }

    /// Only jobs in this state. Jobs that cannot be read have none.
    public var state: State?
    /// Only jobs of these tasks.
    public var tasks: Set<TaskName>?
    /// Only jobs of other tasks: with the tasks of all live nodes here, the parked jobs.
    public var exceptTasks: Set<TaskName> = []
    /// Only jobs with this tag.
    public var tag: String?
    /// Only jobs whose id contains this text, by bytes.
    public var text: String?
    /// Only jobs whose next occurrence is due in this range.
    public var due: ClosedRange<Instant>?
    /// Only jobs of this origin.
    public var origin: String?

    /// Creates a filter that matches every job, or those with the given values.
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

/// The runs that a listing shows: those that match all criteria.
public struct RunFilter: Hashable, Sendable {
    /// The state of a run.
    public enum State: Hashable, Sendable {
        /// Waits for other runs of its job to end.
        case waiting
        /// May be taken by a node as soon as it is available.
        case ready
        /// A node has taken it.
        case running
        /// Has ended, with this outcome or, if `nil`, with any.
        case finished(Outcome?)
    }

    /// Only runs of this job.
    public var job: JobID?
    /// Only runs in this state.
    public var state: State?
    /// Only runs that are running on this node now, including those of removed jobs. Runs that it ran before are not
    /// found.
    public var node: NodeID?
    /// Only runs of this kind.
    public var kind: Occurrence.Kind?
    /// Only runs scheduled in this range.
    public var scheduled: ClosedRange<Instant>?

    /// Creates a filter that matches every run, or those with the given values.
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

/// A page of a listing: the rows after a given row. Rows that are added or removed elsewhere do not shift it.
public struct Page<Cursor: Hashable & Sendable>: Hashable, Sendable {
    /// The last row of the page before; `nil` for the first page.
    public var after: Cursor?
    /// The most rows, from 1 to 1,000.
    public var limit: Int

    /// Creates a page; `limit` is clamped to 1 ... 1,000.
    public init(after: Cursor? = nil, limit: Int = 50) {
        self.after = after
        self.limit = min(max(limit, 1), 1000)
    }
}

/// A position in a listing of jobs; `JobListing.cursor(byDue:)` returns that of a row. Ids are any text here and are
/// compared as bytes, because the id of a row that cannot be read need not be a job id.
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
    /// A job in its current state.
    case job(Job)
    /// A row that cannot be read, or whose job has an open run that cannot be read, with the reason and its place in
    /// the order of due times. It stays until a user repairs it, or removes the job by its id.
    case unreadable(id: String, due: Instant?, reason: String)

    /// Returns the cursor of the page after this row.
    public func cursor(byDue isByDue: Bool) -> JobCursor {
        switch self {
        case .job(let job): isByDue ? .due(job.next?.due, job.id.description) : .id(job.id.description)
        case .unreadable(let id, let due, _): isByDue ? .due(due, id) : .id(id)
        }
    }
}
