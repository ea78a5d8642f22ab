#if Configuration
package import CarillonTriggers
import Foundation
package import Yams

extension Node {
    /// Reads the one document of a text. Scalars stay text.
    ///
    /// - Parameters:
    ///   - limit: The most bytes that the text may have.
    ///   - key: A key to give, for the error of a text without any.
    /// - Returns: The document, and what is wrong with the tags in it.
    static func root(
        of bytes: [UInt8], limit: Int, orGive key: String
    ) throws(YAMLProblem) -> (node: Node, tags: TagWalk) {
        guard bytes.count <= limit else {
            throw YAMLProblem(nil, "the file is larger than \(limit / 1_000_000) MB")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let valid = String(decoding: bytes, as: UTF8.self).prefix { $0 != "\u{FFFD}" }
            throw YAMLProblem(after: String(valid), "the file is not UTF-8 text")
        }
        let measure = AliasMeasure(bytes)
        guard !measure.isTooMuchToParse(byteCount: bytes.count) else {
            throw YAMLProblem(after: String(decoding: bytes[..<measure.lastAlias], as: UTF8.self), tooManyAliases)
        }
        guard var root = try composed(text) else {
            throw YAMLProblem(nil, "the file is empty; give the key '\(key)'")
        }
        var walk = AliasWalk()
        if measure.aliases > 0, walk.isTooMuch(root) {
            root = Node("")
            walk.release()
            throw YAMLProblem(walk.place, tooManyAliases)
        }
        var tags = TagWalk()
        if measure.mayHaveTags { tags.check(root) }
        return (root, tags)
    }

    /// The one document of a text; nothing where there is none. The parser, which holds nodes as well, ends with this.
    private static func composed(_ text: String) throws(YAMLProblem) -> Node? {
        do {
            return try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch {
            throw (error as? YamlError).map { YAMLProblem($0, in: text) } ?? YAMLProblem(nil, "\(error)")
        }
    }

    private static let tooManyAliases = "the aliases of the file stand for too much text; write it out"

    /// The node as JSON, as far as there is room for it.
    ///
    /// - Parameters:
    ///   - room: How many bytes it may still have, since an alias repeats what it stands for: a node takes 16 of them
    ///     beside its text.
    ///   - read: What makes a value of a scalar.
    package func json(
        _ room: inout Int,
        depth: Int = 0,
        _ read: (Node.Scalar) throws(YAMLProblem) -> JSONValue = { (scalar) throws(YAMLProblem) in scalar.json }
    ) throws(YAMLProblem) -> JSONValue {
        room -= 16
        guard room > 0, depth < 32 else { throw YAMLProblem(mark, "there is too much in here") }
        switch self {
        case .scalar(let scalar):
            room -= scalar.string.utf8.count
            return try read(scalar)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            elements.reserveCapacity(sequence.count)
            for node in sequence { elements.append(try node.json(&room, depth: depth + 1, read)) }
            return .array(elements)
        case .mapping(let mapping):
            var members: [JSONValue.Member] = []
            members.reserveCapacity(mapping.count)
            for (key, value) in mapping {
                guard case .scalar(let name) = key else { throw YAMLProblem(key.mark, "a key must be text") }
                room -= name.string.utf8.count
                guard name.string != "<<" || name.style != .plain else {
                    throw YAMLProblem(key.mark, Self.mergeKeyRefusal)
                }
                members.append(JSONValue.Member(name.string, try value.json(&room, depth: depth + 1, read)))
            }
            return .object(members)
        case .alias: throw YAMLProblem(mark, "an alias cannot stand here")
        }
    }

    /// What is said of a key that would bring in the keys of another mapping: that is not part of YAML 1.2.
    package static let mergeKeyRefusal = "merge keys ('<<') are not understood; write the keys out"

    /// Where the key stands that a path such as `triggers[1].minute` leads to, or the last one on the way.
    package func mark(of path: String) -> Mark? {
        var node = self
        var mark: Mark?
        for part in path.split(whereSeparator: { ".[]".contains($0) }) {
            if let sequence = node.sequence, let index = Int(part), sequence.indices.contains(index) {
                node = sequence[index]
                mark = node.mark
            } else if let pair = node.mapping?.first(where: { $0.key.scalar?.string == String(part) }) {
                node = pair.value
                mark = pair.key.mark ?? mark
            } else {
                break
            }
        }
        return mark
    }
}

extension Node.Scalar {
    /// The value by the core schema of YAML 1.2 (section 10.3), in which `no` and `on` are text. So are `.inf` and `.nan`,
    /// which no JSON number can be.
    package var json: JSONValue { Self.json(string, isPlain: isPlain) }

    /// Whether the core schema says what the text is: where it stands without quotes, unless a tag says what it is.
    var isPlain: Bool {
        switch tag.rawValue {
        case CoreTag.none: style == .plain
        case CoreTag.nonSpecific, CoreTag.text.rawValue: false
        default: true
        }
    }

    /// The value of a text: plain is what stands there without quotes.
    static func json(_ text: String, isPlain: Bool) -> JSONValue {
        guard isPlain else { return .string(text) }
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            return number(text) ?? .string(text)
        case UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"), UInt8(ascii: "T"),
            UInt8(ascii: "f"), UInt8(ascii: "F"):
            break
        default: return .string(text)
        }
        switch text {
        case "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: return .string(text)
        }
    }

    /// A number as JSON has it: what YAML writes otherwise, such as `0x1F` or `.5`, is rewritten.
    private static func number(_ text: String) -> JSONValue? {
        if let number = Int64(text) { return .integer(number) }
        let body = text.drop { $0 == "+" || $0 == "-" }
        if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16).map(JSONValue.integer) }
        if text.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8).map(JSONValue.integer) }
        guard text.utf8.count - body.utf8.count <= 1, let first = body.utf8.first,
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= first || first == UInt8(ascii: "."),
            body.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || "+-.eE".utf8.contains($0) }),
            let value = Double(text)
        else { return nil }
        let isJSON =
            text.utf8.first != UInt8(ascii: "+") && first != UInt8(ascii: ".") && !body.contains(".e")
            && !body.contains(".E") && !body.hasSuffix(".")
            && !(first == UInt8(ascii: "0")
                && body.utf8.dropFirst().first.map { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ?? false)
        return isJSON || !value.isFinite ? .decimal(text) : .decimal(String(value))
    }
}
#endif
