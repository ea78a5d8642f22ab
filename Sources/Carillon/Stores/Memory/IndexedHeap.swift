/// A 4-ary heap of numbers, each with a key: the smallest key comes first, and of equal keys the smaller number.
///
/// The position of each number is kept in `HeapPositions`, which several heaps may share as long as a number is in at
/// most one of them. So a key is changed or removed in logarithmic time, without a search.
package struct IndexedHeap<Key: Comparable> {
    /// A number with its key.
    package struct Node {
        /// The key that the heap is ordered by.
        package let key: Key
        /// The number.
        package let number: UInt32

        static func < (left: Node, right: Node) -> Bool {
            left.key != right.key ? left.key < right.key : left.number < right.number
        }
    }

    /// The nodes; the children of the one at `i` are at `4 * i + 1 ... 4 * i + 4`.
    package private(set) var nodes: [Node] = []

    /// Creates an empty heap.
    package init() {}

    /// The number of elements.
    package var count: Int { nodes.count }

    /// Whether the heap is empty.
    package var isEmpty: Bool { nodes.isEmpty }

    /// The number with the smallest key.
    package var first: Node? { nodes.first }

    /// Inserts a number, or changes its key if it is in the heap.
    package mutating func set(_ number: UInt32, to key: Key, _ positions: inout HeapPositions) {
        let node = Node(key: key, number: number)
        guard let position = positions[number] else {
            nodes.append(node)
            rise(node, from: nodes.count - 1, &positions)
            return
        }
        if node < nodes[position] {
            rise(node, from: position, &positions)
        } else {
            sink(node, from: position, &positions)
        }
    }

    /// Removes a number, if it is in the heap.
    package mutating func remove(_ number: UInt32, _ positions: inout HeapPositions) {
        guard let position = positions[number], let last = nodes.popLast() else { return }
        positions[number] = nil
        guard position < nodes.count else { return }
        if last < nodes[position] {
            rise(last, from: position, &positions)
        } else {
            sink(last, from: position, &positions)
        }
    }

    private mutating func rise(_ node: Node, from start: Int, _ positions: inout HeapPositions) {
        var position = start
        while position > 0 {
            let parent = (position - 1) / 4
            guard node < nodes[parent] else { break }
            place(nodes[parent], at: position, &positions)
            position = parent
        }
        place(node, at: position, &positions)
    }

    private mutating func sink(_ node: Node, from start: Int, _ positions: inout HeapPositions) {
        var position = start
        while true {
            let first = 4 * position + 1
            guard first < nodes.count else { break }
            var smallest = first
            for child in (first + 1)..<max(first + 1, min(first + 4, nodes.count)) where nodes[child] < nodes[smallest]
            {
                smallest = child
            }
            guard nodes[smallest] < node else { break }
            place(nodes[smallest], at: position, &positions)
            position = smallest
        }
        place(node, at: position, &positions)
    }

    private mutating func place(_ node: Node, at position: Int, _ positions: inout HeapPositions) {
        nodes[position] = node
        positions[node.number] = position
    }
}

extension IndexedHeap: Sendable where Key: Sendable {}
extension IndexedHeap.Node: Sendable where Key: Sendable {}

/// The positions of numbers in their heaps; 4 bytes for each number up to the highest that was ever in one.
package struct HeapPositions: Sendable {
    private var positions: [UInt32] = []

    /// Creates positions without any number.
    package init() {}

    /// The position of a number; `nil` if it is in no heap.
    package subscript(number: UInt32) -> Int? {
        get {
            guard number < positions.count, positions[Int(number)] != .max else { return nil }
            return Int(positions[Int(number)])
        }
        set {
            let index = Int(number)
            if index >= positions.count {
                guard newValue != nil else { return }
                while positions.count < index { positions.append(.max) }
                positions.append(.max)
            }
            positions[index] = newValue.map(UInt32.init) ?? .max
        }
    }
}
