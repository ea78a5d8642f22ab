import CarillonTriggers

/// A mask that replaces secret values in what a run reports.
package struct SecretMask: Sendable {
    /// The length in bytes from which values are masked: shorter ones protect nothing, and would remove common words
    /// and digits from all output.
    package static let shortestLength = 4
    /// The text that replaces a value.
    package static let replacement = "***"
    /// Words that are never masked, since they reveal no secret.
    private static let openWords: Set = ["true", "false", "null", "none"]

    /// The values, longest first, so that of two with the same beginning the longer one is replaced.
    private var values: [[UInt8]] = []
    /// For each byte, whether a value begins with it.
    private var isFirst: [Bool] = []

    /// Creates a mask that masks nothing.
    package init() {}

    /// Creates a mask for values, and for each line of values with several lines.
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

    /// Returns a text with the values masked.
    package func masked(_ text: String) -> String {
        isEmpty ? text : String(decoding: masked(Array(text.utf8)), as: UTF8.self)
    }

    /// Returns bytes with the values masked.
    package func masked(_ bytes: [UInt8]) -> [UInt8] {
        var held: [UInt8] = []
        return masked(bytes, isEnd: true, &held)
    }

    /// Returns a JSON text with the values masked in its strings.
    package func masked(json bytes: [UInt8]) -> [UInt8] {
        guard !isEmpty else { return bytes }
        guard let value = try? JSONReader.value(of: bytes) else { return masked(bytes) }
        return value.mappingStrings { masked($0) }.bytes
    }

    /// Returns bytes with the values masked, as far as they are known yet.
    ///
    /// - Parameters:
    ///   - isEnd: Whether no more bytes follow.
    ///   - held: Bytes that may begin a value which later bytes complete; they are put before the next bytes.
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
                // The rest may be the beginning of a longer value.
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
    /// Returns the value with every string that is not a key transformed.
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
