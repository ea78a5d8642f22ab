import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers

/// The same work through the store and the planner.
struct StoreWork {
    let store: any JobStore
    let node: NodeID
    let task: TaskName

    init(_ store: any JobStore, node: String) throws {
        self.store = store
        self.node = try NodeID(node)
        task = TaskName("work")
    }

    /// Adds jobs that are due every minute, unless told otherwise.
    func add(_ jobs: Range<Int>, at start: Instant, trigger: Trigger? = nil) async throws {
        let definition = JobDefinition(task: task, trigger: try trigger ?? .interval(minutes: 1))
        for first in stride(from: jobs.lowerBound, to: jobs.upperBound, by: 5000) {
            let some = try (first..<min(first + 5000, jobs.upperBound)).map { number in
                NewJob(id: try JobID("job \(number)"), definition: definition, added: start)
            }
            _ = try await store.insert(some)
        }
    }

    /// Fires up to so many jobs and takes nothing.
    func fire(_ count: Int, now: Instant) async throws -> Int {
        try await pass(now, slots: 0) { $0.dueLimit = count }.count
    }

    /// Takes up to so many runs.
    func take(_ count: Int, now: Instant) async throws -> [Run] {
        let taken = try await pass(now, slots: count) { $0.readyLimit = count }
        return taken.flatMap(\.runs).filter { $0.state == .running(node: node) }
    }

    /// Ends runs and, as a scheduler does, looks for others in the same pass.
    func complete(_ runs: [Run], now: Instant, dueLimit: Int = 0, slots: Int = 0) async throws -> [JobChange] {
        try await pass(now, slots: slots, ending: runs) { query in
            query.units = runs.map(\.id.occurrence.unit)
            query.dueLimit = dueLimit
            query.readyLimit = slots
        }
    }

    private func pass(
        _ now: Instant,
        slots: Int,
        ending runs: [Run] = [],
        _ adjust: (inout JobQuery) -> Void
    ) async throws -> [JobChange] {
        let (changes, statuses) = try await NodeStep(node: node, task: task).make(
            on: store, at: now, slots: slots, ending: runs, adjust)
        if let status = statuses.compactMap(\.self).first(where: { $0 != .accepted }) {
            throw SQLiteError(description: "a change was answered \(status)")
        }
        return changes
    }
}
