import CarillonTriggers
import Foundation
import Yams

extension Node {
    /// Reads the one document of a text. Scalars stay text.
    static func root(of bytes: [UInt8]) throws(YAMLProblem) -> Node {
        guard bytes.count <= JobsFile.maximumSize else {
            throw YAMLProblem(nil, "the file is larger than \(JobsFile.maximumSize / 1_000_000) MB")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let valid = String(decoding: bytes, as: UTF8.self).prefix { $0 != "\u{FFFD}" }
            throw YAMLProblem(after: String(valid), "the file is not UTF-8 text")
        }
        guard !expandsBeyondMeasure(bytes) else {
            throw YAMLProblem(nil, "the aliases of the file stand for too much text; write it out")
        }
        do {
            if let node = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() { return node }
        } catch {
            throw (error as? YamlError).map { YAMLProblem($0, in: text) } ?? YAMLProblem(nil, "\(error)")
        }
        throw YAMLProblem(nil, "the file is empty; give the key 'jobs'")
    }

    /// Whether anchors (`&a`) and aliases (`*a`) may make a text of more than a billion bytes: the parser goes through
    /// all that an alias stands for where that is part of a key.
    private static func expandsBeyondMeasure(_ bytes: [UInt8]) -> Bool {
        func count(_ mark: Unicode.Scalar) -> Double {
            let names = Set("-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
            return Double(zip(bytes, bytes.dropFirst()).count { $0 == UInt8(ascii: mark) && names.contains($1) })
        }
        // The most that so many aliases reach is when they are spread evenly over anchors within anchors.
        let aliases = count("*")
        let levels = min(count("&"), aliases / M_E)
        return levels > 0 && log(Double(bytes.count)) + levels * log(aliases / levels) > log(1e9)
    }

    /// The node as JSON, as far as a trigger may need it.
    ///
    /// - Parameter room: How many nodes it may still have, since an alias repeats what it stands for.
    func json(_ room: inout Int, depth: Int = 0) throws(YAMLProblem) -> JSONValue {
        room -= 1
        guard room > 0, depth < 32 else { throw YAMLProblem(mark, "there is too much in here") }
        switch self {
        case .scalar(let scalar): return scalar.json
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for node in sequence { elements.append(try node.json(&room, depth: depth + 1)) }
            return .array(elements)
        case .mapping(let mapping):
            var members: [JSONValue.Member] = []
            for (key, value) in mapping {
                guard let name = key.scalar?.string else { throw YAMLProblem(key.mark, "a key must be text") }
                members.append(JSONValue.Member(name, try value.json(&room, depth: depth + 1)))
            }
            return .object(members)
        case .alias: throw YAMLProblem(mark, "an alias cannot stand here")
        }
    }

    /// Where the key stands that a path such as `triggers[1].minute` leads to, or the last one on the way.
    func mark(of path: String) -> Mark? {
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
    /// The value by the core schema of YAML 1.2 (section 10.3), in which `no` and `on` are text.
    var json: JSONValue {
        guard style == .plain else { return .string(string) }
        switch string {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default:
            if let number = Int64(string) { return .integer(number) }
            let isNumber = string.first.map { "+-.0123456789".contains($0) } ?? false
            return isNumber && Double(string) != nil ? .decimal(string) : .string(string)
        }
    }
}
