import CarillonTriggers

/// The values that nobody is to see in what a run says of itself, and what stands there instead.
package struct SecretMask: Sendable {
    /// Values of fewer bytes are left: they protect nothing, and would take common words and digits out of all output.
    package static let shortestLength = 4
    /// What stands for a value.
    package static let replacement = "***"
    /// Words that say nothing of a secret.
    private static let openWords: Set = ["true", "false", "null", "none"]

    /// The values, longer ones first, so that of two that begin alike the whole one goes.
    private var values: [[UInt8]] = []
    /// Whether a value begins with a byte.
    private var isFirst: [Bool] = []

    /// Masks nothing.
    package init() {}

    /// Masks values, and each line of those that have several.
    package init(_ secrets: some Sequence<String>) {
        var texts: Set<String> = []
        for secret in secrets {
            texts.insert(secret)
            for line in secret.split(whereSeparator: \.isNewline) { texts.insert(String(line)) }
        }
        values = texts.filter { $0.utf8.count >= Self.shortestLength && !Self.openWords.contains($0.lowercased()) }
            .map { Array($0.utf8) }.sorted {
                $0.count == $1.count ? $0.lexicographicallyPrecedes($1) : $0.count > $1.count
            }
        guard !values.isEmpty else { return }
        isFirst = Array(repeating: false, count: 256)
        for value in values { if let first = value.first { isFirst[Int(first)] = true } }
    }

    /// Whether there is nothing to mask.
    package var isEmpty: Bool { values.isEmpty }

    /// A text without the values.
    package func masked(_ text: String) -> String {
        isEmpty ? text : String(decoding: masked(Array(text.utf8)), as: UTF8.self)
    }

    /// Bytes without the values.
    package func masked(_ bytes: [UInt8]) -> [UInt8] {
        var held: [UInt8] = []
        return masked(bytes, isEnd: true, &held)
    }

    /// A JSON text whose strings are without the values.
    package func masked(json bytes: [UInt8]) -> [UInt8] {
        guard !isEmpty else { return bytes }
        guard let value = try? JSONReader.value(of: bytes) else { return masked(bytes) }
        return value.mappingStrings { masked($0) }.bytes
    }

    /// Bytes without the values, as far as is known of them.
    ///
    /// - Parameter held: What may be the beginning of a value that goes on in later bytes; it comes first next time.
    package func masked(_ bytes: [UInt8], isEnd: Bool, _ held: inout [UInt8]) -> [UInt8] {
        guard !isEmpty else { return bytes }
        let all = held.isEmpty ? bytes : held + bytes
        held = []
        var result: [UInt8] = []
        result.reserveCapacity(all.count)
        var index = 0
        while index < all.count {
            guard isFirst[Int(all[index])] else {
                result.append(all[index])
                index += 1
                continue
            }
            let rest = all[index...]
            var found: Int?
            for value in values {
                if rest.starts(with: value) {
                    found = value.count
                    break
                }
                // A longer value may be under way.
                if !isEnd, value.count > rest.count, value.starts(with: rest) {
                    held = Array(rest)
                    return result
                }
            }
            if let found {
                result.append(contentsOf: Self.replacement.utf8)
                index += found
            } else {
                result.append(all[index])
                index += 1
            }
        }
        return result
    }
}

extension JSONValue {
    /// The value with all strings that are no keys made into others.
    func mappingStrings<Failure: Error>(
        _ change: (String) throws(Failure) -> String
    ) throws(Failure) -> JSONValue {
        switch self {
        case .string(let text): return .string(try change(text))
        case .array(let elements):
            var changed: [JSONValue] = []
            for element in elements { changed.append(try element.mappingStrings(change)) }
            return .array(changed)
        case .object(let members):
            var changed: [Member] = []
            for member in members { changed.append(Member(member.key, try member.value.mappingStrings(change))) }
            return .object(changed)
        default: return self
        }
    }
}
