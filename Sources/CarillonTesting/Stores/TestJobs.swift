package import Carillon
package import CarillonTriggers
import Synchronization

/// Jobs and passes for tests.
package enum TestJobs {
    /// 2027-01-15T08:00:00Z.
    package static let start = Instant(seconds: 1_800_000_000)

    /// A job that is due every minute from its addition on, some seconds after `start`.
    package static func job(_ id: String, task: String = "work", after seconds: Int64 = 0) throws -> NewJob {
        NewJob(
            id: try JobID(id),
            definition: JobDefinition(task: try TaskName(task), trigger: try .interval(minutes: 1)),
            added: start.advanced(byMicroseconds: seconds * 1_000_000)
        )
    }

    /// Jobs `job 0`, `job 1` and so on.
    package static func jobs(_ count: Int, task: String = "work") throws -> [NewJob] {
        try (0..<count).map { try job("job \($0)", task: task) }
    }

    /// Fires and takes what is due some seconds after `start`, and returns what was written.
    @discardableResult
    package static func pass(
        _ store: any JobStore, node: String = "node", limit: Int = 1000, slots: Int? = nil,
        tasks: Set<String> = ["work"], after seconds: Int64 = 0
    ) async throws -> [JobChange] {
        let now = start.advanced(byMicroseconds: seconds * 1_000_000)
        let input = Planner.Input(
            now: now, node: try NodeID(node), tasks: Set(try tasks.map { try TaskName($0) }), slots: slots ?? limit)
        var query = JobQuery(now: now)
        query.tasks = input.tasks
        query.dueLimit = limit
        query.readyLimit = limit
        let changes = Mutex<[JobChange?]>([])
        let statuses = try await store.pass(query) { batch in
            let planned = batch.map { Planner.plan($0, input).change }
            changes.withLock { $0 = planned }
            return planned
        }.statuses
        return changes.withLock { zip($0, statuses).compactMap { $1 == .accepted ? $0 : nil } }
    }

    /// The ids of all jobs that can be read.
    package static func ids(_ store: any JobStore) async throws -> [String] {
        try await store.jobs(JobFilter(), page: Page(limit: 1000)).compactMap { listing in
            if case .job(let job) = listing { job.id.description } else { nil }
        }
    }

    /// Calls a closure again until it answers, and with what is wanted, twenty seconds at most. After an error each attempt
    /// waits for the store's own pause.
    package static func untilAnswered<Value>(
        where isWanted: (Value) -> Bool = { _ in true }, _ body: () async throws -> Value
    ) async throws -> Value {
        let end = ContinuousClock.now + .seconds(20)
        while true {
            do {
                let answer = try await body()
                if isWanted(answer) || ContinuousClock.now >= end { return answer }
            } catch let error as CarillonError where error.code == .storeUnavailable && ContinuousClock.now < end {}
            await Task.yield()
        }
    }

    /// How many jobs a pass fires once it fires any: a session that the server has not ended yet may still hold them.
    package static func firedOnceFree(_ store: any JobStore) async throws -> Int {
        try await untilAnswered(where: { $0 > 0 }, { try await pass(store).count })
    }
}
