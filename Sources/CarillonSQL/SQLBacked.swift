public import Carillon
public import CarillonTriggers

/// A job store that uses the statements shared by all SQL stores. A type needs only an `SQLStore` to conform.
public protocol SQLBacked: JobStore, RunSearching, OutcomeCounting, FailureGrouping, AuditLogging, RequestKeeping,
    JobTransferring, NodeListing
{
    /// The store that does the work.
    var sql: SQLStore { get }
}

extension SQLBacked {
    /// See `JobStore`.
    public func insert(_ jobs: [NewJob]) async throws(CarillonError) -> [Job?] {
        try await sql.writing { (session) throws(CarillonError) in try session.insert(jobs) }
    }

    /// See `JobStore`.
    public func remove(_ ids: [JobID], at now: Instant) async throws(CarillonError) -> [Bool] {
        try await sql.writing { (session) throws(CarillonError) in try session.remove(ids, at: now) }
    }

    /// See `JobStore`.
    public func find(_ query: JobQuery) async throws(CarillonError) -> [JobSnapshot] {
        try await sql.reading { (session) throws(CarillonError) in try session.find(query) }
    }

    /// See `JobStore`. All changes are one transaction.
    public func commit(_ changes: [JobChange]) async throws(CarillonError) -> [CommitStatus] {
        try await sql.writing { (session) throws(CarillonError) in try session.commit(changes) }
    }

    /// See `JobStore`. Adding, finding, planning and committing are one transaction.
    public func pass(
        _ query: JobQuery,
        adding jobs: [NewJob],
        plan: @Sendable ([JobSnapshot]) -> [JobChange?]
    ) async throws(CarillonError) -> PassResult {
        try await sql.writing { (session) throws(CarillonError) in try session.pass(query, adding: jobs, plan: plan) }
    }

    /// See `JobStore`. All notes are one transaction.
    public func note(_ notes: [RunNotes], from node: NodeID, at now: Instant) async throws(CarillonError) {
        try await sql.writing { (session) throws(CarillonError) in try session.note(notes, from: node, at: now) }
    }

    /// See `JobStore`.
    public func earliest(of tasks: Set<TaskName>?) async throws(CarillonError) -> EarliestTimes {
        try await sql.reading { (session) throws(CarillonError) in try session.earliest(of: tasks) }
    }

    /// See `JobStore`.
    public func heartbeat(_ report: NodeReport, since known: KnownNodes?) async throws(CarillonError) -> Heartbeat {
        try await sql.beating { (session) throws(CarillonError) in try session.heartbeat(report, since: known) }
    }

    /// See `JobStore`. It is one statement, unless something is due or to be cancelled.
    public func news(for node: NodeID, tasks: Set<TaskName>) async throws(CarillonError) -> StoreNews {
        try await sql.reading { (session) throws(CarillonError) in try session.news(for: node, tasks: tasks) }
    }

    /// See `JobStore`.
    public func forget(_ nodes: Set<NodeID>) async throws(CarillonError) {
        try await sql.writing { (session) throws(CarillonError) in try session.forget(nodes) }
    }

    /// See `JobStore`.
    public func jobs(_ filter: JobFilter, page: Page<JobCursor>) async throws(CarillonError) -> [JobListing] {
        try await sql.reading { (session) throws(CarillonError) in try session.jobs(filter, page: page) }
    }

    /// See `JobStore`.
    public func runs(_ filter: RunFilter, page: Page<Run.ID>) async throws(CarillonError) -> [Run] {
        try await sql.reading { (session) throws(CarillonError) in try session.runs(filter, page: page) }
    }

    /// See `JobStore`.
    public func run(_ id: Run.ID) async throws(CarillonError) -> Run? {
        try await sql.reading { (session) throws(CarillonError) in try session.run(id) }
    }

    /// See `JobStore`.
    public func reasons(_ job: JobID, from first: Instant, through last: Instant, limit: Int)
        async throws(CarillonError) -> [ReasonRange]
    {
        try await sql.reading { (session) throws(CarillonError) in
            try session.reasons(job, from: first, through: last, limit: limit)
        }
    }

    /// See `JobStore`.
    public func unreadableHistory(of job: JobID, from first: Instant, through last: Instant)
        async throws(CarillonError) -> Int
    {
        try await sql.reading { (session) throws(CarillonError) in
            try session.unreadableHistory(of: job, from: first, through: last)
        }
    }

    /// Returns a page of runs, with the number of unreadable rows that would be on it.
    package func listing(
        _ filter: RunFilter, page: Page<Run.ID>
    ) async throws(CarillonError) -> (runs: [Run], unreadable: Int) {
        try await sql.reading { (session) throws(CarillonError) in try session.listing(filter, page: page) }
    }

    /// Returns how many ended runs and reasons of each job cannot be read. It reads the whole history.
    package func unreadableHistory() async throws(CarillonError) -> [String: Int] {
        try await sql.reading { (session) throws(CarillonError) in try session.unreadableHistory() }
    }

    /// See `JobStore`.
    public func close() async { await sql.close() }

    /// See `JobStore`.
    public func prune(at now: Instant) async throws(CarillonError) -> Int { try await sql.prune(at: now) }

    /// See `NodeListing`.
    public func nodesAtAGlance() async throws(CarillonError) -> (time: Instant, nodes: [NodeRecord]) {
        try await sql.reading { (session) throws(CarillonError) in (try session.storeTime(), try session.nodes()) }
    }

    /// Checks that the store can be written, by a row that is inserted and deleted in one transaction.
    ///
    /// - Throws: `CarillonError`, also if another program holds the lock for too long.
    package func tryWriting() async throws(CarillonError) {
        try await sql.writing { (session) throws(CarillonError) in try session.tryWriting() }
    }
}
