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

        fileprivate mutating func take(_ count: Int) {
            ahead -= max(0, count - free)
            free -= min(count, free)
        }
    }

    /// The wall clock's time.
    public var now: Instant
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
    /// How many due jobs are looked at.
    public var dueLimit = 1000
    /// How many jobs with ready runs are looked at.
    public var readyLimit = 1000
    /// Whether jobs are looked for whose waiting runs have room.
    public var sweepsWaiting = true
    /// Draws numbers from 0 up to 1 for the jitter of retries.
    public var random: @Sendable () -> Double = { 0 }
    /// Whether the result says what happened.
    public var wantsEvents = true
    /// Called for each job when it has been planned, inside the store's transaction where it has one.
    public var planned: @Sendable (JobSnapshot, Planner.Plan) -> Void = { _, _ in }

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
        /// The jobs of these runs, in the same order, as they are.
        public var takenOf: [Job] = []
        /// Completions that do not count.
        public var refused: [Completion] = []
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

        /// The tasks of runs that were lost with their nodes.
        var lost: [TaskName] = []

        /// A pass that did nothing but take some runs.
        public init(taken: [Run] = []) { self.taken = taken }
    }

    private struct Planned: Sendable {
        let job: Job
        let plan: Planner.Plan
        let hasCompletions: Bool

        /// The tasks of the runs that the plan ends as lost.
        var lost: [TaskName] {
            plan.change?.runs.filter { $0.state == .finished(.lost) }.map { $0.task ?? job.definition.task } ?? []
        }
    }

    /// What has been planned so far, in order.
    private struct Progress: Sendable {
        var rooms: [String: Room]?
        var slots: Int
        var plans: [Planned] = []

        init(_ pass: StorePass) {
            rooms = pass.rooms
            slots = pass.slots
        }

        func room(for executor: String) -> Room {
            rooms.map { $0[executor] ?? Room(free: 0) } ?? Room(free: slots)
        }

        mutating func append(_ planned: Planned) {
            let taken = planned.plan.taken.count
            slots -= taken
            if taken > 0 { rooms?[planned.job.definition.executor]?.take(taken) }
            plans.append(planned)
        }
    }

    /// Makes the pass.
    public func run(on store: any JobStore) async throws(CarillonError) -> Result {
        var query = JobQuery(now: now)
        query.tasks = tasks
        query.dueLimit = dueLimit
        query.readyLimit = readyLimit
        query.sweepsWaiting = sweepsWaiting
        query.runningOn = dead
        let byJob = Dictionary(grouping: completions, by: \.run.occurrence.job)
        query.ids = byJob.keys.sorted()
        let progress = Mutex(Progress(self))
        let statuses = try await store.pass(query) { snapshot in
            progress.withLock { progress in
                // A store that tries its transaction again begins anew; only the last plans count.
                if progress.plans.first?.job.id == snapshot.job.id { progress = Progress(self) }
                let room = progress.room(for: snapshot.job.definition.executor)
                var input = Planner.Input(
                    now: now,
                    node: node,
                    tasks: tasks,
                    slots: room.free,
                    ahead: room.ahead,
                    dead: dead,
                    pause: pause,
                    random: random
                )
                input.wantsEvents = wantsEvents
                let completions = byJob.isEmpty ? nil : byJob[snapshot.job.id]
                let plan = Planner.plan(snapshot, completions: completions ?? [], input)
                progress.append(Planned(job: snapshot.job, plan: plan, hasCompletions: completions != nil))
                planned(snapshot, plan)
                return plan.change
            }
        }
        return try await finish(progress.withLock { $0.plans }, statuses.map { ($0.change.job.id, $0.status) }, store)
    }

    private func finish(
        _ plans: [Planned],
        _ statuses: [(job: JobID, status: CommitStatus)],
        _ store: any JobStore
    ) async throws(CarillonError) -> Result {
        var result = Result()
        result.planned = plans.count
        result.statuses = statuses
        let matched = Self.matched(plans, statuses)
        for index in plans.indices where matched[index] == .accepted {
            result.taken += plans[index].plan.taken
            for _ in plans[index].plan.taken { result.takenOf.append(plans[index].job) }
            result.events += plans[index].plan.events
            if !dead.isEmpty { result.lost += plans[index].lost }
        }
        guard !completions.isEmpty else { return result }
        var last: [JobID: Int] = [:]
        for index in plans.indices where plans[index].hasCompletions { last[plans[index].job.id] = index }
        var withoutJob: [Completion] = []
        for completion in completions {
            let index = last[completion.run.occurrence.job]
            switch index.flatMap({ matched[$0] }) {
            case .changed: result.unwritten.append(completion)
            case .gone: withoutJob.append(completion)
            case .accepted, nil:
                if let index, plans[index].job.generation == completion.run.occurrence.generation {
                    if plans[index].plan.refused.contains(completion) { result.refused.append(completion) }
                } else {
                    withoutJob.append(completion)
                }
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
                guard plans[position].job.id == job else { continue }
                matched[position] = status
                break
            }
        }
        return matched
    }
}
