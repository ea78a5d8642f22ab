internal import CarillonTriggers

/// Brings the contents of one store to another, page by page.
struct TransferCopy {
    /// The most items in memory at a time are two pages of this size.
    static let mostItems = 1000
    /// A page has fewer items if they are long: about so many bytes.
    private static let pageWeight = 4 << 20
    /// The first page, before it is known how long items are.
    static let firstPage = 50
    /// So many conflicts are named.
    private static let mostConflicts = 10

    let source: TransferSide
    let target: TransferSide
    private(set) var report: TransferReport
    /// What was read from the source.
    private(set) var read = TransferDigest()
    private let totals: TransferCounts
    private var known: KnownItems
    private var done = TransferCounts()
    private let progress: @Sendable (TransferProgress) -> Void

    init(
        from source: TransferSide, to target: TransferSide, totals: TransferCounts, continuing record: TransferRecord?,
        progress: @escaping @Sendable (TransferProgress) -> Void
    ) {
        self.source = source
        self.target = target
        self.totals = totals
        self.progress = progress
        known = KnownItems(of: target, isEmpty: record == nil)
        report = TransferReport(.interrupted)
        report.continued = record?.time
    }

    /// Brings everything that the target does not have.
    ///
    /// - Returns: Whether it came to the end; `false` if the task was cancelled.
    /// - Throws: `CarillonError`, with `transferMismatch` if the target has something else in the place of an item.
    mutating func run(_ watch: inout TransferWatch) async throws(CarillonError) -> Bool {
        let source = source
        var limit = Self.firstPage
        var page = try await source.items.exportPart(from: nil, limit: limit)
        while !Task.isCancelled {
            limit = Self.limit(after: page.items, limit)
            let (next, wanted) = (page.next, limit)
            // The next page is read while this one is written.
            async let following = next == nil ? nil : source.part(from: next, limit: wanted)
            try await watch.look()
            try await bring(page)
            guard let result = await following else { return true }
            page = try result.get()
        }
        return false
    }

    /// Returns how many items the next page has.
    static func limit(after items: [TransferItem], _ limit: Int) -> Int {
        guard !items.isEmpty else { return limit }
        let average = max(1, items.reduce(0) { $0 + $1.weight } / items.count)
        // One page of short items may be followed by one of long ones.
        return min(max(1, pageWeight / average), limit * 4, mostItems)
    }

    private mutating func bring(_ page: TransferPage) async throws(CarillonError) {
        report.left.add(unreadable: page.left)
        for item in page.items { read.add(item) }
        let missing = try await known.missing(of: page.items)
        var refused: Set<TransferItem> = []
        var conflicts: [String] = []
        if !missing.isEmpty {
            for (item, result) in zip(missing, try await target.items.importItems(missing)) {
                switch result {
                case .written: report.written.count(item)
                case .present: break
                case .conflict(let reason): conflicts.append(reason)
                case .notHeld(let reason):
                    refused.insert(item)
                    report.left.add(item, notHeld: reason)
                }
            }
        }
        guard conflicts.isEmpty else { throw conflict(conflicts) }
        for item in page.items where refused.isEmpty || !refused.contains(item) { report.digest.add(item) }
        try await bringNotes(of: page.items.filter { !refused.contains($0) })
        tell(page.items)
    }

    private mutating func tell(_ items: [TransferItem]) {
        for item in items { done.count(item) }
        switch items.last {
        case .job: progress(TransferProgress(stage: .jobs, done: done.jobs, total: max(totals.jobs, done.jobs)))
        case .run: progress(TransferProgress(stage: .runs, done: done.runs, total: max(totals.runs, done.runs)))
        case .reason:
            progress(TransferProgress(stage: .reasons, done: done.reasons, total: max(totals.reasons, done.reasons)))
        case nil: break
        }
    }

    private func conflict(_ reasons: [String]) -> CarillonError {
        let named = reasons.prefix(Self.mostConflicts)
        let more = reasons.count - named.count
        let change =
            report.continued.map { " since the transfer began at \($0)" } ?? ""
        return CarillonError(
            .transferMismatch,
            """
            \(source.name) and \(target.name) have become different\(change); begin again with an empty store: \
            \(named.joined(separator: "; "))\(more > 0 ? "; and \(more) more" : "")
            """)
    }

    // MARK: Notes

    /// Brings the notes of running runs: so the log of a run whose node is dead is kept.
    private mutating func bringNotes(of items: [TransferItem]) async throws(CarillonError) {
        for case .job(let snapshot) in items {
            for open in snapshot.open {
                guard case .running(let node) = open.state, let run = try await source.store.run(open.id),
                    let notes = RunNotes(shownBy: run)
                else { continue }
                try await target.store.note([notes], from: node, at: run.noted ?? SystemClock().now)
                guard try await target.store.run(open.id) == run else {
                    throw CarillonError(
                        .transferMismatch,
                        "the notes of run '\(open.id)' are not in \(target.name) as they were written")
                }
                report.notes += 1
            }
        }
    }

    // MARK: The rest

    /// Records how many entries of the audit log the target has.
    mutating func note(auditEntries: Int, left: Int) {
        report.auditEntries = auditEntries
        report.left.auditEntries = left
    }

    /// Reads the counts of both stores.
    mutating func noteCounts() async throws(CarillonError) {
        guard let counted = try await source.countedRuns(), let there = try await target.countedRuns() else { return }
        report.left.prunedRuns = max(0, counted - there - report.left.notHeld.runs)
    }

    mutating func complete() { report.end = .complete }
}

extension RunNotes {
    /// Creates the notes that a running run shows; `nil` if it shows none.
    fileprivate init?(shownBy run: Run) {
        guard run.noted != nil || run.process != nil else { return nil }
        self.init(
            run: run.id, fence: run.fence, progress: run.progress, log: run.log, written: run.written ?? 0,
            process: run.process)
    }
}
