public import CarillonTriggers
import Synchronization

/// The audit log of a memory store.
struct AuditRecords: Sendable {
    /// In the order of their numbers.
    private var entries: [NumberedAuditEntry] = []
    private var last: Int64 = 0

    mutating func append(_ new: [AuditEntry]) -> [Int64] {
        new.map { entry in
            last += 1
            entries.append(NumberedAuditEntry(number: last, entry: entry.kept))
            return last
        }
    }

    func page(_ filter: AuditFilter, _ page: Page<Int64>) -> [NumberedAuditEntry] {
        let end = page.after.map { after in entries.firstIndex(after: { $0.number < after }) } ?? entries.count
        return Array(entries[..<end].lazy.reversed().filter { filter.passes($0.entry) }.prefix(page.limit))
    }

    mutating func prune(at now: Instant, keeping limit: AuditLimit) -> Int {
        let before = entries.count
        let oldest = limit.oldest(at: now)
        entries = entries.suffix(max(0, limit.entries)).filter { $0.entry.time >= oldest }
        return before - entries.count
    }
}

extension AuditLimit {
    /// Entries from before this time are not kept.
    package func oldest(at now: Instant) -> Instant {
        let (length, overflow) = Int64(max(0, days)).multipliedReportingOverflow(by: 86_400_000_000)
        return overflow ? .earliest : now.advanced(byMicroseconds: -length)
    }
}

extension MemoryJobStore: AuditLogging {
    /// See `AuditLogging`.
    public func append(_ entries: [AuditEntry]) async throws(CarillonError) -> [Int64] {
        audit.withLock { $0.append(entries) }
    }

    /// See `AuditLogging`. It reads every entry, including those that do not match.
    public func auditEntries(_ filter: AuditFilter, page: Page<Int64>) async throws(CarillonError)
        -> [NumberedAuditEntry]
    {
        audit.withLock { $0.page(filter, page) }
    }

    /// See `AuditLogging`.
    public func pruneAudit(at now: Instant, keeping limit: AuditLimit) async throws(CarillonError) -> Int {
        audit.withLock { $0.prune(at: now, keeping: limit) }
    }
}
