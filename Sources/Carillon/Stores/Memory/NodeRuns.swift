/// The running runs of each node. There are few nodes, so the search is linear.
struct NodeRuns: Sendable {
    private struct Row: Sendable {
        let node: NodeID
        var runs: [UInt32] = []
    }

    private var rows: [Row] = []
    /// The position of each run in its row.
    private var positions = HeapPositions()

    /// The nodes that have runs.
    var nodes: [NodeID] { rows.map(\.node) }

    /// The runs of a node, in order.
    subscript(node: NodeID) -> [UInt32] { rows.first { $0.node == node }?.runs.sorted() ?? [] }

    /// Inserts a run.
    mutating func insert(_ run: UInt32, of node: NodeID) {
        let index = rows.firstIndex { $0.node == node } ?? rows.endIndex
        if index == rows.endIndex { rows.append(Row(node: node)) }
        positions[run] = rows[index].runs.count
        rows[index].runs.append(run)
    }

    /// Removes a run; the last run of the node moves to its position.
    mutating func remove(_ run: UInt32, of node: NodeID) {
        guard let index = rows.firstIndex(where: { $0.node == node }), let position = positions[run],
            let last = rows[index].runs.popLast()
        else { return }
        positions[run] = nil
        if last != run {
            rows[index].runs[position] = last
            positions[last] = position
        }
        if rows[index].runs.isEmpty { rows.remove(at: index) }
    }
}
