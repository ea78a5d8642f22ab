package import CarillonTriggers
import Synchronization

/// One pass over a store: finds jobs that are due, ready or named, lets the planner decide, and commits.
package struct StorePass: Sendable {
    /// The number of runs that an executor has room for.
    package struct Room: Hashable, Sendable {
        /// The number of runs for which a worker is free.
        package var free: Int
        /// The number of further runs for which a worker will be free in a moment.
        package var ahead: Int

        /// Creates a room.
        package init(free: Int, ahead: Int = 0) {
            self.free = free
            self.ahead = ahead
        }

        mutating func take(_ count: Int) {
            ahead -= max(0, count - free)
            free -= min(count, free)
        }
    }

    /// The wall clock's time when the pass is sent.
    package var now: Instant
    /// Reads the wall clock when plans are made: a store may have been locked until then. If `nil`, plans are made for
    /// the time of the pass.
    package var readNow: (@Sendable () -> Instant)?
    /// The node that makes the pass.
    package var node: NodeID
    /// The tasks that it can run.
    package var tasks: Set<TaskName>
    /// How many runs the node takes for each executor, by alias; none for executors that are not listed. If `nil`, it
    /// takes `slots` runs whatever their executor.
    package var rooms: [String: Room]?
    /// The shared room to draw from instead, if other passes take for the same executors meanwhile.
    var draws: RoomDraws?
    /// How many runs the node takes if `rooms` is `nil`.
    package var slots = 1000
    /// Jobs to add. Those that are due at once are fired and, if there is room, taken.
    package var adding: [NewJob] = []
    /// Jobs to run once more: each gets a run before it is planned, which is taken if there is room.
    package var runNow: Set<JobID> = []
    /// The completions of the node's runs.
    package var completions: [Completion] = []
    /// Nodes known to be dead.
    package var dead: Set<NodeID> = []
    /// How long after `now` they may be taken for dead, in microseconds, by `readNow`: later, a node may have come back
    /// and have taken runs again.
    package var deadFor: Int64 = .max
    /// The latest pause of the node's scheduler.
    package var pause: SchedulerPause?
    /// Whether due occurrences become runs. If not, the pass only writes completions and recovers the runs of dead
    /// nodes.
    package var fires = true
    /// The most due jobs that are read.
    package var dueLimit = 1000
    /// The most jobs with ready runs that are read.
    package var readyLimit = 1000
    /// Whether the pass looks for jobs whose waiting runs have room.
    package var sweepsWaiting = true
    /// Fire times that have already run although they lie ahead of the clock.
    package var ranAhead = RanAhead()
    /// Whether jobs that are due at a time that their triggers do not name are reported as `Result.misplaced` instead
    /// of being fired.
    package var movesNext = false
    /// Draws random numbers from 0 up to, but not including, 1 for the jitter of retries.
    package var random: @Sendable () -> Double = { 0 }
    /// Since when the node has been awake; see `Planner.Input.awakeSince`. Ignored if the store makes the pass wait for
    /// longer than `stallLimit`.
    package var awakeSince: Instant?
    /// See `Planner.Input.atWork`.
    package var atWork: Set<Run.ID> = []
    /// See `Planner.Input.mayHaveEnded`.
    package var mayHaveEnded: (@Sendable (Run) -> Bool)?
    /// Whether the result has events.
    package var wantsEvents = true
    /// Called for each job after it has been planned, inside the store's transaction if it has one.
    package var planned: (@Sendable (JobSnapshot, Planner.Plan) -> Void)?

    /// The longest that a call to a healthy store takes, in microseconds.
    static let stallLimit: Int64 = 1_000_000

    /// Creates a pass of a node.
    package init(now: Instant, node: NodeID, tasks: Set<TaskName>) {
        self.now = now
        self.node = node
        self.tasks = tasks
    }

    /// What a pass did.
    package struct Result: Sendable {
        /// The runs that the node has taken.
        package var taken: [Run] = []
        /// The current definitions of their jobs, in the same order.
        package var definitions: [JobDefinition] = []
        /// Completions that do not count.
        package var refused: [Completion] = []
        /// The runs at work on the node that it has to cancel now.
        package var cancelled: [Run.ID] = []
        /// Completions to send again: their jobs were changed by other nodes in the meantime.
        package var unwritten: [Completion] = []
        /// What happened, job by job.
        package var events: [PlanEvent] = []
        /// How many jobs were planned.
        package var planned = 0
        /// For each job that was to be added, the job, or `nil` if its id is taken.
        package var added: [Job?] = []
        /// The runs that were created for jobs of `runNow`. The other jobs were not found, or were changed by other
        /// nodes meanwhile.
        package var ranNow: [JobID: Run.ID] = [:]
        /// What the store did with each change, in order.
        package var statuses: [CommitStatus] = []
        /// When there is next something to do for the node, after these writes.
        package var earliest = EarliestTimes()
        /// Jobs that were removed because they had ended.
        package var removed: [JobID] = []
        /// Jobs that have not fired because they are due at a time that their triggers do not name.
        package var misplaced: [JobID] = []

        /// Runs that were lost because their nodes died or this one stopped.
        var lost: [LostRun] = []
        /// How many jobs stay due because it is not known whether they are at their limits.
        var heldOff = 0
        /// Jobs of which one more occurrence waits, with how many wait now.
        var backlogs: [(job: JobID, waiting: Int)] = []

        /// Creates the result of a pass that only took some runs.
        package init(taken: [Run] = []) { self.taken = taken }
    }

    /// A run that is lost.
    struct LostRun: Sendable {
        let id: Run.ID
        let task: TaskName
        /// The reason.
        let error: String?
    }

    /// The decision for one job, without its change.
    private struct Outcome: Sendable {
        /// The job's group of completions.
        let group: Int?
        /// How many runs were taken.
        let takenCount: Int
        /// The index in `Batch.details`; most jobs have no details.
        let details: Int?
        /// The run that was created because a user asked for it.
        let ranNow: Run.ID?
    }

    /// The parts of a decision that few jobs have.
    fileprivate struct Details: Sendable {
        let job: JobID
        let rest: Planner.Plan.Rest
        /// The job's runs that are lost.
        let lost: [LostRun]
    }

    /// The decisions of the latest plan.
    private struct Batch: Sendable {
        var outcomes: [Outcome] = []
        /// The runs that were taken, job by job, and the definitions of their jobs.
        var taken: [Run] = []
        var definitions: [JobDefinition] = []
        var details: [Details] = []
    }

    /// Makes the pass.
    package func run(on store: any JobStore) async throws(CarillonError) -> Result {
        var query = JobQuery(now: now)
        query.tasks = tasks
        query.dueLimit = dueLimit
        query.readyLimit = readyLimit
        query.sweepsWaiting = sweepsWaiting
        query.runningOn = dead
        query.ids = Array(runNow)
        let alone = try await endAlone(on: store)
        let completions = CompletionsByUnit(alone.others)
        query.units = completions.units
        let last = Mutex(Batch())
        let passed = try await store.pass(query, adding: adding) { snapshots in
            // A plan that was made before no longer counts.
            draws?.giveBack()
            let (batch, changes) = plan(snapshots, completions)
            last.withLock { $0 = batch }
            return changes
        }
        var result = try finish(last.withLock { $0 }, completions, passed)
        if wantsEvents { result.events.insert(contentsOf: alone.events, at: 0) }
        result.removed += alone.removed
        return result
    }

    /// Makes the store end runs from whose ends nothing follows, if it can do that by itself. This happens before
    /// anything is planned.
    ///
    /// - Returns: The events, the jobs that were removed with their runs, and the completions that are left to be
    ///   planned.
    private func endAlone(
        on store: any JobStore
    ) async throws(CarillonError) -> (events: [PlanEvent], removed: [JobID], others: [Completion]) {
        guard !completions.isEmpty, let store = store as? any RunEnding else { return ([], [], completions) }
        let ends = try await store.endAlone(completions, at: now)
        var events: [PlanEvent] = []
        var removed: [JobID] = []
        var others: [Completion] = []
        for index in completions.indices {
            guard ends[index] != .refused else {
                others.append(completions[index])
                continue
            }
            if ends[index] == .removed { removed.append(completions[index].run.occurrence.job) }
            if wantsEvents, case .ended(let outcome, _, _, _, _) = completions[index].result {
                events.append(.ended(completions[index].run, outcome))
            }
        }
        return (events, removed, others)
    }

    private func input(at time: Instant) -> Planner.Input {
        let waited = time.microseconds - now.microseconds
        return Planner.Input(
            now: time,
            node: node,
            tasks: tasks,
            slots: 0,
            dead: waited < deadFor ? dead : [],
            pause: pause,
            fires: fires,
            wantsEvents: wantsEvents,
            ranAhead: ranAhead,
            movesNext: movesNext,
            random: random,
            awakeSince: waited > Self.stallLimit ? time : awakeSince,
            atWork: atWork,
            mayHaveEnded: mayHaveEnded
        )
    }

    private func plan(
        _ snapshots: [JobSnapshot], _ completions: CompletionsByUnit
    ) -> (batch: Batch, changes: [JobChange?]) {
        var completions = completions
        var rooms = ExecutorRooms(self.rooms, orElse: slots)
        var input = input(at: readNow?() ?? now)
        // Whether a plan may end runs as lost.
        let mayLose = !dead.isEmpty || Completion.isAnyInterrupted(of: self.completions)
        var batch = Batch()
        var changes: [JobChange?] = []
        batch.outcomes.reserveCapacity(snapshots.count)
        batch.taken.reserveCapacity(snapshots.count)
        batch.definitions.reserveCapacity(snapshots.count)
        changes.reserveCapacity(snapshots.count)
        for var snapshot in snapshots {
            let asked = runAskedFor(snapshot, at: input.now)
            if let asked { snapshot.open.append(asked) }
            // If no run is open, none can end: the completions of such a job are refused in the end, like those of an
            // unknown job.
            let group = snapshot.open.isEmpty ? nil : completions.group(of: snapshot.job.unit)
            var plan = Planner.Plan()
            self.plan(&plan, snapshot, completions[group], &rooms, &input)
            if let asked { plan.make(asked, of: snapshot.job, tells: wantsEvents) }
            planned?(snapshot, plan)
            var place: Int?
            let lost = mayLose ? plan.lost(snapshot.job.definition.task) : []
            if plan.rest != nil || !lost.isEmpty {
                place = batch.details.count
                batch.details.append(
                    Details(job: snapshot.job.id, rest: plan.rest ?? Planner.Plan.Rest(), lost: lost))
            }
            batch.outcomes.append(
                Outcome(group: group, takenCount: plan.taken.count, details: place, ranNow: asked?.id))
            for run in plan.taken {
                batch.taken.append(run)
                batch.definitions.append(snapshot.job.definition)
            }
            // Moved out, because a change is expensive to copy.
            changes.append(plan.change.take())
        }
        return (batch, changes)
    }

    /// Returns the run to create for a job before it is planned; `nil` if none was asked for.
    private func runAskedFor(_ snapshot: JobSnapshot, at time: Instant) -> Run? {
        guard !runNow.isEmpty, !snapshot.isRemoved, runNow.contains(snapshot.job.id) else { return nil }
        return snapshot.ranNow(at: time).runs.first
    }

    /// Plans a job with the room that its executor has.
    private func plan(
        _ plan: inout Planner.Plan, _ snapshot: JobSnapshot, _ completions: ArraySlice<Completion>,
        _ rooms: inout ExecutorRooms, _ input: inout Planner.Input
    ) {
        let alias = snapshot.job.definition.executor
        /// Plans with a room, and returns how many runs were taken.
        func decide(_ room: Room) -> Int {
            input.slots = room.free
            input.ahead = room.ahead
            plan = Planner.plan(snapshot, completions: completions, input)
            return plan.taken.count
        }
        if let draws {
            draws.draw(for: alias, decide)
        } else {
            let executor = rooms.index(of: alias)
            rooms.take(decide(rooms[executor]), of: executor)
        }
    }

    private func finish(
        _ batch: Batch,
        _ groups: CompletionsByUnit,
        _ passed: PassResult
    ) throws(CarillonError) -> Result {
        let statuses = passed.statuses
        guard statuses.count == batch.outcomes.count else {
            throw CarillonError(
                .storeFailed,
                "the job store planned \(batch.outcomes.count) jobs and answered for \(statuses.count); mend the store")
        }
        guard passed.added.count == adding.count else {
            throw CarillonError(
                .storeFailed,
                "the job store was given \(adding.count) jobs and answered for \(passed.added.count); mend the store")
        }
        var result = Result()
        result.planned = statuses.count
        result.added = passed.added
        result.earliest = passed.earliest
        result.statuses = statuses.compactMap(\.self)
        let isAllWritten = result.statuses.allSatisfy { $0 == .accepted }
        if isAllWritten { (result.taken, result.definitions) = (batch.taken, batch.definitions) }
        var takenCount = 0
        var isFound = [Bool](repeating: false, count: groups.units.count)
        for index in statuses.indices {
            let (status, outcome) = (statuses[index], batch.outcomes[index])
            let taken = takenCount..<(takenCount + outcome.takenCount)
            takenCount = taken.upperBound
            if !isAllWritten, status == .accepted {
                result.taken += batch.taken[taken]
                result.definitions += batch.definitions[taken]
            }
            if let run = outcome.ranNow, status == .accepted { result.ranNow[run.occurrence.job] = run }
            if let place = outcome.details { result.add(batch.details[place], isWritten: status == .accepted) }
            guard let group = outcome.group else { continue }
            isFound[group] = true
            switch status {
            case .changed: result.unwritten += groups[group]
            case .gone: result.refused += groups[group]
            case .accepted, nil: if let place = outcome.details { result.refused += batch.details[place].rest.refused }
            }
        }
        // Their units are gone, or cannot be read.
        for group in isFound.indices where !isFound[group] { result.refused += groups[group] }
        return result
    }
}

extension StorePass.Result {
    /// Adds the decision for a job: the part that does not depend on its change and, if that was written, the rest.
    fileprivate mutating func add(_ details: StorePass.Details, isWritten: Bool) {
        if details.rest.isMisplaced { misplaced.append(details.job) }
        if details.rest.isHeldOff { heldOff += 1 }
        guard isWritten else { return }
        events += details.rest.events
        cancelled += details.rest.cancelled
        lost += details.lost
        if details.rest.removesJob { removed.append(details.job) }
        if details.rest.backlog > 0 { backlogs.append((details.job, details.rest.backlog)) }
    }
}

extension Completion {
    var isInterrupted: Bool { if case .interrupted = result { true } else { false } }

    /// Whether any completion is interrupted. They are inspected in place, because they are expensive to copy.
    static func isAnyInterrupted(of completions: [Completion]) -> Bool {
        completions.indices.contains { completions[$0].isInterrupted }
    }
}

extension Planner.Plan {
    /// Adds a run to the change that was planned with it among the open runs.
    fileprivate mutating func make(_ run: Run, of job: Job, tells: Bool) {
        var change = change.take() ?? JobChange(job: job)
        if !change.runs.contains(where: { $0.id == run.id }) { change.runs.append(run) }
        self.change = change
        guard tells else { return }
        var rest = rest.take() ?? Rest()
        rest.events.insert(.queued(run.id), at: 0)
        self.rest = rest
    }

    /// Returns the runs that the plan ends as lost.
    fileprivate func lost(_ task: TaskName) -> [StorePass.LostRun] {
        change?.runs.filter { $0.state == .finished(.lost) }.map { run in
            StorePass.LostRun(id: run.id, task: run.task ?? task, error: run.error)
        } ?? []
    }
}
