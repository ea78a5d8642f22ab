package import Carillon
internal import CarillonTriggers

/// All that a transfer moves, as it is compared between two stores.
package struct TransferContents: Sendable {
    /// What an export has, without the order of open runs.
    package private(set) var items: Set<TransferItem> = []
    /// The open runs with their notes.
    package private(set) var open: Set<Run?> = []
    /// The audit log, the latest first, without the records of transfers.
    package private(set) var audit: [AuditEntry] = []
    /// How runs have ended by day.
    package private(set) var counts: [OutcomeCount] = []

    /// Reads a store.
    package init(of store: any JobStore & JobTransferring & AuditLogging & OutcomeCounting) async throws {
        var cursor: TransferCursor?
        repeat {
            let page = try await store.exportPart(from: cursor, limit: 500)
            for item in page.items {
                guard case .job(var snapshot) = item else {
                    items.insert(item)
                    continue
                }
                snapshot.open.sort { $0.id.isListed(before: $1.id) }
                items.insert(.job(snapshot))
                for run in snapshot.open { open.insert(try await store.run(run.id)) }
            }
            cursor = page.next
        } while cursor != nil
        audit = try await store.auditEntries(AuditFilter(), page: Page(limit: 1000)).map(\.entry)
            .filter { $0.object != TransferRecord.object }
        counts = try await store.outcomeCounts(from: .earliest, through: .latest, task: nil, grouping: .byDay)
    }

    /// Fills an empty store with something of all kinds.
    package static func fill(_ store: any JobStore & AuditLogging) async throws {
        try await StoreConformance.fillForMoving(store)
        for run in try await store.runs(RunFilter(), page: Page(limit: 1000)) {
            guard case .running(let node) = run.state else { continue }
            let notes = RunNotes(
                run: run.id, fence: run.fence, progress: RunProgress(0.5, "half"), log: Array("began\n".utf8),
                written: 70_000)
            try await store.note([notes], from: node, at: run.due)
        }
        for number in 0..<450 {
            let entry = AuditEntry(
                actor: "anna", origin: number % 2 == 0 ? "10.0.0.1" : nil,
                time: Instant(seconds: 1_800_000_000 + Int64(number)), action: "pause",
                object: .job(try JobID("job-\(number % 7)")), before: number % 3 == 0 ? Array("{}".utf8) : nil,
                result: number % 5 == 0 ? .refused("it is not there") : .done)
            _ = try await store.append([entry])
        }
    }

    /// What differs from another store, in words; empty if nothing does.
    package func differences(from other: TransferContents) -> [String] {
        var differences: [String] = []
        if items != other.items {
            differences.append(
                "\(items.subtracting(other.items).count) things are only here, "
                    + "\(other.items.subtracting(items).count) only there")
        }
        if open != other.open { differences.append("open runs with their notes: \(open) and \(other.open)") }
        if audit != other.audit { differences.append("audit log: \(audit.count) and \(other.audit.count) entries") }
        if counts != other.counts { differences.append("counts: \(counts) and \(other.counts)") }
        return differences
    }
}
