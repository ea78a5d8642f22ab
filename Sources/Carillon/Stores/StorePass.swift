package import CarillonTriggers
import Synchronization

/// One turn over a store: finds what is due, ready or concerned, lets the planner decide, and commits.
package struct StorePass: Sendable {
    /// How many runs an executor has room for.
    package struct Room: Hashable, Sendable {
        /// For so many it has a worker free.
        package var free: Int
        /// So many more it would have one for in a moment.
        package var ahead: Int

        /// Puts it together.
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
    /// Reads the wall clock when plans are made: a store may have been locked until then. Where it is `nil`, plans are of
    /// the time of the pass.
    package var readNow: (@Sendable () -> Instant)?
    /// The node that asks.
    package var node: NodeID
    /// The tasks that it can run.
    package var tasks: Set<TaskName>
    /// How many runs it takes for each executor, by alias; nothing for executors that are not named. Where it is `nil`,
    /// it takes `slots` runs whatever their executor.
    package var rooms: [String: Room]?
    /// Where the room is drawn from instead, since other passes take for the same executors meanwhile.
    var draws: RoomDraws?
    /// How many runs it takes where executors are not told apart.
    package var slots = 1000
    /// Jobs to add; those that are due at once are fired and, where there is room, taken.
    package var adding: [NewJob] = []
    /// Jobs that somebody wants run once more: each gets a run before it is planned, which is taken where there is room.
    package var runNow: Set<JobID> = []
    /// What it knows of its runs.
    package var completions: [Completion] = []
    /// Nodes known to be dead.
    package var dead: Set<NodeID> = []
    /// The latest pause of the node's scheduler.
    package var pause: SchedulerPause?
    /// Whether due occurrences become runs; where not, completions are written and dead nodes' runs recovered alone.
    package var fires = true
    /// How many due jobs are looked at.
    package var dueLimit = 1000
    /// How many jobs with ready runs are looked at.
    package var readyLimit = 1000
    /// Whether jobs are looked for whose waiting runs have room.
    package var sweepsWaiting = true
    /// Fire times that have run already though the clock does not show them yet.
    package var ranAhead = RanAhead()
    /// Whether jobs that are due at a time which their triggers do not name are left to be looked at, as
    /// `Result.misplaced`, instead of being fired.
    package var movesNext = false
    /// Draws numbers from 0 up to 1 for the jitter of retries.
    package var random: @Sendable () -> Double = { 0 }
    /// Since when the node has been awake; see `Planner.Input.awakeSince`. It counts for nothing where the store lets the
    /// pass wait for longer than `stallLimit`.
    package var awakeSince: Instant?
    /// See `Planner.Input.atWork`.
    package var atWork: Set<Run.ID> = []
    /// See `Planner.Input.mayHaveEnded`.
    package var mayHaveEnded: (@Sendable (Run) -> Bool)?
    /// Whether the result says what happened.
    package var wantsEvents = true
    /// Called for each job when it has been planned, inside the store's transaction where it has one.
    package var planned: (@Sendable (JobSnapshot, Planner.Plan) -> Void)?

    /// A store that takes more microseconds for a call has been in trouble.
    static let stallLimit: Int64 = 1_000_000

    /// A pass of a node.
    package init(now: Instant, node: NodeID, tasks: Set<TaskName>) {
        self.now = now
        self.node = node
        self.tasks = tasks
    }

    /// What a pass did.
    package struct Result: Sendable {
        /// The runs that are the node's now.
        package var taken: [Run] = []
        /// The definitions of their jobs, in the same order, as they are.
        package var definitions: [JobDefinition] = []
        /// Completions that do not count.
        package var refused: [Completion] = []
        /// The runs at work on the node that it is to cancel now.
        package var cancelled: [Run.ID] = []
        /// Completions to bring along again: their jobs were changed by others in the meantime.
        package var unwritten: [Completion] = []
        /// What happened, job by job.
        package var events: [PlanEvent] = []
        /// How many jobs were looked at.
        package var planned = 0
        /// For each job that was to be added, the job, or `nil` where its id is taken.
        package var added: [Job?] = []
        /// The runs that were made of jobs of `runNow`. Others were not found, or were changed by others meanwhile.
        package var ranNow: [JobID: Run.ID] = [:]
        /// What the store did with each change, in order.
        package var statuses: [CommitStatus] = []
        /// When there is next something to do for the node, once all that is written.
        package var earliest = EarliestTimes()
        /// Jobs that were removed, since they had ended.
        package var removed: [JobID] = []
        /// Jobs that have not fired, since they are due at a time that is none of their triggers'.
        package var misplaced: [JobID] = []

        /// Runs that were lost with their nodes, or by the stop of this one.
        var lost: [LostRun] = []
        /// How many jobs stay due, since it is not known whether they are at their limits.
        var heldOff = 0
        /// Jobs one more of whose occurrences waits, with how many wait by now.
        var backlogs: [(job: JobID, waiting: Int)] = []

        /// A pass that did nothing but take some runs.
        package init(taken: [Run] = []) { self.taken = taken }
    }

    /// A run that is lost.
    struct LostRun: Sendable {
        let id: Run.ID
        let task: TaskName
        /// Why.
        let error: String?
    }

    /// What was decided for one job, but for its change.
    private struct Outcome: Sendable {
        /// Which completions were brought along for it.
        let group: Int?
        /// How many runs were taken.
        let takenCount: Int
        /// Where the rest stands that few jobs have.
        let details: Int?
        /// The run that was made since somebody wants it.
        let ranNow: Run.ID?
    }

    /// What was decided for a job beside its change and the runs that were taken.
    fileprivate struct Details: Sendable {
        let job: JobID
        let rest: Planner.Plan.Rest
        /// Its runs that are lost.
        let lost: [LostRun]
    }

    /// What was planned last.
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
            // What was planned before counts for nothing any more.
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

    /// Has the store end runs from whose ends nothing follows, where it can do that by itself. Those count before
    /// anything is planned.
    ///
    /// - Returns: What happened by that, the jobs that went with it, and the completions that are left to be planned.
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
        let isLate = time.microseconds - now.microseconds > Self.stallLimit
        return Planner.Input(
            now: time,
            node: node,
            tasks: tasks,
            slots: 0,
            dead: dead,
            pause: pause,
            fires: fires,
            wantsEvents: wantsEvents,
            ranAhead: ranAhead,
            movesNext: movesNext,
            random: random,
            awakeSince: isLate ? time : awakeSince,
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
            // Where no run is open none can end: what is known of such a job is refused in the end, like that of no job.
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
            // Taken out, since a change is long to copy.
            changes.append(plan.change.take())
        }
        return (batch, changes)
    }

    /// The run that is to be made of a job before it is planned.
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
        /// Answers how many runs it takes.
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
        // Their units have left, or cannot be read.
        for group in isFound.indices where !isFound[group] { result.refused += groups[group] }
        return result
    }
}

extension StorePass.Result {
    /// Adds what was decided for a job, as far as that does not depend on its change being written or it was.
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

    /// Whether one of many is; they are looked at in their places, since they are long to copy.
    static func isAnyInterrupted(of completions: [Completion]) -> Bool {
        completions.indices.contains { completions[$0].isInterrupted }
    }
}

extension Planner.Plan {
    /// Has a run made with the change that was among the open ones when that was planned.
    fileprivate mutating func make(_ run: Run, of job: Job, tells: Bool) {
        var change = change.take() ?? JobChange(job: job)
        if !change.runs.contains(where: { $0.id == run.id }) { change.runs.append(run) }
        self.change = change
        guard tells else { return }
        var rest = rest.take() ?? Rest()
        rest.events.insert(.queued(run.id), at: 0)
        self.rest = rest
    }

    /// The runs that it ends as lost.
    fileprivate func lost(_ task: TaskName) -> [StorePass.LostRun] {
        change?.runs.filter { $0.state == .finished(.lost) }.map { run in
            StorePass.LostRun(id: run.id, task: run.task ?? task, error: run.error)
        } ?? []
    }
}
