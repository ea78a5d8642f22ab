public import CarillonTriggers

/// A store of jobs and runs. This page is the whole contract; `docs/store-contract.md` adds a diagram.
///
/// A job and its open runs are **one unit** (`JobSnapshot`). A store never decides anything: it finds jobs by its
/// indexes, passes their snapshots to the planner, and writes the change that comes back, all of it or nothing, if the
/// job's `stateVersion` is still the one that was read. Every call follows these rules:
///
/// - It returns only when its writes survive the end of the process (if the store is persistent).
/// - It may be called from many tasks at once, and by many processes if `capabilities.isShared`.
/// - It throws `CarillonError` if it cannot know whether something was written. All of it or some of the jobs may have
///   been: the caller has to check, as `docs/store-contract.md` says under "After an error". In short: a node looks for
///   runs that it has taken without knowing it, by `runs` with itself in the filter, and starts or gives back each; and
///   a completion that is refused when it is repeated counts if `run(_:)` says so.
/// - It never sends a change twice by itself: the second answer would be `changed` for one that was written, and nobody
///   would check.
/// - It takes any number of jobs, changes and ids in a call, and splits them as it needs to.
/// - A row that cannot be read is never written, and is deleted only by `remove` with its id: it is left out of `find`,
///   and listed as unreadable.
public protocol JobStore: PlanStore, HistoryStore, NoteStore {}

/// The part of a store that a scheduler needs to add jobs, fire them and recover their runs.
public protocol PlanStore: Sendable {
    /// What the store can do, and how much it does at once.
    var capabilities: StoreCapabilities { get }

    /// Adds the jobs whose ids are free. Each gets a generation that is higher than all that the id had before, and
    /// that no other job of the store has or had. The id of a job that cannot be read is taken.
    ///
    /// - Throws: `CarillonError` with `invalidPolicy`, and adds nothing, if a policy of any of them is out of range
    ///   (`JobPolicies.validate()`): it could not be read back.
    /// - Returns: For each, in order, the job as it was added, or `nil` if the id is taken.
    func insert(_ jobs: [NewJob]) async throws(CarillonError) -> [Job?]

    /// Removes jobs, whatever their version and whether or not they can be read. Writes the runs that end with them
    /// (`Run.removed`), and the reason why their occurrences that have not fired do not run
    /// (`JobSnapshot.removedReason`).
    ///
    /// If a node has taken runs of a job, the unit stays until they have ended, with a higher version and
    /// `JobSnapshot.isRemoved`; it is gone when a change ends the last of them. Its id is free at once, and no listing
    /// of jobs and no search but by `units` and `runningOn` finds it. Runs of such a unit that cannot be read are left
    /// out. If the job could not be read, it gets a substitute definition (`Job(removed:generation:at:)`).
    ///
    /// - Returns: For each, in order, whether it existed; for an id that is named twice, `true` once.
    func remove(_ ids: [JobID], at now: Instant) async throws(CarillonError) -> [Bool]

    /// Returns snapshots of the jobs that a query asks for, each once: those that are due, those with ready runs, those
    /// whose waiting runs have room, and then those that are named. Jobs that cannot be read are skipped, and do not
    /// count against the limits.
    ///
    /// The call changes nothing; repeated, it finds the same.
    func find(_ query: JobQuery) async throws(CarillonError) -> [JobSnapshot]

    /// Writes each change if the store has the unit (otherwise it is `gone`) with the change's `stateVersion`
    /// (otherwise it has `changed`); the job gets the next version. The generation is compared too, since the versions
    /// of a job that is added again begin at 1. A change that contains a run with the id of one that has ended is also
    /// `changed`, and nothing of it is written. So is one that takes a node for dead which has sent a heartbeat since
    /// (`JobChange.silentNodes`).
    ///
    /// A change is atomic; several of them need not be. Of several changes of one unit in a call at most one is
    /// written, and those after it are `changed`: put what belongs together into one change.
    ///
    /// The definition is written if its version differs from that of the stored one. Runs that the change does not
    /// contain stay as they are, but are indexed again if the job's state, task, priority or `maxInstances` has
    /// changed.
    ///
    /// A reason that continues a range of the job extends that range: see `NewReason`.
    ///
    /// - Returns: For each, in order, whether it was written.
    func commit(_ changes: [JobChange]) async throws(CarillonError) -> [CommitStatus]

    /// Adds, finds, plans and commits. Stores with transactions do the four in one transaction; the default does them
    /// one by one: if that fails after the first, the jobs are added and due, and a later pass fires them.
    ///
    /// Example: a job that is to run at once is added, fired and taken by one commit.
    ///
    /// - Parameters:
    ///   - jobs: Added as by `insert`. Those that are active and due at the query's time are among the found jobs,
    ///     whatever their tasks, and count against none of its limits, also when the plan is called again.
    ///   - plan: Called with all found jobs, the highest priority first, and within one priority in the order of
    ///     `find`; with an empty batch if none were found. It is pure, and returns for each job the change to commit,
    ///     if any. A store that has to retry its transaction searches again, and calls the plan with the new result:
    ///     only its last answer counts.
    /// - Throws: `CarillonError`; with `invalidPolicy` as `insert` does, in which case nothing is done.
    /// - Returns: The jobs that were added, what was done with the last answer, and when there is next something to do
    ///   for a node with the query's tasks.
    func pass(
        _ query: JobQuery,
        adding jobs: [NewJob],
        plan: @Sendable ([JobSnapshot]) -> [JobChange?]
    ) async throws(CarillonError) -> PassResult

    /// Returns when there is next something to do for a node that can run the given tasks; `nil` stands for all tasks.
    /// Nodes sleep by these times: one that is too early costs a pass; without one that is needed, a job is not run.
    func earliest(of tasks: Set<TaskName>?) async throws(CarillonError) -> EarliestTimes

    /// Records that a node is alive, and returns what it needs to know, in one round trip. The answer names every node
    /// that has a running run, whether or not its heartbeat was ever seen: otherwise no node would miss one that took a
    /// run before its first heartbeat, or after it had been forgotten.
    ///
    /// A node sends one every third of its lease, and every second while other nodes are silent.
    ///
    /// - Parameter known: What the node knows about other nodes; `nil` for nothing. If their version is unchanged, only
    ///   those are named that have been silent for long.
    func heartbeat(_ report: NodeReport, since known: KnownNodes?) async throws(CarillonError) -> Heartbeat

    /// Returns what a node has to know every second, between its heartbeats: in a database one statement, which writes
    /// nothing.
    func news(for node: NodeID, tasks: Set<TaskName>) async throws(CarillonError) -> StoreNews

    /// Forgets nodes that are dead and whose runs have been recovered, or that leave. A node with a running run stays
    /// known, whether or not the run and its job can be read: recovery is tried again until none is left.
    func forget(_ nodes: Set<NodeID>) async throws(CarillonError)

    /// Removes what each job's history policy no longer keeps. Of finished runs, whatever their generation, it keeps
    /// those that ended last and not too long ago; reasons go by their age alone; open runs stay. The history of an id
    /// without a job is kept for as long as the default policy says. Rows that cannot be read stay.
    ///
    /// - Returns: How many runs and reasons were removed.
    func prune(at now: Instant) async throws(CarillonError) -> Int

    /// Releases what the store holds: connections, threads, files. Returns when all earlier calls have been answered
    /// and nothing is held any more. Later calls throw `storeUnavailable`; a store that held nothing outside this
    /// process may still answer them.
    ///
    /// Close a store where you opened it, after every scheduler that uses it has been shut down or has had the store
    /// removed: a scheduler makes no more calls by then, and closes no store.
    func close() async
}

/// The part of a store that readers need: pages of jobs and runs, single runs, and the reasons why occurrences were not
/// run.
public protocol HistoryStore: Sendable {
    /// Returns a page of jobs, by id or by due time, ties by id. Ids are ordered by their bytes.
    func jobs(_ filter: JobFilter, page: Page<JobCursor>) async throws(CarillonError) -> [JobListing]

    /// Returns a page of runs, the latest scheduled first, in the order of `Run.ID.isListed(before:)`.
    func runs(_ filter: RunFilter, page: Page<Run.ID>) async throws(CarillonError) -> [Run]

    /// Returns a run; `nil` if there is none with the id.
    func run(_ id: Run.ID) async throws(CarillonError) -> Run?

    /// Returns the reasons of a job that overlap a closed range of scheduled times: those with the latest `last` first,
    /// and of equal ones the one that was recorded last.
    func reasons(_ job: JobID, from first: Instant, through last: Instant, limit: Int) async throws(CarillonError)
        -> [ReasonRange]

    /// Returns how many ended runs and reasons of a job cannot be read and may lie in a range of scheduled times. Those
    /// whose time cannot be read count as well. They are not listed anywhere, and are kept.
    func unreadableHistory(of job: JobID, from first: Instant, through last: Instant) async throws(CarillonError) -> Int
}

/// The part of a store that keeps the notes of running runs.
public protocol NoteStore: Sendable {
    /// Keeps the notes of runs that are running on a node, in place of their earlier notes. Notes of a run that has
    /// ended, belongs to another node, has another fence or does not exist are ignored; of several notes of one run in
    /// a call the last counts. Notes change no state and no version, and notify nobody:
    ///
    /// - `run` includes them for a run that is running with that fence, and `runs` all but the log. Snapshots contain
    ///   none of them, and no commit touches them.
    /// - Once the run has ended, by whatever call, its notes are gone. Only if the completion with that fence had no
    ///   log, the noted log stays with the run (`Run.keepLog(of:)`; an empty log is one, `nil` is none). So the log of
    ///   a run survives the death of its node.
    func note(_ notes: [RunNotes], from node: NodeID, at now: Instant) async throws(CarillonError)
}

/// A store that notifies its nodes of changes, so that they need not poll all the time.
public protocol ChangeNotifying: Sendable {
    /// Returns a stream with an element after each of these changes, whichever node, process or user made it, and
    /// whatever the task: a job was added, resumed or, while it is not paused, redefined; the earliest due time or the
    /// earliest time at which a run may be taken is earlier than it was; a running run is to be cancelled.
    ///
    /// The stream reports changes made after the call has returned. One element may stand for many changes, and there
    /// may be one without a change; the node then asks for details with `earliest`, and with `news` within a second. If
    /// the stream ends, the store can no longer notify: the node polls at intervals, and calls this again.
    ///
    /// - Throws: `CarillonError` if the store cannot be listened to now.
    func changes() async throws(CarillonError) -> AsyncStream<Void>
}

/// A store that can be backed up while it is used.
public protocol BackingUp: Sendable {
    /// Writes a complete copy to a path.
    func backup(to path: String) async throws(CarillonError)
}
