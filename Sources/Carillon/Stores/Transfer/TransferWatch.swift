internal import CarillonTriggers

/// Looks out for schedulers that use one of the two stores of a transfer.
///
/// It is a node of the target, without tasks: so a second transfer to that store sees it and is refused, and if the
/// source has the same node, both are one store however they were named.
struct TransferWatch {
    private let source: TransferSide
    private let target: TransferSide
    private let report: NodeReport
    private let lease: Duration
    private var due: ContinuousClock.Instant = .now

    /// How the id of such a node begins.
    private static let prefix = "transfer-"

    /// Begins to watch.
    ///
    /// - Throws: `CarillonError` with `storeInUse` if one of the stores is used, and `invalidRange` if both are one.
    static func begin(
        from source: TransferSide, to target: TransferSide, lease: Duration
    ) async throws(CarillonError) -> TransferWatch {
        try refuseOne(source, target, isOne: areIdentical(source.store, target.store))
        var watch = TransferWatch(from: source, to: target, lease: lease)
        do throws(CarillonError) {
            let there = try await watch.beat()
            let (time, nodes) = try await source.store.glance()
            try refuseOne(source, target, isOne: nodes.contains { $0.report.id == watch.report.id })
            try watch.refuse(nodes, at: time, of: source, "source")
            try watch.refuse(there.nodes, at: there.storeTime, of: target, "target")
        } catch {
            await watch.end()
            throw error
        }
        return watch
    }

    private init(from source: TransferSide, to target: TransferSide, lease: Duration) {
        self.source = source
        self.target = target
        self.lease = lease
        let process = NodeReport.current
        report = NodeReport(
            id: (try? NodeID(Self.prefix + process.id.description)) ?? process.id, host: process.host,
            process: process.process, processStart: process.processStart, tasks: [])
    }

    /// Looks again, three times in a lease.
    ///
    /// - Throws: `CarillonError` with `storeInUse` if one of the stores has come into use.
    mutating func look() async throws(CarillonError) {
        guard ContinuousClock.now >= due else { return }
        try await lookNow()
    }

    /// Looks at once.
    mutating func lookNow() async throws(CarillonError) {
        let there = try await beat()
        let (time, nodes) = try await source.store.glance()
        try refuse(nodes, at: time, of: source, "source")
        try refuse(there.nodes, at: there.storeTime, of: target, "target")
    }

    /// Ends the watch. If the target does not answer, its node is believed alive until the lease ends.
    func end() async { try? await target.store.forget([report.id]) }

    private mutating func beat() async throws(CarillonError) -> Heartbeat {
        let heartbeat = try await target.store.heartbeat(report, since: nil)
        due = .now + lease / 3
        return heartbeat
    }

    private static func areIdentical(_ left: any JobStore, _ right: any JobStore) -> Bool {
        guard type(of: left) is AnyClass, type(of: right) is AnyClass else { return false }
        return (left as AnyObject) === (right as AnyObject)
    }

    private static func refuseOne(
        _ source: TransferSide, _ target: TransferSide, isOne: Bool
    ) throws(CarillonError) {
        guard isOne else { return }
        throw CarillonError(
            .invalidRange,
            source.name == target.name
                ? "\(source.name) is both source and target; name another target"
                : "\(source.name) and \(target.name) are one store under two names; name another target")
    }

    private func refuse(
        _ nodes: [NodeRecord], at time: Instant, of side: TransferSide, _ role: String
    ) throws(CarillonError) {
        try Self.refuse(nodes.filter { $0.report.id != report.id }, at: time, lease, side, role)
    }

    /// Refuses a store that a scheduler uses.
    static func refuse(
        _ nodes: [NodeRecord], at time: Instant, _ lease: Duration, _ side: TransferSide, _ role: String
    ) throws(CarillonError) {
        // A node without a host has never sent a heartbeat: the store knows it by the runs that it left behind.
        let alive = nodes.filter { !$0.report.host.isEmpty && $0.isAlive(at: time, lease: lease) }
        guard let first = alive.first else { return }
        let names = alive.prefix(5).map { node in
            "'\(node.report.id)' (process \(node.report.process) on \(node.report.host), its lease ends "
                + "\(node.leaseEnd(lease)))"
        }
        let more = alive.count > names.count ? ", and \(alive.count - names.count) more" : ""
        let isTransfer = alive.count == 1 && first.report.id.description.hasPrefix(prefix)
        throw CarillonError(
            .storeInUse,
            isTransfer
                ? "the \(role) \(side.name) is being brought something by \(names[0]); wait until that has ended"
                : "the \(role) \(side.name) is being served by \(names.joined(separator: ", "))\(more); stop what serves "
                    + "it and try again; a node that was killed on another machine counts until its lease ends")
    }
}
