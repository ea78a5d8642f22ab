public import CarillonTriggers

/// Moves jobs and history from one store to another, as they are: jobs with generation, versions, policies and pauses,
/// open runs, ended runs, reasons, the notes of running runs and the audit log. The source keeps all of it, and is not
/// written.
///
///     let transfer = try StoreTransfer(
///         from: try await SQLiteJobStore(path: "jobs.sqlite"), named: "jobs.sqlite",
///         to: try await PostgreSQLJobStore(url: url), named: "the database")
///     let report = try await transfer.run { print($0.stage, $0.done) }
///
/// No scheduler may use either store meanwhile: that is looked for before, in between and at the end. The target has to
/// be empty, or that of an interrupted transfer from the same source, which is continued. Such a transfer is recorded in
/// the audit log of the target; nothing else is, and a page that was written is recognized by being there.
public struct StoreTransfer: Sendable {
    let source: TransferSide
    let target: TransferSide
    let lease: Duration

    /// Describes a transfer. Both stores stay open, and are the caller's to close.
    ///
    /// - Parameters:
    ///   - sourceName: What the source is called in errors and in the target's record of the transfer. A transfer is
    ///     continued only from a source of the same name.
    ///   - targetName: What the target is called in errors.
    ///   - lease: How long a node is believed alive after a heartbeat: that of the schedulers.
    /// - Throws: `CarillonError` with `unsupported` if nothing can be moved from or to one of the stores.
    public init(
        from source: any JobStore, named sourceName: String, to target: any JobStore, named targetName: String,
        lease: Duration = .seconds(10)
    ) throws(CarillonError) {
        self.source = try TransferSide(source, sourceName)
        self.target = try TransferSide(target, targetName)
        self.lease = lease
    }

    /// What a transfer would do.
    public struct Plan: Hashable, Sendable {
        /// About how many things the source has.
        public let source: TransferCounts
        /// About how many of them the target has.
        public let target: TransferCounts
        /// When the interrupted transfer began that would be continued; `nil` if there is none.
        public let continued: Instant?
        /// Whether everything has been moved already, at that time.
        public let completed: Instant?
    }

    /// Looks at what would be moved, and writes nothing.
    ///
    /// - Throws: `CarillonError`; see `run(progress:)`. That both stores are one is seen only by `run`.
    public func plan() async throws(CarillonError) -> Plan {
        for (side, role) in [(source, "source"), (target, "target")] {
            let (time, nodes) = try await side.store.glance()
            try TransferWatch.refuse(nodes, at: time, lease, side, role)
        }
        let found = try await start()
        var completed: Instant?
        if let found, found.state != .unfinished { completed = found.time }
        return Plan(
            source: try await source.items.transferCounts(), target: try await target.items.transferCounts(),
            continued: completed == nil ? found?.time : nil, completed: completed)
    }

    /// Moves everything, and then reads both stores again and compares them. If the task is cancelled it stops after the
    /// current page; another call goes on.
    ///
    /// - Parameter progress: Called after each page.
    /// - Throws: `CarillonError`:
    ///   - `storeInUse` if a node uses one of the stores; its reason names nodes and when their leases end,
    ///   - `storeNotEmpty` if the target holds something that no interrupted transfer from this source has brought,
    ///   - `invalidRange` if both are one store,
    ///   - `transferMismatch` if the source has changed, or the target does not hold what was written,
    ///   - and what the stores throw. What was written stays, and another call goes on.
    public func run(
        progress: @escaping @Sendable (TransferProgress) -> Void = { _ in }
    ) async throws(CarillonError) -> TransferReport {
        var watch = try await TransferWatch.begin(from: source, to: target, lease: lease)
        do throws(CarillonError) {
            let report = try await move(&watch, progress)
            await watch.end()
            return report
        } catch {
            await watch.end()
            throw error
        }
    }

    private func move(
        _ watch: inout TransferWatch, _ progress: @escaping @Sendable (TransferProgress) -> Void
    ) async throws(CarillonError) -> TransferReport {
        var record = try await start()
        if let record, case .finished = record.state { return try await confirm(record, &watch, progress) }
        let totals = try await source.items.transferCounts()
        var copy = TransferCopy(
            from: source, to: target, totals: totals, continuing: record, progress: progress)
        if record == nil { record = try await TransferRecord.begin(from: source, in: target) }
        guard try await copy.run(&watch) else { return copy.report }
        guard try await bringAudit(record, &copy, &watch, progress) else { return copy.report }
        try await copy.noteCounts()
        guard let found = try await digests(&watch, progress) else { return copy.report }
        try compare(found, with: copy)
        try await watch.lookNow()
        try await TransferRecord.end(from: source, in: target, read: copy.read, written: copy.report.digest)
        copy.complete()
        return copy.report
    }

    /// Finds out whether something may be brought to the target.
    ///
    /// - Returns: The transfer from this source that has begun or ended there; `nil` if the target is empty.
    private func start() async throws(CarillonError) -> TransferRecord? {
        let record = try await TransferRecord.latest(in: target.store)
        if let record, record.state == .unfinished, record.source == source.recorded { return record }
        if try await target.isEmpty() { return nil }
        if let record, record.source == source.recorded { return record }
        let counts = try await target.items.transferCounts()
        let held = "the target \(target.name) holds \(counts)"
        if let record, record.state == .unfinished {
            throw CarillonError(
                .storeNotEmpty,
                """
                \(held), brought from \(record.source) by a transfer that began at \(record.time) and has not ended; \
                go on with that source, or name an empty store
                """)
        }
        throw CarillonError(.storeNotEmpty, "\(held); name an empty store, or one that is not there yet")
    }

    /// Checks that nothing has changed since a transfer ended.
    private func confirm(
        _ record: TransferRecord, _ watch: inout TransferWatch, _ progress: @Sendable (TransferProgress) -> Void
    ) async throws(CarillonError) -> TransferReport {
        guard let found = try await digests(&watch, progress) else { return TransferReport(.interrupted) }
        guard record.isOf(read: found.source, written: found.target) else {
            throw CarillonError(
                .storeNotEmpty,
                """
                all of \(source.name) was brought to \(target.name) by \(record.time), and one of them has changed \
                since (\(TransferCounts(found.source)) and \(TransferCounts(found.target)) now); nothing is brought \
                again: name an empty store
                """)
        }
        var report = TransferReport(.wasComplete(since: record.time))
        report.digest = found.target
        return report
    }

    /// - Returns: `false` if the task was cancelled.
    private func bringAudit(
        _ record: TransferRecord?, _ copy: inout TransferCopy, _ watch: inout TransferWatch,
        _ progress: @Sendable (TransferProgress) -> Void
    ) async throws(CarillonError) -> Bool {
        guard let log = source.store as? any AuditLogging else { return true }
        guard let there = target.store as? any AuditLogging, let record else {
            copy.note(auditEntries: 0, left: try await TransferAudit.count(log))
            return true
        }
        let audit = TransferAudit(from: log, to: there, named: target.name, after: record.number)
        guard let count = try await audit.run(&watch, progress) else { return false }
        copy.note(auditEntries: count, left: 0)
        return true
    }
}
