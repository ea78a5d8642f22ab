/// Which runs each node runs. There are few nodes, so they are looked for one after the other.
struct NodeRuns: Sendable {
    private struct Row: Sendable {
        let node: NodeID
        var runs: [UInt32] = []
    }

    private var rows: [Row] = []
    /// Where each run stands in its row.
    private var positions = HeapPositions()

    /// The nodes that have runs.
    var nodes: [NodeID] { rows.map(\.node) }

    /// The runs of a node, in order.
    subscript(node: NodeID) -> [UInt32] { rows.first { $0.node == node }?.runs.sorted() ?? [] }

    /// Puts a run in.
    mutating func insert(_ run: UInt32, of node: NodeID) {
        let index = rows.firstIndex { $0.node == node } ?? rows.endIndex
        if index == rows.endIndex { rows.append(Row(node: node)) }
        positions[run] = rows[index].runs.count
        rows[index].runs.append(run)
    }

    /// Takes a run out; the last one takes its place.
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
