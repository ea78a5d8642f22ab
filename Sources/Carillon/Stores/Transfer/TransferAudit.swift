internal import CarillonTriggers

/// Brings the audit log of one store to another. Entries have no identity, so an interrupted transfer goes on by their
/// number: what was appended after it began is what it brought.
struct TransferAudit {
    private let source: any AuditLogging
    private let target: any AuditLogging
    private let targetName: String
    /// The entry of the target with which the transfer began.
    private let begin: Int64

    private static let pageSize = 200

    init(from source: any AuditLogging, to target: any AuditLogging, named name: String, after begin: Int64) {
        self.source = source
        self.target = target
        targetName = name
        self.begin = begin
    }

    /// Brings the entries, the oldest first.
    ///
    /// - Returns: How many the target has then; `nil` if the task was cancelled.
    func run(
        _ watch: inout TransferWatch, _ progress: @Sendable (TransferProgress) -> Void
    ) async throws(CarillonError) -> Int? {
        let there = try await Self.walk(target, above: begin)
        let all = try await Self.walk(source, above: nil)
        var place = 0
        // Entries are read from the latest on, and written from the oldest on.
        for start in all.starts.reversed() {
            if Task.isCancelled { return nil }
            try await watch.look()
            let page = try await source.auditEntries(AuditFilter(), page: Page(after: start, limit: Self.pageSize))
            let entries = page.reversed().map(\.entry).filter(Self.isMoved)
            let missing = entries.dropFirst(max(0, there.count - place))
            if !missing.isEmpty { try await target.append(Array(missing)) }
            place += entries.count
            progress(TransferProgress(stage: .audit, done: place, total: all.count))
        }
        let now = try await Self.walk(target, above: begin)
        guard now.count == all.count, now.checksum == all.checksum else {
            throw CarillonError(
                .transferMismatch,
                """
                the audit log of \(targetName) has \(now.count) entries since the transfer began, which are not the \
                \(all.count) of the source; begin again with an empty store
                """)
        }
        return now.count
    }

    /// The entries of a log: where each page begins, how many there are, and the sum of their hashes.
    private struct Walk {
        var starts: [Int64?] = []
        var count = 0
        var checksum: UInt64 = 0
    }

    private static func walk(_ log: any AuditLogging, above limit: Int64?) async throws(CarillonError) -> Walk {
        var walk = Walk()
        var after: Int64?
        while true {
            let page = try await log.auditEntries(AuditFilter(), page: Page(after: after, limit: pageSize))
            let entries = limit.map { limit in page.filter { $0.number > limit } } ?? page
            if !entries.isEmpty { walk.starts.append(after) }
            for entry in entries.map(\.entry) where isMoved(entry) {
                walk.count += 1
                walk.checksum &+= hash(entry)
            }
            guard entries.count == pageSize else { return walk }
            after = entries.last?.number
        }
    }

    /// Counts the entries of a log that are moved.
    static func count(_ log: any AuditLogging) async throws(CarillonError) -> Int {
        try await walk(log, above: nil).count
    }

    /// The records of transfers describe one store, and stay there.
    private static func isMoved(_ entry: AuditEntry) -> Bool { entry.object != TransferRecord.object }

    private static func hash(_ entry: AuditEntry) -> UInt64 {
        var hash = StableHash()
        for text in [entry.actor, entry.action, entry.object.kind, entry.object.id] { hash.add(text) }
        hash.add(entry.time.microseconds)
        for text in [entry.origin, entry.summary, entry.request] { hash.add(text) }
        hash.add(entry.before)
        hash.add(entry.after)
        switch entry.result {
        case .done: hash.add(UInt8(0))
        case .refused(let reason):
            hash.add(UInt8(1))
            hash.add(reason)
        case .unknown(let reason):
            hash.add(UInt8(2))
            hash.add(reason)
        }
        return hash.value
    }
}
