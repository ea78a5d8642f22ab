import Carillon
import CarillonTriggers

/// The equipment of the cases: a store on a fresh storage, and short names for steps that they repeat.
///
/// Times are given in seconds from `start`. Jobs run the task `work` every minute from `start` on by default.
struct ConformanceBench: Sendable {
    let storage: any StoreStorage
    let store: any JobStore
    /// Whether every listing of jobs is supported.
    let hasAllListings: Bool
    /// 2027-01-15T08:00:00Z.
    let start = Instant(seconds: 1_800_000_000)

    /// Returns a time in seconds from `start`.
    func time(_ seconds: Int64) -> Instant { start.advanced(byMicroseconds: seconds * 1_000_000) }

    /// Returns the bench with another handle.
    func with(_ store: any JobStore) -> ConformanceBench {
        ConformanceBench(storage: storage, store: store, hasAllListings: hasAllListings)
    }

    // MARK: Making jobs

    func definition(
        every seconds: Int = 60,
        task: String = "work",
        tags: [String] = [],
        origin: String? = nil,
        trigger: Trigger? = nil,
        _ policies: (inout JobPolicies) throws -> Void = { _ in }
    ) throws -> JobDefinition {
        var definition = JobDefinition(
            task: try TaskName(task),
            trigger: try trigger ?? .interval(seconds: seconds),
            tags: tags,
            origin: origin
        )
        try policies(&definition.policies)
        return definition
    }

    func new(_ id: String, _ definition: JobDefinition, at seconds: Int64 = 0, paused: Bool = false) throws -> NewJob {
        NewJob(id: try JobID(id), definition: definition, added: time(seconds), isPaused: paused)
    }

    /// Adds a job whose id must be free.
    @discardableResult
    func add(_ id: String, _ definition: JobDefinition, at seconds: Int64 = 0, paused: Bool = false) async throws -> Job
    {
        let added = try await store.insert([try new(id, definition, at: seconds, paused: paused)])
        return try require(added.first ?? nil, "the id '\(id)' is free")
    }

    /// Adds a job with an interval, whose id must be free.
    @discardableResult
    func add(
        _ id: String,
        every seconds: Int = 60,
        task: String = "work",
        at added: Int64 = 0,
        _ policies: (inout JobPolicies) throws -> Void = { _ in }
    ) async throws -> Job {
        try await add(id, definition(every: seconds, task: task, policies), at: added)
    }

    // MARK: Passes

    /// Makes a pass of a node.
    @discardableResult
    func pass(
        at seconds: Int64,
        node: String = "node-1",
        tasks: [String] = ["work"],
        slots: Int = 1000,
        completions: [Completion] = [],
        dead: [String] = [],
        _ adjust: (inout StorePass) throws -> Void = { _ in }
    ) async throws -> StorePass.Result {
        var pass = StorePass(now: time(seconds), node: try NodeID(node), tasks: Set(try tasks.map { try TaskName($0) }))
        pass.slots = slots
        pass.completions = completions
        pass.dead = Set(try dead.map { try NodeID($0) })
        try adjust(&pass)
        return try await pass.run(on: store)
    }

    /// Returns the completion of a run that was taken.
    func completion(
        of run: Run,
        _ outcome: Outcome = .succeeded,
        at seconds: Int64,
        error: String? = nil,
        result: [UInt8]? = nil,
        log: [UInt8]? = nil,
        mayRetry: Bool = true
    ) -> Completion {
        Completion(
            run: run.id,
            fence: run.fence,
            finished: time(seconds),
            result: .ended(outcome, error: error, result: result, log: log, mayRetry: mayRetry)
        )
    }

    /// Returns the completion of a run that was taken and never started.
    func givenBack(_ run: Run, at seconds: Int64) -> Completion {
        Completion(run: run.id, fence: run.fence, finished: time(seconds), result: .givenBack)
    }

    /// Returns the completion of a run that ended because its node stopped.
    func interrupted(_ run: Run, at seconds: Int64) -> Completion {
        Completion(
            run: run.id, fence: run.fence, finished: time(seconds), result: .interrupted(log: Array("half".utf8)))
    }

    /// Returns the only run that a pass took.
    func onlyRun(_ result: StorePass.Result, file: String = #fileID, line: Int = #line) throws -> Run {
        try expectEqual(result.taken.count, 1, "runs taken", file: file, line: line)
        return try require(result.taken.first, "a run", file: file, line: line)
    }

    // MARK: Reading

    func snapshot(_ id: String) async throws -> JobSnapshot { try await store.snapshot(try JobID(id), at: start) }

    /// Returns the unit of a run, whether or not its job was removed.
    func snapshot(of run: Run, file: String = #fileID, line: Int = #line) async throws -> JobSnapshot {
        let found = try await store.found(run.id.occurrence.unit, at: start)
        return try require(found, "the unit of \(run.id)", file: file, line: line)
    }

    func job(_ id: String) async throws -> Job { try await snapshot(id).job }

    /// Returns all runs of a job, open and ended, the earliest scheduled first, then by attempt.
    func runs(_ id: String) async throws -> [Run] {
        var filter = RunFilter()
        filter.job = try JobID(id)
        return try await allRuns(filter).sorted {
            ($0.id.occurrence.scheduled, $0.id.attempt) < ($1.id.occurrence.scheduled, $1.id.attempt)
        }
    }

    /// Returns all runs of a filter, page by page, in the order of the listing.
    func allRuns(_ filter: RunFilter, limit: Int = 1000) async throws -> [Run] {
        var runs: [Run] = []
        var page = Page<Run.ID>(limit: limit)
        repeat {
            let rows = try await store.runs(filter, page: page)
            runs += rows
            page.after = rows.count == page.limit ? rows.last?.id : nil
        } while page.after != nil
        return runs
    }

    /// Returns all jobs of a filter, page by page, in the order of the listing.
    func allJobs(_ filter: JobFilter = JobFilter(), from first: JobCursor? = nil, limit: Int = 1000) async throws
        -> [Job]
    {
        var all: [Job] = []
        var page = Page<JobCursor>(after: first, limit: limit)
        while true {
            let rows = try await jobs(of: filter, page)
            all += rows
            guard rows.count == page.limit, let last = rows.last else { return all }
            page.after = JobListing.job(last).cursor(byDue: isByDue(first))
        }
    }

    /// Returns a page of jobs, none of which may be unreadable.
    func jobs(of filter: JobFilter = JobFilter(), _ page: Page<JobCursor>) async throws -> [Job] {
        try await store.jobs(filter, page: page).map { listing in
            switch listing {
            case .job(let job): return job
            case .unreadable(let id, _, let reason): throw StoreConformanceFailure("'\(id)' is unreadable: \(reason)")
            }
        }
    }

    /// Returns all rows of a listing, page by page, including unreadable ones.
    func allRows(from first: JobCursor? = nil, limit: Int) async throws -> [JobListing] {
        var all: [JobListing] = []
        var page = Page<JobCursor>(after: first, limit: limit)
        while true {
            let rows = try await store.jobs(JobFilter(), page: page)
            all += rows
            guard rows.count == page.limit, let last = rows.last else { return all }
            page.after = last.cursor(byDue: isByDue(first))
            guard all.count < 10_000 else { throw StoreConformanceFailure("the listing has no end") }
        }
    }

    private func isByDue(_ first: JobCursor?) -> Bool {
        switch first {
        case .beginningByDue, .due: true
        case .id, nil: false
        }
    }

    /// Returns the ids of jobs of a filter, in the order of the listing.
    func ids(_ adjust: (inout JobFilter) throws -> Void) async throws -> [String] {
        var filter = JobFilter()
        try adjust(&filter)
        return try await allJobs(filter).map(\.id.description)
    }

    func reasons(_ id: String) async throws -> [ReasonRange] {
        try await store.reasons(try JobID(id), from: .earliest, through: .latest, limit: 1000)
    }

    /// Returns the ids of the jobs that a query finds, in order.
    func found(at seconds: Int64, tasks: [String]? = nil, _ adjust: (inout JobQuery) throws -> Void) async throws
        -> [String]
    {
        var query = JobQuery(now: time(seconds))
        query.tasks = try tasks.map { Set(try $0.map { try TaskName($0) }) }
        try adjust(&query)
        return try await store.find(query).map(\.job.id.description)
    }

    /// Returns the ids of the jobs that are due, in order.
    func due(at seconds: Int64, limit: Int = 1000, tasks: [String]? = nil) async throws -> [String] {
        try await found(at: seconds, tasks: tasks) { $0.dueLimit = limit }
    }

    /// Returns the ids of the jobs with ready runs, in order.
    func ready(at seconds: Int64, limit: Int = 1000, tasks: [String]? = nil) async throws -> [String] {
        try await found(at: seconds, tasks: tasks) { $0.readyLimit = limit }
    }

    /// Returns the ids of the jobs whose waiting runs have room.
    func roomy(at seconds: Int64) async throws -> [String] {
        let ready = Set(try await self.ready(at: seconds))
        return try await found(at: seconds) {
            $0.readyLimit = 1000
            $0.sweepsWaiting = true
        }.filter { !ready.contains($0) }
    }

    /// Sends a heartbeat of a node.
    func heartbeat(node: String = "node-1", host: String = "host-1", process: Int32 = 1, tasks: [String] = ["work"])
        async throws -> Heartbeat
    {
        try await store.heartbeat(report(node: node, host: host, process: process, tasks: tasks))
    }

    func report(node: String = "node-1", host: String = "host-1", process: Int32 = 1, tasks: [String] = ["work"])
        throws -> NodeReport
    {
        NodeReport(
            id: try NodeID(node),
            host: host,
            process: process,
            processStart: 1,
            tasks: Set(try tasks.map { try TaskName($0) })
        )
    }
}
