import CarillonTriggers
import Yams

/// Goes through a node and refuses tags that are not understood. Who writes one means something that would not happen.
struct TagWalk {
    /// Those that were looked at: what an alias stands for has the tag object of what the anchor names.
    private var seen: Set<ObjectIdentifier> = []

    /// - Throws: `YAMLProblem` at the first tag that is not one of the core schema, or does not go with its value.
    mutating func check(_ node: Node) throws(YAMLProblem) {
        switch node {
        case .scalar(let scalar): try check(scalar)
        case .sequence(let sequence):
            guard seen.insert(ObjectIdentifier(sequence.tag)).inserted else { return }
            try check(sequence.tag, "a list is", .sequence, sequence.mark)
            for element in sequence { try check(element) }
        case .mapping(let mapping):
            guard seen.insert(ObjectIdentifier(mapping.tag)).inserted else { return }
            try check(mapping.tag, "keys and values are", .mapping, mapping.mark)
            for (key, value) in mapping {
                try check(key)
                try check(value)
            }
        case .alias: break
        }
    }

    private func check(_ tag: Tag, _ what: String, _ own: CoreTag, _ mark: Mark?) throws(YAMLProblem) {
        guard let tag = try known(tag, mark), tag != own else { return }
        throw YAMLProblem(mark, "\(what) no \(CoreTag.written(tag.rawValue))")
    }

    private func check(_ scalar: Node.Scalar) throws(YAMLProblem) {
        // What a variable will make of it is not known yet.
        guard let tag = try known(scalar.tag, scalar.mark), !Substitution.isNeeded(scalar.string) else { return }
        let isRight =
            switch (tag, Node.Scalar.json(scalar.string, isPlain: true)) {
            case (.text, _), (.integer, .integer), (.number, .integer), (.number, .decimal), (.boolean, .bool),
                (.null, .null):
                true
            default: false
            }
        guard !isRight else { return }
        throw YAMLProblem(scalar.mark, "'\(scalar.string.prefix(40))' is no \(CoreTag.written(tag.rawValue))")
    }

    /// The tag, where there is one of the core schema.
    private func known(_ tag: Tag, _ mark: Mark?) throws(YAMLProblem) -> CoreTag? {
        let name = tag.rawValue
        if name == CoreTag.none || name == CoreTag.nonSpecific { return nil }
        if let core = CoreTag(rawValue: name) { return core }
        let names = CoreTag.allCases.map { CoreTag.written($0.rawValue) }.joined(separator: ", ")
        throw YAMLProblem(
            mark,
            "the tag '\(CoreTag.written(name).prefix(60))' is not understood; the tags are \(names), and text that "
                + "begins with '!' needs quotes")
    }
}
