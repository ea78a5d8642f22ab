import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Synchronization

/// A store that forwards what it is asked, and does something before a part is exported or imported.
struct WatchedTransfer: ForwardingStore, JobTransferring, AuditLogging {
    let store: any JobStore
    var beforeExport: @Sendable () async throws(CarillonError) -> Void = {}
    var beforeImport: @Sendable () async throws(CarillonError) -> Void = {}

    private func whole() throws(CarillonError) -> any JobTransferring & AuditLogging {
        guard let store = store as? any JobTransferring & AuditLogging else {
            throw CarillonError(.unsupported, "the store of the test moves nothing")
        }
        return store
    }

    func exportPart(from cursor: TransferCursor?, limit: Int) async throws(CarillonError) -> TransferPage {
        try await beforeExport()
        return try await whole().exportPart(from: cursor, limit: limit)
    }

    func transferCounts() async throws(CarillonError) -> TransferCounts { try await whole().transferCounts() }

    func importItems(_ items: [TransferItem]) async throws(CarillonError) -> [TransferResult] {
        try await beforeImport()
        return try await whole().importItems(items)
    }

    func append(_ entries: [AuditEntry]) async throws(CarillonError) -> [Int64] {
        try await whole().append(entries)
    }

    func auditEntries(_ filter: AuditFilter, page: Page<Int64>) async throws(CarillonError) -> [NumberedAuditEntry] {
        try await whole().auditEntries(filter, page: page)
    }

    func pruneAudit(at now: Instant, keeping limit: AuditLimit) async throws(CarillonError) -> Int {
        try await whole().pruneAudit(at: now, keeping: limit)
    }
}

/// Counts calls.
final class CallCount: Sendable {
    private let count = Mutex(0)

    /// Counts one more, and returns the number of calls so far.
    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}
