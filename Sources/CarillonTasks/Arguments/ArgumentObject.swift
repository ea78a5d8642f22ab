import CarillonTriggers

/// Reads the arguments of a task from a JSON object, and refuses what it does not know. Null is the same as absent.
struct ArgumentObject {
    private let values: [String: JSONValue]
    private let decoder: any Decoder

    /// - Parameter keys: The keys there are.
    /// - Throws: `DecodingError` where there is another one, with the one that was meant.
    init(from decoder: any Decoder, keys: [String]) throws {
        self.decoder = decoder
        guard case .object(let members) = try JSONValue(from: decoder) else {
            throw Self.refusal(decoder, "an object is needed, with the keys \(keys.joined(separator: ", "))")
        }
        for member in members.map(\.key).sorted() where !keys.contains(member) {
            throw Self.refusal(decoder, "'\(member)' \(CarillonTriggers.refusal(ofKey: member, among: keys))")
        }
        values = Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
    }

    /// The value of a key, where there is one.
    subscript(key: String) -> JSONValue? {
        guard let value = values[key], value != .null else { return nil }
        return value
    }

    /// A text.
    func text(_ key: String) throws -> String? { try self[key].map { try text($0, key) } }

    /// True or false.
    func flag(_ key: String) throws -> Bool? {
        guard let value = self[key] else { return nil }
        guard case .bool(let isOn) = value else {
            throw invalid(key, "must be true or false, not \(value.kindDescription)")
        }
        return isOn
    }

    /// A number above or at a limit.
    func seconds(_ key: String, from least: Double = 0) throws -> Double? {
        guard let value = self[key] else { return nil }
        let number: Double?
        switch value {
        case .integer(let whole): number = Double(whole)
        case .decimal(let text): number = Double(text)
        default: number = nil
        }
        let most = 31_536_000.0
        guard let number, number >= least, number <= most, number > 0 || least <= 0 else {
            throw invalid(key, "must be a number of seconds, at most 31536000, not \(value.kindDescription)")
        }
        return number
    }

    /// Texts by name.
    func texts(_ key: String) throws -> [(name: String, text: String)] {
        guard let value = self[key] else { return [] }
        guard case .object(let members) = value else {
            throw invalid(key, "must be an object of strings, not \(value.kindDescription)")
        }
        return try members.map { ($0.key, try text($0.value, "\(key).\($0.key)")) }
    }

    /// A value as text; `key` is what an error says.
    func text(_ value: JSONValue, _ key: String) throws -> String {
        guard case .string(let text) = value else {
            throw invalid(key, "must be a string, not \(value.kindDescription)")
        }
        return text
    }

    /// An error about the value of a key.
    func invalid(_ key: String, _ problem: String) -> DecodingError { Self.refusal(decoder, "'\(key)' \(problem)") }

    private static func refusal(_ decoder: any Decoder, _ problem: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
}
