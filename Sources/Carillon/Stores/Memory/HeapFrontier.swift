/// Reads the smallest keys of several heaps in order without removing them, and visits only a few nodes for each number
/// read.
package struct HeapFrontier {
    private struct Candidate {
        let node: IndexedHeap<Int64>.Node
        let heap: Int
        let position: Int

        static func < (left: Candidate, right: Candidate) -> Bool { left.node < right.node }
    }

    private let heaps: [IndexedHeap<Int64>]
    private let limit: Int64
    /// A binary heap.
    private var candidates: [Candidate] = []

    /// Begins at the smallest key of the heaps.
    ///
    /// - Parameter limit: Larger keys are not read.
    package init(_ heaps: [IndexedHeap<Int64>], through limit: Int64) {
        self.heaps = heaps
        self.limit = limit
        for heap in heaps.indices { add(heap: heap, position: 0) }
    }

    /// Returns the number with the next larger key; `nil` at the end.
    package mutating func next() -> UInt32? {
        guard let first = candidates.first else { return nil }
        if let last = candidates.popLast(), !candidates.isEmpty { sink(last) }
        for child in (4 * first.position + 1)...(4 * first.position + 4) { add(heap: first.heap, position: child) }
        return first.node.number
    }

    private mutating func add(heap: Int, position: Int) {
        let nodes = heaps[heap].nodes
        guard position < nodes.count, nodes[position].key <= limit else { return }
        let candidate = Candidate(node: nodes[position], heap: heap, position: position)
        var place = candidates.count
        candidates.append(candidate)
        while place > 0, candidate < candidates[(place - 1) / 2] {
            candidates[place] = candidates[(place - 1) / 2]
            place = (place - 1) / 2
        }
        candidates[place] = candidate
    }

    private mutating func sink(_ candidate: Candidate) {
        var place = 0
        while true {
            var child = 2 * place + 1
            guard child < candidates.count else { break }
            if child + 1 < candidates.count, candidates[child + 1] < candidates[child] { child += 1 }
            guard candidates[child] < candidate else { break }
            candidates[place] = candidates[child]
            place = child
        }
        candidates[place] = candidate
    }
}
