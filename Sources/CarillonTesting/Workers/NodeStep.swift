public import Carillon
public import CarillonTriggers
import Synchronization

/// One step of a node on a store, without a scheduler: plans and writes what a query finds. Use it to measure stores,
/// and in tests that make the calls of a node by hand.
public struct NodeStep: Sendable {
    private let node: NodeID
    private let task: TaskName

    /// Creates a step of a node that can run one task.
    public init(node: NodeID, task: TaskName) {
        self.node = node
        self.task = task
    }

    /// Makes the step.
    ///
    /// - Parameters:
    ///   - now: The wall clock's time.
    ///   - slots: How many runs the node takes.
    ///   - runs: Runs of the node that have succeeded, whose units the query names.
    ///   - adjust: Sets what the query looks for.
    /// - Returns: The planned changes, and for each job of the batch what was done with its change; `nil` if it had
    ///   none.
    /// - Throws: `CarillonError` as the store does.
    public func make(
        on store: any JobStore,
        at now: Instant,
        slots: Int,
        ending runs: [Run] = [],
        _ adjust: (inout JobQuery) -> Void
    ) async throws(CarillonError) -> (changes: [JobChange], statuses: [CommitStatus?]) {
        let input = Planner.Input(now: now, node: node, tasks: [task], slots: slots)
        let completions = Dictionary(
            grouping: runs.map { Completion(run: $0.id, fence: $0.fence, finished: now, result: .ended(.succeeded)) },
            by: \.run.occurrence.job
        )
        var query = JobQuery(now: now)
        query.tasks = [task]
        adjust(&query)
        let changes = Mutex<[JobChange]>([])
        let passed = try await store.pass(query) { batch in
            let planned = batch.map { Planner.plan($0, completions: completions[$0.job.id] ?? [], input).change }
            changes.withLock { $0 = planned.compactMap(\.self) }
            return planned
        }
        return (changes.withLock { $0 }, passed.statuses)
    }
}
