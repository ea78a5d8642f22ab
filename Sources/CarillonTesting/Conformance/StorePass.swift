public import Carillon
public import CarillonTriggers
import Synchronization

/// One turn of a scheduler without the scheduler: finds what is due, ready or concerned, lets the planner decide, and
/// commits.
public struct StorePass: Sendable {
    /// The wall clock's time.
    public var now: Instant
    /// The node that asks.
    public var node: NodeID
    /// The tasks that it can run.
    public var tasks: Set<TaskName>
    /// How many runs it takes.
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
        /// Completions that do not count.
        public var refused: [Completion] = []
        /// Completions to bring along again: their jobs were changed by others in the meantime.
        public var unwritten: [Completion] = []
        /// What happened, job by job.
        public var events: [PlanEvent] = []
        /// What the store did with each change, in order.
        public var statuses: [(job: JobID, status: CommitStatus)] = []
    }

    private struct Progress: Sendable {
        var slots: Int
        var plans: [JobID: (generation: Int64, plan: Planner.Plan)] = [:]
    }

    /// Makes the pass.
    public func run(on store: any JobStore) async throws(CarillonError) -> Result {
        var query = JobQuery(now: now)
        query.tasks = tasks
        query.dueLimit = dueLimit
        query.readyLimit = readyLimit
        query.sweepsWaiting = sweepsWaiting
        query.runningOn = dead
        query.ids = Set(completions.map(\.run.occurrence.job)).sorted()
        let byJob = Dictionary(grouping: completions, by: \.run.occurrence.job)
        let progress = Mutex(Progress(slots: slots))
        let statuses = try await store.pass(query) { snapshot in
            // Where a store tries its transaction again, only the last plan counts.
            let free = progress.withLock { progress in
                progress.slots += progress.plans[snapshot.job.id]?.plan.taken.count ?? 0
                return progress.slots
            }
            let input = Planner.Input(
                now: now, node: node, tasks: tasks, slots: free, dead: dead, pause: pause, random: random)
            let plan = Planner.plan(snapshot, completions: byJob[snapshot.job.id] ?? [], input)
            progress.withLock { progress in
                progress.slots -= plan.taken.count
                progress.plans[snapshot.job.id] = (snapshot.job.generation, plan)
            }
            planned(snapshot, plan)
            return plan.change
        }
        return try await finish(progress.withLock { $0 }, statuses.map { ($0.change.job.id, $0.status) }, store)
    }

    private func finish(
        _ progress: Progress,
        _ statuses: [(job: JobID, status: CommitStatus)],
        _ store: any JobStore
    ) async throws(CarillonError) -> Result {
        var result = Result()
        result.statuses = statuses
        for (job, status) in statuses where status == .accepted {
            guard let plan = progress.plans[job]?.plan else { continue }
            result.taken += plan.taken
            result.events += plan.events
        }
        let status = Dictionary(statuses.map { ($0.job, $0.status) }) { _, last in last }
        var withoutJob: [Completion] = []
        for completion in completions {
            let planned = progress.plans[completion.run.occurrence.job]
            switch status[completion.run.occurrence.job] {
            case .changed: result.unwritten.append(completion)
            case _ where planned?.generation != completion.run.occurrence.generation: withoutJob.append(completion)
            case .gone: withoutJob.append(completion)
            case .accepted, nil:
                if planned?.plan.refused.contains(completion) ?? true { result.refused.append(completion) }
            }
        }
        guard !withoutJob.isEmpty else { return result }
        let accepted = try await store.complete(withoutJob: withoutJob)
        for (completion, isAccepted) in zip(withoutJob, accepted) where !isAccepted {
            result.refused.append(completion)
        }
        return result
    }
}
