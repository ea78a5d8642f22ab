#if Configuration
import Carillon
import CarillonTriggers
import Yams

/// Goes through a node and finds tags that are not understood. Who writes one means something that would not happen.
struct TagWalk {
    /// The most problems that are told; what comes after them has not been looked at.
    static let maximumProblems = 100

    /// Tags that are not of the core schema, or do not go with their values.
    private(set) var problems: [YAMLProblem] = []
    /// Where what they stand before is found: the values, and the keys that these stand behind.
    private(set) var told: Set<TextPlace> = []
    /// Those that were looked at: what an alias stands for has the tag object of what the anchor names.
    private var seen: Set<ObjectIdentifier> = []

    /// Whether all was looked at.
    var isComplete: Bool { problems.count < Self.maximumProblems }

    /// - Parameter key: The key that the node stands behind.
    mutating func check(_ node: Node, behind key: Node? = nil) {
        guard isComplete else { return }
        switch node {
        case .scalar(let scalar): check(scalar, key)
        case .sequence(let sequence):
            guard seen.insert(ObjectIdentifier(sequence.tag)).inserted else { return }
            check(sequence.tag, "a list is", .sequence, sequence.mark, key)
            for element in sequence { check(element) }
        case .mapping(let mapping):
            guard seen.insert(ObjectIdentifier(mapping.tag)).inserted else { return }
            check(mapping.tag, "keys and values are", .mapping, mapping.mark, key)
            for (key, value) in mapping {
                check(key)
                check(value, behind: key)
            }
        case .alias: break
        }
    }

    private mutating func check(_ tag: Tag, _ what: String, _ own: CoreTag, _ mark: Mark?, _ key: Node?) {
        guard let tag = known(tag, mark, key), tag != own else { return }
        report("\(what) no \(CoreTag.written(tag.rawValue))", mark, key)
    }

    private mutating func check(_ scalar: Node.Scalar, _ key: Node?) {
        // What a variable will make of it is not known yet.
        guard let tag = known(scalar.tag, scalar.mark, key), !Substitution.isNeeded(scalar.string) else { return }
        let isRight =
            switch (tag, Node.Scalar.json(scalar.string, isPlain: true)) {
            case (.text, _), (.integer, .integer), (.number, .integer), (.number, .decimal), (.boolean, .bool),
                (.null, .null):
                true
            default: false
            }
        guard !isRight else { return }
        report("'\(scalar.string.prefix(40))' is no \(CoreTag.written(tag.rawValue))", scalar.mark, key)
    }

    /// The tag, where there is one of the core schema.
    private mutating func known(_ tag: Tag, _ mark: Mark?, _ key: Node?) -> CoreTag? {
        let name = tag.rawValue
        if name == CoreTag.none || name == CoreTag.nonSpecific { return nil }
        if let core = CoreTag(rawValue: name) { return core }
        let names = CoreTag.allCases.map { CoreTag.written($0.rawValue) }.joined(separator: ", ")
        report(
            "the tag '\(CoreTag.written(name).prefix(60))' is not understood; the tags are \(names), and text that "
                + "begins with '!' needs quotes",
            mark, key)
        return nil
    }

    private mutating func report(_ message: String, _ mark: Mark?, _ key: Node?) {
        // What aliases stand for is told of once.
        if told.insert(TextPlace(mark)).inserted { problems.append(YAMLProblem(mark, message)) }
        if let key { told.insert(TextPlace(key.mark)) }
    }
}
#endif
