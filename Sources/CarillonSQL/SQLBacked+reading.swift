public import Carillon
public import CarillonTriggers

/// The calls for readers, the web side and moving between stores. Those that only read use the reading connection, and
/// wait for no pass.
extension SQLBacked {
    /// See `RunSearching`.
    public func endedRuns(_ search: RunSearch, page: Page<Run.ID>) async throws(CarillonError) -> [Run] {
        try await sql.reading { (session) throws(CarillonError) in try session.endedRuns(search, page: page) }
    }

    /// See `RunSearching`.
    public func latestRuns(of jobs: [JobID], limit: Int) async throws(CarillonError) -> [JobID: [Run]] {
        try await sql.reading { (session) throws(CarillonError) in try session.latestRuns(of: jobs, limit: limit) }
    }

    /// See `OutcomeCounting`.
    public func outcomeCounts(
        from first: Instant, through last: Instant, task: TaskName?, grouping: OutcomeGrouping
    ) async throws(CarillonError) -> [OutcomeCount] {
        try await sql.reading { (session) throws(CarillonError) in
            try session.outcomeCounts(from: first, through: last, task: task, grouping: grouping)
        }
    }

    /// See `FailureGrouping`.
    public func failures(since: Instant, task: TaskName?, page: Page<FailureCursor>) async throws(CarillonError)
        -> [FailureGroup]
    {
        try await sql.reading { (session) throws(CarillonError) in
            try session.failures(since: since, task: task, page: page)
        }
    }

    /// See `AuditLogging`.
    public func append(_ entries: [AuditEntry]) async throws(CarillonError) -> [Int64] {
        try await sql.writing { (session) throws(CarillonError) in try session.append(entries) }
    }

    /// See `AuditLogging`.
    public func auditEntries(_ filter: AuditFilter, page: Page<Int64>) async throws(CarillonError)
        -> [NumberedAuditEntry]
    {
        try await sql.reading { (session) throws(CarillonError) in try session.auditEntries(filter, page: page) }
    }

    /// See `AuditLogging`. It removes entries in parts; if the task is cancelled, the rest is left for the next call.
    public func pruneAudit(at now: Instant, keeping limit: AuditLimit) async throws(CarillonError) -> Int {
        var count = 0
        while !Task.isCancelled {
            let numbers = try await sql.reading { (session) throws(CarillonError) in
                try session.auditEntries(beyond: limit, at: now)
            }
            if numbers.isEmpty { break }
            try await sql.writing { (session) throws(CarillonError) in try session.removeAudit(numbers) }
            count += numbers.count
        }
        return count
    }

    /// See `RequestKeeping`.
    public func claim(
        _ key: RequestKey, fingerprint: String, at now: Instant, until expires: Instant,
        takingOverBefore abandoned: Instant?
    ) async throws(CarillonError) -> RequestClaim {
        try await sql.writing { (session) throws(CarillonError) in
            try session.claim(
                key, fingerprint: fingerprint, at: now, until: expires, takingOverBefore: abandoned)
        }
    }

    /// See `RequestKeeping`.
    public func keep(_ answer: [UInt8], of key: RequestKey, token: Int64) async throws(CarillonError) -> Bool {
        try await sql.writing { (session) throws(CarillonError) in try session.keep(answer, of: key, token: token) }
    }

    /// See `RequestKeeping`.
    public func release(_ key: RequestKey, token: Int64) async throws(CarillonError) -> Bool {
        try await sql.writing { (session) throws(CarillonError) in try session.release(key, token: token) }
    }

    /// See `JobTransferring`.
    public func exportPart(from cursor: TransferCursor?, limit: Int) async throws(CarillonError) -> TransferPage {
        try await sql.reading { (session) throws(CarillonError) in try session.exportPart(from: cursor, limit: limit) }
    }

    /// See `JobTransferring`. It counts rows, whether or not they can be read.
    public func transferCounts() async throws(CarillonError) -> TransferCounts {
        try await sql.reading { (session) throws(CarillonError) in try session.transferCounts() }
    }

    /// See `JobTransferring`. All items of a call are one transaction.
    public func importItems(_ items: [TransferItem]) async throws(CarillonError) -> [TransferResult] {
        try await sql.writing { (session) throws(CarillonError) in try session.importItems(items) }
    }
}
