import CarillonTriggers

extension [JobChange] {
    /// Returns the nodes that the changes take for dead and that have sent another heartbeat since they were judged: see
    /// `JobChange.silentNodes`.
    ///
    /// - Parameter records: Reads the records of all nodes; not called if no change takes a node for dead.
    package func returnedNodes(
        _ records: () throws(CarillonError) -> [NodeRecord]
    ) throws(CarillonError) -> Set<NodeID> {
        var judged: [NodeID: Instant] = [:]
        for change in self { judged.merge(change.silentNodes) { first, _ in first } }
        guard !judged.isEmpty else { return [] }
        let returned = try records().filter { judged[$0.report.id] ?? $0.lastHeartbeat != $0.lastHeartbeat }
        return Set(returned.map(\.report.id))
    }
}
