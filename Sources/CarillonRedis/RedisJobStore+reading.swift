#if Redis
public import Carillon
public import CarillonTriggers

extension RedisJobStore: SelfChecking {
    /// See `JobStore`.
    public func jobs(_ filter: JobFilter, page: Page<JobCursor>) async throws(CarillonError) -> [JobListing] {
        try await reader.run { (session) throws(CarillonError) in try session.jobs(filter, page: page) }
    }

    /// See `JobStore`.
    public func runs(_ filter: RunFilter, page: Page<Run.ID>) async throws(CarillonError) -> [Run] {
        try await reader.run { (session) throws(CarillonError) in try session.runs(filter, page: page) }
    }

    /// Returns a page of runs, with the number of unreadable rows that would be on it.
    package func listing(
        _ filter: RunFilter, page: Page<Run.ID>
    ) async throws(CarillonError) -> (runs: [Run], unreadable: Int) {
        try await reader.run { (session) throws(CarillonError) in try session.listing(filter, page: page) }
    }

    /// See `JobStore`.
    public func run(_ id: Run.ID) async throws(CarillonError) -> Run? {
        try await reader.run { (session) throws(CarillonError) in try session.run(id) }
    }

    /// See `JobStore`.
    public func reasons(
        _ job: JobID, from first: Instant, through last: Instant, limit: Int
    ) async throws(CarillonError) -> [ReasonRange] {
        try await reader.run { (session) throws(CarillonError) in
            try session.reasons(job, from: first, through: last, limit: limit)
        }
    }

    /// See `JobStore`. It reads the whole history of the job.
    public func unreadableHistory(
        of job: JobID, from first: Instant, through last: Instant
    ) async throws(CarillonError) -> Int {
        try await reader.run { (session) throws(CarillonError) in
            try session.unreadableHistory(of: job, from: first, through: last)
        }
    }
}

extension RedisJobStore {
    /// Whether a database has the keys of a job store, so that no caller makes them by mistake.
    ///
    /// - Throws: `CarillonError` if the server cannot be reached.
    public static func isJobStore(at address: RedisAddress) async throws(CarillonError) -> Bool {
        let visitor = RedisThread(name: "carillon-visit")
        let server = RedisServer(address)
        return try await visitor.visit(server) { (connection) throws(RedisFailure) in
            let command = RedisArguments(["EXISTS", server.prefix + "format"])
            return try connection.exchange([command])[0].checked().integer == 1
        }
    }

    /// Checks that the store can be written, by keys that are gone at the end.
    package func tryWriting() async throws(CarillonError) {
        try await writer.run { (session) throws(CarillonError) in try session.tryRights() }
    }

    /// Returns how many ended runs and reasons of each job cannot be read. It reads the whole history.
    package func unreadableHistory() async throws(CarillonError) -> [String: Int] {
        var counts: [String: Int] = [:]
        var last: [UInt8]?
        while true {
            let after = last
            let found = try await reader.run { (session) throws(CarillonError) in
                try session.histories(after: after).map { (id) throws(CarillonError) in
                    (id: id, count: try session.unreadableHistory(ofBytes: id, from: .earliest, through: .latest))
                }
            }
            for (id, count) in found where count > 0 { counts[String(decoding: id, as: UTF8.self)] = count }
            guard let end = found.last?.id else { return counts }
            last = end
        }
    }
}

extension RedisJobStore: RunSearching, OutcomeCounting, FailureGrouping {
    /// See `RunSearching`.
    public func endedRuns(_ search: RunSearch, page: Page<Run.ID>) async throws(CarillonError) -> [Run] {
        try await reader.run { (session) throws(CarillonError) in try session.endedRuns(search, page: page) }
    }

    /// See `RunSearching`.
    public func latestRuns(of jobs: [JobID], limit: Int) async throws(CarillonError) -> [JobID: [Run]] {
        try await reader.run { (session) throws(CarillonError) in try session.latestRuns(of: jobs, limit: limit) }
    }

    /// See `OutcomeCounting`.
    public func outcomeCounts(
        from first: Instant, through last: Instant, task: TaskName?, grouping: OutcomeGrouping
    ) async throws(CarillonError) -> [OutcomeCount] {
        try await reader.run { (session) throws(CarillonError) in
            try session.outcomeCounts(from: first, through: last, task: task, grouping: grouping)
        }
    }

    /// See `FailureGrouping`.
    public func failures(
        since: Instant, task: TaskName?, page: Page<FailureCursor>
    ) async throws(CarillonError) -> [FailureGroup] {
        try await reader.run { (session) throws(CarillonError) in
            try session.failures(since: since, task: task, page: page)
        }
    }
}

extension RedisJobStore: NodeListing {
    /// See `NodeListing`.
    public func nodesAtAGlance() async throws(CarillonError) -> (time: Instant, nodes: [NodeRecord]) {
        try await reader.run { (session) throws(CarillonError) in try session.nodesAtAGlance() }
    }
}
#endif
