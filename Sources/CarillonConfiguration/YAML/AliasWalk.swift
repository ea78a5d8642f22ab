#if Configuration
import Yams

/// Goes through a node and measures what it is with its aliases written out.
///
/// Its nodes may stand in one another far deeper than the parser lets a text go, as an alias may stand in what another
/// one stands for: so deep that to free them from the outermost on takes more stack than there is.
struct AliasWalk {
    /// The most bytes.
    private static let maximumSize = 1_000_000_000
    /// The most levels; about as many as the parser allows without aliases.
    private static let maximumDepth = 1000

    private struct Measure {
        var size = 1
        var depth = 1

        mutating func add(_ inner: Measure) {
            size = min(size + inner.size, maximumSize + 1)
            depth = max(depth, inner.depth + 1)
        }
    }

    private var measures: [ObjectIdentifier: Measure] = [:]
    /// Where the innermost node stands that is too much.
    private(set) var place: Mark?
    /// The lists and mappings, each behind those that stand in it.
    private var nodes: [Node] = []

    /// Whether a node is larger or deeper than may be.
    mutating func isTooMuch(_ root: Node) -> Bool { Self.isTooMuch(measure(root)) }

    private static func isTooMuch(_ measure: Measure) -> Bool {
        measure.size > maximumSize || measure.depth > maximumDepth
    }

    /// Lets go of all nodes, of what holds others before them. Nobody else may hold them now.
    mutating func release() {
        while nodes.popLast() != nil {}
    }

    /// What an alias stands for has the very tag object of what the anchor names, which comes before it in the text: so
    /// each is measured once, and this goes no deeper than the text.
    private mutating func measure(_ node: Node) -> Measure {
        switch node {
        case .scalar(let scalar): return Measure(size: scalar.string.utf8.count + 1)
        case .alias: return Measure()
        case .sequence(let sequence):
            if let known = measures[ObjectIdentifier(sequence.tag)] { return known }
            var sum = Measure()
            for element in sequence { sum.add(measure(element)) }
            keep(sum, of: node, sequence.tag)
            return sum
        case .mapping(let mapping):
            if let known = measures[ObjectIdentifier(mapping.tag)] { return known }
            var sum = Measure()
            for (key, value) in mapping {
                sum.add(measure(key))
                sum.add(measure(value))
            }
            keep(sum, of: node, mapping.tag)
            return sum
        }
    }

    private mutating func keep(_ measure: Measure, of node: Node, _ tag: Tag) {
        measures[ObjectIdentifier(tag)] = measure
        nodes.append(node)
        if place == nil, Self.isTooMuch(measure) { place = node.mark }
    }
}
#endif
