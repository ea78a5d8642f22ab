public import CarillonTriggers
import Synchronization

/// One turn over a store: finds what is due, ready or concerned, lets the planner decide, and commits.
public struct StorePass: Sendable {
    /// How many runs an executor has room for.
    public struct Room: Hashable, Sendable {
        /// For so many it has a worker free.
        public var free: Int
        /// So many more it would have one for in a moment.
        public var ahead: Int

        /// Puts it together.
        public init(free: Int, ahead: Int = 0) {
            self.free = free
            self.ahead = ahead
        }

        mutating func take(_ count: Int) {
            ahead -= max(0, count - free)
            free -= min(count, free)
        }
    }

    /// The wall clock's time when the pass is sent.
    public var now: Instant
    /// Reads the wall clock when plans are made: a store may have been locked until then. Where it is `nil`, plans are of
    /// the time of the pass.
    public var readNow: (@Sendable () -> Instant)?
    /// The node that asks.
    public var node: NodeID
    /// The tasks that it can run.
    public var tasks: Set<TaskName>
    /// How many runs it takes for each executor, by alias; nothing for executors that are not named. Where it is `nil`,
    /// it takes `slots` runs whatever their executor.
    public var rooms: [String: Room]?
    /// How many runs it takes where executors are not told apart.
    public var slots = 1000
    /// What it knows of its runs.
    public var completions: [Completion] = []
    /// Nodes known to be dead.
    public var dead: Set<NodeID> = []
    /// The latest pause of the node's scheduler.
    public var pause: SchedulerPause?
    /// Whether due occurrences become runs; where not, completions are written and dead nodes' runs recovered alone.
    public var fires = true
    /// How many due jobs are looked at.
    public var dueLimit = 1000
    /// How many jobs with ready runs are looked at.
    public var readyLimit = 1000
    /// Whether jobs are looked for whose waiting runs have room.
    public var sweepsWaiting = true
    /// Draws numbers from 0 up to 1 for the jitter of retries.
    public var random: @Sendable () -> Double = { 0 }
    /// Since when the node has been awake; see `Planner.Input.awakeSince`. It counts for nothing where the store lets the
    /// pass wait for longer than `stallLimit`.
    public var awakeSince: Instant?
    /// See `Planner.Input.atWork`.
    public var atWork: Set<Run.ID> = []
    /// See `Planner.Input.mayHaveEnded`.
    public var mayHaveEnded: (@Sendable (Run) -> Bool)?
    /// Whether the result says what happened.
    public var wantsEvents = true
    /// Called for each job when it has been planned, inside the store's transaction where it has one.
    public var planned: (@Sendable (JobSnapshot, Planner.Plan) -> Void)?

    /// A store that takes more microseconds for a call has been in trouble.
    static let stallLimit: Int64 = 1_000_000

    /// A pass of a node.
    public init(now: Instant, node: NodeID, tasks: Set<TaskName>) {
        self.now = now
        self.node = node
        self.tasks = tasks
    }

    /// What a pass did.
    public struct Result: Sendable {
        /// The runs that are the node's now.
        public var taken: [Run] = []
        /// The definitions of their jobs, in the same order, as they are.
        public var definitions: [JobDefinition] = []
        /// Completions that do not count.
        public var refused: [Completion] = []
        /// The runs at work on the node that it is to cancel now.
        public var cancelled: [Run.ID] = []
        /// Completions to bring along again: their jobs were changed by others in the meantime.
        public var unwritten: [Completion] = []
        /// What happened, job by job.
        public var events: [PlanEvent] = []
        /// How many jobs were looked at.
        public var planned = 0
        /// What the store did with each change, in order.
        public var statuses: [(job: JobID, status: CommitStatus)] = []
        /// Runs that ended without their job.
        public var endedWithoutJob: [Completion] = []

        /// The tasks of runs that were lost with their nodes, or by the stop of this one.
        var lost: [TaskName] = []
        /// How many jobs stay due, since it is not known whether they are at their limits.
        var heldOff = 0
        /// Jobs one more of whose occurrences waits, with how many wait by now.
        var backlogs: [(job: JobID, waiting: Int)] = []

        /// A pass that did nothing but take some runs.
        public init(taken: [Run] = []) { self.taken = taken }
    }

    /// What is remembered of a job that was planned.
    private struct Planned: Sendable {
        let job: JobID
        let generation: Int64
        /// Which completions were brought along for it.
        let group: Int?
        var hasChange = false
    }

    /// What follows from plans, in order, with the plan that each is of: few plans have something of every kind.
    private struct Consequences<Element: Sendable>: Sendable {
        private var elements: [Element] = []
        private var plans: [Int] = []

        @inline(__always)
        mutating func add(_ new: [Element], of plan: Int) {
            guard !new.isEmpty else { return }
            elements += new
            for _ in new { plans.append(plan) }
        }

        /// Those of the plans that a store has accepted.
        func accepted(_ statuses: [CommitStatus?]) -> [Element] {
            if plans.allSatisfy({ statuses[$0] == .accepted }) { return elements }
            return zip(elements, plans).lazy.filter { statuses[$1] == .accepted }.map(\.0)
        }

        /// Those of one plan.
        func of(_ plan: Int) -> [Element] { zip(elements, plans).lazy.filter { $1 == plan }.map(\.0) }
    }

    /// What has been planned so far, in order.
    private struct Progress: Sendable {
        var rooms: ExecutorRooms
        var completions: CompletionsByJob
        var plans: [Planned] = []
        var taken = Consequences<Run>()
        var definitions = Consequences<JobDefinition>()
        var events = Consequences<PlanEvent>()
        var refused = Consequences<Completion>()
        var cancelled = Consequences<Run.ID>()
        /// The tasks of the runs that were lost with their nodes, or by the stop of this one.
        var lost = Consequences<TaskName>()
        var backlogs = Consequences<(job: JobID, waiting: Int)>()
        var heldOff = 0
        var input: Planner.Input
        /// Whether a plan may end runs as lost.
        let mayLose: Bool
    }

    /// Makes the pass.
    public func run(on store: any JobStore) async throws(CarillonError) -> Result {
        var query = JobQuery(now: now)
        query.tasks = tasks
        query.dueLimit = dueLimit
        query.readyLimit = readyLimit
        query.sweepsWaiting = sweepsWaiting
        query.runningOn = dead
        let byJob = CompletionsByJob(completions)
        query.ids = byJob.ids
        let mayLose = !dead.isEmpty || completions.contains(where: \.isInterrupted)
        let rooms = ExecutorRooms(self.rooms, orElse: slots)
        let begin = Progress(rooms: rooms, completions: byJob, input: input(at: now), mayLose: mayLose)
        let progress = Mutex(begin)
        let statuses = try await store.pass(query) { snapshot in
            progress.withLock { progress in
                // A store that tries its transaction again begins anew; only the last plans count.
                if progress.plans.first?.job == snapshot.job.id { progress = begin }
                if progress.plans.isEmpty, let readNow { progress.input = input(at: readNow()) }
                return plan(snapshot, &progress)
            }
        }
        return try await finish(progress.withLock { $0 }, statuses, store)
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
            random: random,
            awakeSince: isLate ? time : awakeSince,
            atWork: atWork,
            mayHaveEnded: mayHaveEnded
        )
    }

    private func plan(_ snapshot: JobSnapshot, _ progress: inout Progress) -> JobChange? {
        let definition = snapshot.job.definition
        let executor = progress.rooms.index(of: definition.executor)
        let room = progress.rooms[executor]
        progress.input.slots = room.free
        progress.input.ahead = room.ahead
        // Where no run is open none can end: what is known of such a job is refused in the end, like that of no job.
        let group = snapshot.open.isEmpty ? nil : progress.completions.group(of: snapshot.job.id)
        var plan = Planner.plan(snapshot, completions: progress.completions[group], progress.input)
        progress.rooms.take(plan.taken.count, of: executor)
        let number = progress.plans.count
        progress.plans.append(Planned(job: snapshot.job.id, generation: snapshot.job.generation, group: group))
        progress.taken.add(plan.taken, of: number)
        for _ in plan.taken { progress.definitions.add([definition], of: number) }
        progress.events.add(plan.events, of: number)
        progress.refused.add(plan.refused, of: number)
        progress.cancelled.add(plan.cancelled, of: number)
        if plan.isHeldOff { progress.heldOff += 1 }
        if plan.backlog > 0 { progress.backlogs.add([(snapshot.job.id, plan.backlog)], of: number) }
        if progress.mayLose { progress.lost.add(plan.lost(definition.task), of: number) }
        planned?(snapshot, plan)
        // Taken out, since a change is long to copy.
        guard let change = plan.change.take() else { return nil }
        progress.plans[number].hasChange = true
        return change
    }

    private func finish(
        _ progress: Progress,
        _ statuses: [(job: JobID, status: CommitStatus)],
        _ store: any JobStore
    ) async throws(CarillonError) -> Result {
        let plans = progress.plans
        var result = Result()
        result.planned = plans.count
        result.statuses = statuses
        let matched = Self.matched(plans, statuses)
        result.taken = progress.taken.accepted(matched)
        result.definitions = progress.definitions.accepted(matched)
        result.events = progress.events.accepted(matched)
        result.cancelled = progress.cancelled.accepted(matched)
        result.lost = progress.lost.accepted(matched)
        result.backlogs = progress.backlogs.accepted(matched)
        result.heldOff = progress.heldOff
        var last = [Int?](repeating: nil, count: progress.completions.ids.count)
        for index in plans.indices { if let group = plans[index].group { last[group] = index } }
        var withoutJob: [Completion] = []
        for (group, index) in last.enumerated() {
            let completions = progress.completions[group]
            switch index.flatMap({ matched[$0] }) {
            case .changed: result.unwritten += completions
            case .gone: withoutJob += completions
            case .accepted, nil:
                // A change that the store says nothing of was part of a transaction that it tried again, and found the job
                // no more.
                guard let index, matched[index] != nil || !plans[index].hasChange else {
                    withoutJob += completions
                    continue
                }
                let generation = plans[index].generation
                for index in completions.indices where completions[index].run.occurrence.generation != generation {
                    withoutJob.append(completions[index])
                }
                let refused = progress.refused.of(index)
                result.refused += refused.filter { $0.run.occurrence.generation == generation }
            }
        }
        guard !withoutJob.isEmpty else { return result }
        let accepted = try await store.complete(withoutJob: withoutJob)
        for (completion, isAccepted) in zip(withoutJob, accepted) {
            if isAccepted { result.endedWithoutJob.append(completion) } else { result.refused.append(completion) }
        }
        return result
    }

    /// For each plan what was done with its change, where it has one that counts. Plans of transactions that a store
    /// tried again come before those that count, and plans without a change between them.
    private static func matched(
        _ plans: [Planned],
        _ statuses: [(job: JobID, status: CommitStatus)]
    ) -> [CommitStatus?] {
        var matched = [CommitStatus?](repeating: nil, count: plans.count)
        var position = plans.count
        for (job, status) in statuses.reversed() {
            while position > 0 {
                position -= 1
                guard plans[position].job == job else { continue }
                matched[position] = status
                break
            }
        }
        return matched
    }
}

extension Completion {
    var isInterrupted: Bool { if case .interrupted = result { true } else { false } }
}

extension Planner.Plan {
    /// The tasks of the runs that it ends as lost.
    fileprivate func lost(_ task: TaskName) -> [TaskName] {
        change?.runs.filter { $0.state == .finished(.lost) }.map { $0.task ?? task } ?? []
    }
}
