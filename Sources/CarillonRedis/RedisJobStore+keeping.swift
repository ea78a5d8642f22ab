#if Redis
public import Carillon
public import CarillonTriggers

extension RedisJobStore: AuditLogging {
    /// See `AuditLogging`.
    @discardableResult
    public func append(_ entries: [AuditEntry]) async throws(CarillonError) -> [Int64] {
        try await writer.run { (session) throws(CarillonError) in try session.append(entries) }
    }

    /// See `AuditLogging`.
    public func auditEntries(
        _ filter: AuditFilter, page: Page<Int64>
    ) async throws(CarillonError) -> [NumberedAuditEntry] {
        try await reader.run { (session) throws(CarillonError) in try session.auditEntries(filter, page: page) }
    }

    /// See `AuditLogging`.
    @discardableResult
    public func pruneAudit(at now: Instant, keeping limit: AuditLimit) async throws(CarillonError) -> Int {
        var count = 0
        while true {
            let step = try await writer.run { (session) throws(CarillonError) in
                try session.pruneAudit(at: now, keeping: limit)
            }
            count += step.count
            if step.isDone { return count }
        }
    }
}

extension RedisJobStore: RequestKeeping {
    /// See `RequestKeeping`.
    public func claim(
        _ key: RequestKey, fingerprint: String, at now: Instant, until expires: Instant,
        takingOverBefore abandoned: Instant?
    ) async throws(CarillonError) -> RequestClaim {
        try await writer.run { (session) throws(CarillonError) in
            try session.claim(
                key, fingerprint: fingerprint, at: now, until: expires, takingOverBefore: abandoned)
        }
    }

    /// See `RequestKeeping`.
    @discardableResult
    public func keep(_ answer: [UInt8], of key: RequestKey, token: Int64) async throws(CarillonError) -> Bool {
        try await writer.run { (session) throws(CarillonError) in try session.keep(answer, of: key, token: token) }
    }

    /// See `RequestKeeping`.
    @discardableResult
    public func release(_ key: RequestKey, token: Int64) async throws(CarillonError) -> Bool {
        try await writer.run { (session) throws(CarillonError) in try session.release(key, token: token) }
    }
}

extension RedisJobStore: JobTransferring {
    /// See `JobTransferring`.
    public func exportPart(from cursor: TransferCursor?, limit: Int) async throws(CarillonError) -> TransferPage {
        try await reader.run { (session) throws(CarillonError) in try session.exportPart(from: cursor, limit: limit) }
    }

    /// See `JobTransferring`. Reasons that end at one time count once.
    public func transferCounts() async throws(CarillonError) -> TransferCounts {
        try await reader.run { (session) throws(CarillonError) in try session.transferCounts() }
    }

    /// See `JobTransferring`.
    public func importItems(_ items: [TransferItem]) async throws(CarillonError) -> [TransferResult] {
        try await writer.run { (session) throws(CarillonError) in try session.importItems(items) }
    }
}
#endif
