import Carillon
import CarillonTriggers

/// The steps that the cases of readers repeat.
extension ConformanceBench {
    var searching: any RunSearching {
        get throws { try require(store as? any RunSearching, "a store that searches runs") }
    }

    var counting: any OutcomeCounting {
        get throws { try require(store as? any OutcomeCounting, "a store that counts outcomes") }
    }

    var grouping: any FailureGrouping {
        get throws { try require(store as? any FailureGrouping, "a store that groups failures") }
    }

    var log: any AuditLogging {
        get throws { try require(store as? any AuditLogging, "a store with an audit log") }
    }

    var memory: any RequestKeeping {
        get throws { try require(store as? any RequestKeeping, "a store that remembers requests") }
    }

    var transferring: any JobTransferring {
        get throws { try require(store as? any JobTransferring, "a store from which everything can be moved") }
    }

    /// Adds a job that is due once, at a time, and makes its run end.
    @discardableResult
    func runOnce(
        _ id: String,
        task: String = "work",
        node: String = "node-1",
        at scheduled: Int64 = 0,
        late: Int64 = 0,
        for seconds: Int64 = 1,
        _ outcome: Outcome = .succeeded,
        error: String? = nil,
        result: [UInt8]? = nil,
        log: [UInt8]? = nil,
        _ policies: (inout JobPolicies) throws -> Void = { _ in }
    ) async throws -> Run {
        try await add(id, every: 100_000_000, task: task, at: scheduled, policies)
        let began = scheduled + late
        let taken = try await pass(at: began, node: node, tasks: [task]).taken
        let run = try require(taken.first { $0.id.occurrence.job.description == id }, "the run of '\(id)'")
        let completion = completion(
            of: run, outcome, at: began + seconds, error: error, result: result, log: log, mayRetry: false)
        try await pass(at: began + seconds, node: node, tasks: [task], completions: [completion])
        return try require(try await store.run(run.id), "the ended run of '\(id)'")
    }

    /// Returns the ids of the jobs whose runs a search finds, in order.
    func searched(_ adjust: (inout RunSearch) throws -> Void = { _ in }) async throws -> [String] {
        var search = RunSearch()
        try adjust(&search)
        return try await searching.endedRuns(search, page: Page(limit: 1000)).map(\.id.occurrence.job.description)
    }

    /// Returns all runs of a search, page by page.
    func searched(_ search: RunSearch, limit: Int) async throws -> [Run] {
        var runs: [Run] = []
        var page = Page<Run.ID>(limit: limit)
        repeat {
            let rows = try await searching.endedRuns(search, page: page)
            runs += rows
            page.after = rows.count == page.limit ? rows.last?.id : nil
            guard runs.count < 10_000 else { throw StoreConformanceFailure("the search has no end") }
        } while page.after != nil
        return runs
    }

    /// Returns the counts of days from `start` on, written as `day task outcome lateness: runs`.
    func counted(
        days: ClosedRange<Int64> = -10...10, task: String? = nil, _ grouping: OutcomeGrouping = .byDay
    ) async throws -> [String] {
        let day = Int64(86_400)
        let counts = try await counting.outcomeCounts(
            from: time(days.lowerBound * day), through: time(days.upperBound * day),
            task: try task.map(TaskName.init(_:)),
            grouping: grouping)
        return counts.map { count in
            let place = count.day.map {
                String(($0.microseconds - time(0).microseconds + 28_800_000_000) / 86_400_000_000)
            }
            return [
                place ?? count.task?.description ?? "-", count.outcome.rawValue, "\(count.lateness): \(count.runs)",
            ]
            .joined(separator: " ")
        }
    }

    func failureGroups(since: Int64 = -1_000_000, task: String? = nil, limit: Int = 100) async throws -> [FailureGroup]
    {
        try await grouping.failures(
            since: time(since), task: try task.map(TaskName.init(_:)), page: Page(limit: limit))
    }
}
