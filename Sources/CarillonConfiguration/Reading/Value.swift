#if Configuration
import CarillonTriggers
import Yams

/// Where something stands in its text, from 1 on.
struct TextPlace: Hashable, Sendable {
    let line: Int32
    let column: Int32

    static let start = TextPlace(line: 1, column: 1)

    private init(line: Int32, column: Int32) {
        self.line = line
        self.column = column
    }

    init(_ mark: Mark?) {
        line = Int32(clamping: mark?.line ?? 1)
        column = Int32(clamping: mark?.column ?? 1)
    }
}

/// A scalar of a text.
struct ScalarText {
    let string: String
    /// Whether it stands there without quotes.
    let isPlain: Bool
    let place: TextPlace

    /// What it means by the core schema.
    var json: JSONValue { Node.Scalar.json(string, isPlain: isPlain) }
}

/// A value of a text, cheap to hand on: a node of Yams takes several times as long to copy.
enum Value {
    /// A node that others follow.
    final class Held<Content> {
        let content: Content

        init(_ content: Content) { self.content = content }
    }

    case scalar(ScalarText)
    case mapping(Held<Node.Mapping>)
    case sequence(Held<Node.Sequence>)

    init(_ node: Node) {
        switch node {
        case .scalar(let scalar):
            self = .scalar(
                ScalarText(
                    string: scalar.string, isPlain: scalar.isPlain, place: TextPlace(scalar.mark)))
        case .mapping(let mapping): self = .mapping(Held(mapping))
        case .sequence(let sequence): self = .sequence(Held(sequence))
        // The parser puts in what an alias stands for.
        case .alias(let alias):
            self = .scalar(ScalarText(string: "", isPlain: true, place: TextPlace(alias.mark)))
        }
    }

    var place: TextPlace {
        switch self {
        case .scalar(let scalar): scalar.place
        case .mapping(let held): TextPlace(held.content.mark)
        case .sequence(let held): TextPlace(held.content.mark)
        }
    }

    /// The node of Yams, where it is no scalar.
    var node: Node? {
        switch self {
        case .scalar: nil
        case .mapping(let held): .mapping(held.content)
        case .sequence(let held): .sequence(held.content)
        }
    }

    /// Where the key stands that a path such as `triggers[1].minute` leads to.
    func place(of path: String) -> TextPlace? { node?.mark(of: path).map { TextPlace($0) } }

    var isNull: Bool {
        guard case .scalar(let scalar) = self else { return false }
        return scalar.json == .null
    }

    /// What kind of value it is, for an error.
    var kindDescription: String {
        switch self {
        case .scalar(let scalar): scalar.json.kindWithoutValue
        case .mapping: "keys and values"
        case .sequence: "a list"
        }
    }
}
#endif
