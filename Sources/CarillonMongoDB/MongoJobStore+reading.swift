#if MongoDB
public import Carillon
public import CarillonTriggers
internal import CarillonUnits

extension MongoJobStore: SelfChecking {
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

extension MongoJobStore {
    /// Whether a database has the collections of a job store, so that no caller makes them by mistake.
    ///
    /// - Throws: `CarillonError` if the server cannot be reached.
    public static func isJobStore(at address: MongoAddress) async throws(CarillonError) -> Bool {
        let visitor = SessionThread<MongoConnection>(name: "carillon-visit")
        let server = MongoServer(address: address)
        try await visitor.open { () throws(CarillonError) in
            do throws(MongoFailure) {
                return try MongoConnection(server, timeout: .seconds(5))
            } catch {
                throw error.error(server.place)
            }
        }
        let isThere = try await visitor.run { (connection) throws(CarillonError) in
            do throws(MongoFailure) {
                let found = try connection.run(
                    [
                        "find": .text(MongoCollection.meta.name(address.prefix)), "filter": ["_id": "format"],
                        "limit": 1,
                    ],
                    writes: false)
                return !(found["cursor"]?.document?["firstBatch"]?.array ?? []).isEmpty
            } catch {
                throw error.error(server.place)
            }
        }
        await visitor.close()
        return isThere
    }

    /// Checks that the store can be written, by a number that no job gets.
    package func tryWriting() async throws(CarillonError) {
        _ = try await writer.run { (session) throws(CarillonError) in try session.raise("generations", by: 1) }
    }

    /// Returns how many ended runs and reasons of each job cannot be read. It reads the whole history.
    package func unreadableHistory() async throws(CarillonError) -> [String: Int] {
        try await reader.run { (session) throws(CarillonError) in try session.unreadableHistory() }
    }
}

extension MongoJobStore: RunSearching {
    /// See `RunSearching`.
    public func endedRuns(_ search: RunSearch, page: Page<Run.ID>) async throws(CarillonError) -> [Run] {
        try await reader.run { (session) throws(CarillonError) in try session.endedRuns(search, page: page) }
    }

    /// See `RunSearching`.
    public func latestRuns(of jobs: [JobID], limit: Int) async throws(CarillonError) -> [JobID: [Run]] {
        try await reader.run { (session) throws(CarillonError) in try session.latestRuns(of: jobs, limit: limit) }
    }
}

extension MongoJobStore: NodeListing {
    /// See `NodeListing`.
    public func nodesAtAGlance() async throws(CarillonError) -> (time: Instant, nodes: [NodeRecord]) {
        try await reader.run { (session) throws(CarillonError) in try session.nodesAtAGlance() }
    }
}
#endif
