public import CarillonTriggers

/// Where jobs and runs are kept. This page is the whole contract; `docs/store-contract.md` tells it with a diagram.
///
/// A job and its open runs are **one unit** (`JobSnapshot`). A store never decides anything: it finds jobs by its
/// indexes, hands their snapshots to the planner, and writes the change that comes back, all of it or nothing, if the
/// job's `stateVersion` is still the one that was read. What every call must do:
///
/// - It returns only when what it wrote survives the end of the process (where the store is a persistent one).
/// - It may be called from many tasks at once, and by many processes where `capabilities.isShared` says so.
/// - It throws `CarillonError` when it cannot know that something was written. It may have been, all of it or some of
///   the jobs: whoever calls has to look, as `docs/store-contract.md` says under "After an error". In short: a node
///   looks for runs that it has and does not know of, by `runs` with itself in the filter, and starts or gives back
///   each; and a completion that is refused when it is repeated counts where `run(_:)` says so.
/// - It never sends a change twice by itself: the second answer would be `changed` for one that was written, and nobody
///   would look.
/// - It takes any number of jobs, changes and ids in a call, and cuts them as it has to.
/// - A row that cannot be read is never written, and deleted only by `remove`, when somebody names it: it is left out of
///   `find`, and listed as unreadable.
public protocol JobStore: PlanStore, HistoryStore, NoteStore {}

/// What a scheduler needs of a store, to add jobs, fire them and have their runs recovered.
public protocol PlanStore: Sendable {
    /// What the store is, and how much it does at once.
    var capabilities: StoreCapabilities { get }

    /// Adds jobs whose ids are free, each with a generation above all that the id had before, and that no other job of the
    /// store has or had. The id of a job that cannot be read is taken.
    ///
    /// - Throws: `CarillonError` with `invalidPolicy`, and adds nothing, where a policy of any of them is out of range
    ///   (`JobPolicies.validate()`): it could not be read back.
    /// - Returns: For each, in order, the job as it was added, or `nil` where the id is taken.
    func insert(_ jobs: [NewJob]) async throws(CarillonError) -> [Job?]

    /// Removes jobs, whatever their version and whether or not they can be read, and writes the runs that end with them
    /// (`Run.removed`), and why their occurrences do not run that have not fired (`JobSnapshot.removedReason`).
    ///
    /// Where a node has taken runs of a job, the unit stays until they have ended, with a version that has risen and
    /// `JobSnapshot.isRemoved`; it has left when a change ends the last of them. Its id is free at once, and no listing of
    /// jobs and no search but by `units` and `runningOn` finds it. Of such a unit, runs that cannot be read are left out.
    /// Where the job could not be read, it is given a definition in place of its own (`Job(removed:generation:at:)`).
    ///
    /// - Returns: For each, in order, whether it was there; an id that is named twice is there once.
    func remove(_ ids: [JobID], at now: Instant) async throws(CarillonError) -> [Bool]

    /// Snapshots of the jobs that a query names, each once: those that are due, those with ready runs, those whose waiting
    /// runs have room, and then those that are named. Jobs that cannot be read are passed over within the limits.
    ///
    /// It changes nothing: asked again, it finds the same.
    func find(_ query: JobQuery) async throws(CarillonError) -> [JobSnapshot]

    /// Writes each change, if the store has the unit (otherwise it is `gone`) with the change's `stateVersion` (otherwise it
    /// has `changed`); the job gets the version that follows. The generation is compared, since the versions of a job that
    /// is added anew begin at 1 again. A change that brings a run with the id of one that has ended is `changed`, too, and
    /// nothing of it is written.
    ///
    /// A change is atomic; several of them need not be. Of several changes of one unit in a call one is written at most, and
    /// those behind it are `changed`: put into one change what belongs together.
    ///
    /// The definition is written where its version is not that of the stored one. Runs that the change does not bring stay
    /// as they are, but are found otherwise where the job's state, task, priority or `maxInstances` is another one.
    ///
    /// A reason that goes on from a range of the job makes that grow: see `NewReason`.
    ///
    /// - Returns: For each, in order, whether it was written.
    func commit(_ changes: [JobChange]) async throws(CarillonError) -> [CommitStatus]

    /// Adds, finds, plans and commits. Stores with transactions do the four in one; the default does them one by one: where
    /// that breaks off behind the first, the jobs are there and due, and a later pass fires them.
    ///
    /// Example: a job that is to run at once is added, fired and taken by one commit.
    ///
    /// - Parameters:
    ///   - jobs: Added as `insert` does it. Those of them that are active and due at the query's time are among what is
    ///     found, whatever their tasks, and count under none of its limits; so they are when the plan is called again.
    ///   - plan: Called with all that was found, the highest priority first, and of one priority in the order in which
    ///     `find` has them; with an empty batch where that is nothing. It is pure, and answers for each job the change to
    ///     commit, if any. A store that has to try its transaction again finds anew, and calls it again with what it finds
    ///     then: only its last answer counts.
    /// - Throws: `CarillonError`; with `invalidPolicy` as `insert` does, and nothing is done then.
    /// - Returns: The jobs that were added, what was done with the last answer, and when there is next something to do for a
    ///   node with the query's tasks.
    func pass(
        _ query: JobQuery,
        adding jobs: [NewJob],
        plan: @Sendable ([JobSnapshot]) -> [JobChange?]
    ) async throws(CarillonError) -> PassResult

    /// When there is next something to do for a node that can run some tasks; where `nil` is given, for one that can run all.
    /// Nodes sleep by these times: one that is too early costs a pass, one that is missing leaves a job lying.
    func earliest(of tasks: Set<TaskName>?) async throws(CarillonError) -> EarliestTimes

    /// Notes that a node is alive, and answers in the same round trip what it needs to know. Whoever has a running run is
    /// among the nodes that it names, heard of or not: without that nobody would miss a node that took a run before its
    /// first heartbeat, or after it had been forgotten.
    ///
    /// A node sends one every third of its lease, and every second while there are silent others.
    ///
    /// - Parameter known: What it knows of the other nodes; `nil` for nothing. Where their version is the same still, only
    ///   those are named that were silent for long.
    func heartbeat(_ report: NodeReport, since known: KnownNodes?) async throws(CarillonError) -> Heartbeat

    /// What a node has to know every second, between its heartbeats: in a database one statement, which writes nothing.
    func news(for node: NodeID, tasks: Set<TaskName>) async throws(CarillonError) -> StoreNews

    /// Forgets nodes that are dead and whose runs have been recovered, or that leave. A node with a running run stays
    /// known, whether or not the run and its job can be read: recovery is tried again until none is left.
    func forget(_ nodes: Set<NodeID>) async throws(CarillonError)

    /// Removes what each job's history policy no longer keeps: of finished runs, whatever their generation, all but those
    /// that ended last and not too long ago, reasons by their age alone, never open runs. The history of an id that no job
    /// has is kept for as long as the default policy says. What cannot be read stays.
    ///
    /// - Returns: How many runs and reasons were removed.
    func prune(at now: Instant) async throws(CarillonError) -> Int

    /// Lets go of what the store holds: connections, threads, files. It returns when all that was asked before has been
    /// answered and nothing is held any more; calls that come later throw `storeUnavailable`, but where nothing outside
    /// this process was held they may be answered.
    ///
    /// Whoever opened the store closes it, once every scheduler that uses it has been shut down, or the store taken from
    /// it: a scheduler asks nothing of it by then, and closes none.
    func close() async
}

/// What readers need of a store: pages of jobs and runs, single runs, and why occurrences were not run.
public protocol HistoryStore: Sendable {
    /// A page of jobs, by id or by due time, ties by id. Ids are ordered by their bytes.
    func jobs(_ filter: JobFilter, page: Page<JobCursor>) async throws(CarillonError) -> [JobListing]

    /// A page of runs, the latest scheduled first, in the order of `Run.ID.isListed(before:)`.
    func runs(_ filter: RunFilter, page: Page<Run.ID>) async throws(CarillonError) -> [Run]

    /// One run.
    func run(_ id: Run.ID) async throws(CarillonError) -> Run?

    /// The reasons of a job that touch a stretch of scheduled times, its ends included: the latest `last` first, of one time
    /// the one that was recorded last.
    func reasons(_ job: JobID, from first: Instant, through last: Instant, limit: Int) async throws(CarillonError)
        -> [ReasonRange]

    /// How many ended runs and reasons of a job cannot be read and may be of a stretch of scheduled times: those whose time
    /// cannot be read either are counted as well. Nothing lists them, and they are kept.
    func unreadableHistory(of job: JobID, from first: Instant, through last: Instant) async throws(CarillonError) -> Int
}

/// What runs say of themselves while they are running.
public protocol NoteStore: Sendable {
    /// Keeps what runs say of themselves while they are running on a node, in place of what they said before. Notes of a
    /// run that has ended, is another node's, has another fence or is not there are passed over without a word; of several
    /// of one run in a call the last counts. What is kept changes no state and no version and is no news to anybody:
    ///
    /// - `run` shows it with a run that is running with that fence, and `runs` all of it but the log. Snapshots have
    ///   nothing of it, and no commit touches it.
    /// - Once the run has ended, by whatever call, it is gone; but where whoever ended it with that fence brought no log,
    ///   the noted one stays with the run (`Run.keepLog(of:)`; an empty log is one, `nil` is none). So it is known what a
    ///   run said whose node died.
    func note(_ notes: [RunNotes], from node: NodeID, at now: Instant) async throws(CarillonError)
}

/// A store that tells when somebody changes it, so that its nodes need not ask all the time.
public protocol ChangeNotifying: Sendable {
    /// An element after any of these, whichever node, process or person did it, and whatever the task: a job was added,
    /// resumed or, while it is not paused, given another definition; the earliest due time or the earliest time at which a
    /// run may be taken is earlier than it was; a running run is to be cancelled.
    ///
    /// It tells of what happens once the call has returned. One element may stand for many changes, and there may be one without a
    /// change; what a node then needs to know it asks by `earliest`, and by `news` within a second. A stream that ends means
    /// that the store cannot tell any more: the node asks at intervals, and calls this again.
    ///
    /// - Throws: `CarillonError` where the store cannot be listened to now.
    func changes() async throws(CarillonError) -> AsyncStream<Void>
}

/// A store that can write itself to a file while it is used.
public protocol BackingUp: Sendable {
    /// Writes a complete copy to a path.
    func backup(to path: String) async throws(CarillonError)
}
