/// What failures of one kind have in common: the outcome, and the first line of the error without the parts that differ
/// from run to run.
///
///     "cannot read /var/spool/4711.csv: No such file or directory"
///     "cannot read /tmp/x.csv: No such file or directory"       → both "cannot read <path>: No such file or directory"
///
/// The rules, in order:
/// 1. Only the first line that is not blank counts, up to 1,000 bytes; runs of whitespace become one space.
/// 2. A word with `://` in it is `<url>`, one with `@` between other characters is `<address>`.
/// 3. A word is `<path>` if it begins with `/`, `~/`, `./`, `../` or a drive (`C:\`), if it has a slash and a full stop
///    after its last slash, or if it has two slashes. A path in quotes ends at the closing quote.
/// 4. A date, a time of day or both is `<time>`: `2026-11-29T03:04:05.678Z`, `2026-11-29 03:04:05`, `03:04:05`.
/// 5. Numbers with full stops or colons that form an IP address, with or without a port, are `<address>`; so is a word
///    that begins with `0x`.
/// 6. In a word with one number, the number is `<n>`, with its unit of time or size: `job 12`, `worker-3`, `1.5s`.
/// 7. A word that mixes letters and several numbers, or has eight or more hexadecimal digits of which some are decimal,
///    is `<id>`: `7d9f8b6c5-x2x4z`, `550e8400-e29b-41d4-a716-446655440000`.
///
/// Everything else counts as it stands, and case matters. The rules may change with a version; a run keeps the
/// fingerprint that it was written with.
public struct ErrorFingerprint: Hashable, Sendable, CustomStringConvertible {
    /// A hash, the same on every machine.
    public let value: UInt64

    /// Creates a fingerprint from a stored hash.
    public init(value: UInt64) { self.value = value }

    /// Creates the fingerprint of an error and an outcome.
    public init(_ outcome: Outcome, _ error: String) {
        var hash = StableHash()
        hash.add(outcome.rawValue)
        hash.add(Self.pattern(of: error))
        value = hash.value
    }

    /// Reads sixteen hexadecimal digits, as `description` writes them; `nil` for any other text.
    public init?(_ text: String) {
        guard text.utf8.count == 16, text.utf8.allSatisfy({ $0.isHexadecimal }), let value = UInt64(text, radix: 16)
        else { return nil }
        self.value = value
    }

    /// Sixteen hexadecimal digits.
    public var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// Returns the first line of an error, with placeholders for what differs from run to run.
    public static func pattern(of error: String) -> String { ErrorPattern(error).text }
}

extension Run {
    /// The kind of its error if its outcome is `failed`, `timedOut` or `lost`; `nil` for any other run.
    public var errorFingerprint: ErrorFingerprint? {
        guard case .finished(let outcome) = state else { return nil }
        switch outcome {
        case .failed, .timedOut, .lost: return ErrorFingerprint(outcome, error ?? "")
        case .succeeded, .cancelled: return nil
        }
    }
}

/// Reads an error once, word by word.
private struct ErrorPattern {
    private(set) var text = ""
    private static let byteLimit = 1000

    init(_ error: String) {
        let lines = error.unicodeScalars.split { $0 == "\n" || $0 == "\r" }
        let line = lines.first { line in line.contains { !$0.properties.isWhitespace } }
        let scalars = Array((line.map { String($0) } ?? "").beginning(bytes: Self.byteLimit).unicodeScalars)
        var position = 0
        var hasGap = false
        while position < scalars.count {
            if scalars[position].properties.isWhitespace {
                hasGap = true
                position += 1
                continue
            }
            if hasGap, !text.isEmpty { text += " " }
            hasGap = false
            let start = position
            if let end = Self.quotedPath(scalars, at: start) {
                text.unicodeScalars.append(scalars[start])
                text += "<path>"
                position = end
                continue
            }
            while position < scalars.count, !scalars[position].properties.isWhitespace { position += 1 }
            add(word: scalars[start..<position])
        }
    }

    /// Returns where a quoted path, which may contain spaces, ends: at the closing quote.
    private static func quotedPath(_ scalars: [Unicode.Scalar], at start: Int) -> Int? {
        guard let closing = closings[scalars[start]], isPathStart(scalars[(start + 1)...]) else { return nil }
        return scalars[(start + 1)...].firstIndex(of: closing)
    }

    private static let closings: [Unicode.Scalar: Unicode.Scalar] = [
        "'": "'", "\"": "\"", "`": "`", "\u{201C}": "\u{201D}", "\u{2018}": "\u{2019}", "«": "»",
    ]

    /// Adds a word up to a space, with the punctuation around it.
    private mutating func add(word: ArraySlice<Unicode.Scalar>) {
        // An IPv6 address may begin and end with punctuation that is not part of other words.
        let address = word.trimmed(keeping: ["[", "]", ":"])
        if Self.isIPAddress(address) {
            text.unicodeScalars.append(contentsOf: word[..<address.startIndex])
            text += "<address>"
            text.unicodeScalars.append(contentsOf: word[address.endIndex...])
            return
        }
        let inner = word.trimmed()
        text.unicodeScalars.append(contentsOf: word[..<inner.startIndex])
        // A key and its value are two words.
        if let equals = inner.firstIndex(of: "="), equals > inner.startIndex, !Self.isURL(inner[..<equals]) {
            add(word: inner[..<equals])
            text += "="
            if equals + 1 < inner.endIndex { add(word: inner[(equals + 1)...]) }
        } else {
            add(inner: inner)
        }
        text.unicodeScalars.append(contentsOf: word[inner.endIndex...])
    }

    private mutating func add(inner: ArraySlice<Unicode.Scalar>) {
        guard !inner.isEmpty else { return }
        if Self.isURL(inner) {
            text += "<url>"
        } else if Self.isPath(inner) {
            text += "<path>"
        } else if Self.isMail(inner) || Self.isIPAddress(inner) {
            text += "<address>"
        } else if Self.isTime(inner) {
            // A date and a time of day are one time.
            if !text.hasSuffix("<time> ") { text += "<time>" } else { text.unicodeScalars.removeLast() }
        } else {
            var position = inner.startIndex
            while position < inner.endIndex {
                let start = position
                let isWord = inner[start].isOfWord
                while position < inner.endIndex, inner[position].isOfWord == isWord { position += 1 }
                // A full stop or comma between digits belongs to the number.
                while isWord, position + 1 < inner.endIndex, inner[position] == "." || inner[position] == ",",
                    inner[position - 1].isDigit, inner[position + 1].isDigit
                {
                    position += 1
                    while position < inner.endIndex, inner[position].isOfWord { position += 1 }
                }
                if isWord {
                    add(part: inner[start..<position])
                } else {
                    text.unicodeScalars.append(contentsOf: inner[start..<position])
                }
            }
        }
    }

    /// Adds a part of a word that has only letters, digits, `-` and `_`.
    private mutating func add(part: ArraySlice<Unicode.Scalar>) {
        var numbers: [Range<Int>] = []
        var position = part.startIndex
        while position < part.endIndex {
            guard part[position].isDigit else {
                position += 1
                continue
            }
            let start = position
            while position < part.endIndex,
                part[position].isDigit
                    || ((part[position] == "." || part[position] == ",") && position + 1 < part.endIndex
                        && part[position + 1].isDigit)
            { position += 1 }
            numbers.append(start..<position)
        }
        guard let number = numbers.first else {
            text.unicodeScalars.append(contentsOf: part)
            return
        }
        if part.count > 2, part.first == "0", part.dropFirst().first == "x", part.dropFirst(2).allSatisfy(\.isHex) {
            text += "<address>"
            return
        }
        let isHexadecimal = part.count >= 8 && part.allSatisfy(\.isHex) && !part.allSatisfy(\.isDigit)
        guard numbers.count == 1, !isHexadecimal else {
            text += "<id>"
            return
        }
        // A sign belongs to the number.
        let before = part[..<number.lowerBound]
        if before.count != 1 || before.first != "-" { text.unicodeScalars.append(contentsOf: before) }
        text += "<n>"
        let rest = part[number.upperBound...]
        if !Self.units.contains(String(String.UnicodeScalarView(rest))) {
            text.unicodeScalars.append(contentsOf: rest)
        }
    }

    private static let units: Set = [
        "ns", "us", "µs", "ms", "s", "sec", "m", "min", "h", "d", "B", "kB", "KB", "KiB", "MB", "MiB", "GB", "GiB",
        "TB",
    ]

    private static func isURL(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let colon = word.firstIndex(of: ":"), colon > word.startIndex else { return false }
        return word[colon...].starts(with: [":", "/", "/"])
    }

    private static func isPathStart(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
        for start in ["/", "~/", "./", "../"] where word.starts(with: start.unicodeScalars) {
            return word.count > start.unicodeScalars.count
        }
        let drive = word.prefix(3)
        return drive.count == 3 && drive.dropFirst() == [":", "\\"] && drive.first?.isLetter == true
    }

    private static func isPath(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
        if isPathStart(word) { return true }
        guard let slash = word.lastIndex(of: "/"), slash > word.startIndex, !isTime(word) else { return false }
        return word[..<slash].contains("/") || word[slash...].contains(".")
    }

    private static func isMail(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let at = word.firstIndex(of: "@") else { return false }
        return at > word.startIndex && at + 1 < word.endIndex
    }

    /// `10.0.0.1`, `10.0.0.1:5432`, `[::1]:80`, `fe80::1`.
    private static func isIPAddress(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
        let text = String(String.UnicodeScalarView(word))
        let host = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = host[0].split(separator: ".", omittingEmptySubsequences: false)
        if numbers.count == 4, host.count <= 2, numbers.allSatisfy({ UInt8($0) != nil }),
            host.dropFirst().allSatisfy({ UInt16($0) != nil })
        {
            return true
        }
        return host.count >= 3 && (text.contains("::") || host.count >= 6)
            && word.allSatisfy { $0.isHex || $0 == ":" || $0 == "." || $0 == "[" || $0 == "]" }
    }

    /// `2026-11-29`, `2026/11/29`, `03:04`, `03:04:05.678`, both with `T` between them, and a zone's offset or `Z`.
    private static func isTime(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
        guard word.first?.isDigit == true, word.allSatisfy({ $0.isDigit || timeMarks.contains($0) }) else {
            return false
        }
        let shape = word.reduce(into: "") { shape, scalar in
            if !scalar.isDigit { shape.unicodeScalars.append(scalar) } else if shape.last != "0" { shape += "0" }
        }
        return ["0-0-0", "0/0/0"].contains { shape.hasPrefix($0) } && word.prefix(4).allSatisfy(\.isDigit)
            || (shape.hasPrefix("0:0") && word.prefix(3).last == ":" && word.count >= 5)
    }

    private static let timeMarks: Set<Unicode.Scalar> = ["-", "/", ":", ".", ",", "T", "Z", "+"]
}

extension ArraySlice where Element == Unicode.Scalar {
    /// Returns the word without the punctuation around it.
    fileprivate func trimmed(keeping kept: Set<Unicode.Scalar> = []) -> ArraySlice {
        let marks = Self.marks.subtracting(kept)
        var inner = self
        while let first = inner.first, marks.contains(first) { inner.removeFirst() }
        while let last = inner.last, marks.contains(last) || last == "." { inner.removeLast() }
        return inner
    }

    private static let marks: Set<Unicode.Scalar> = [
        "'", "\"", "`", "(", ")", "[", "]", "{", "}", "<", ">", ",", ";", ":", "=", "“", "”", "‘", "’", "«", "»", "#",
        "!", "?",
    ]
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { "0"..."9" ~= self }
    fileprivate var isLetter: Bool { properties.isAlphabetic }
    fileprivate var isHex: Bool { isASCII && UInt8(ascii: self).isHexadecimal || self == "-" }
    fileprivate var isOfWord: Bool { isDigit || isLetter || self == "-" || self == "_" }
}

extension UInt8 {
    fileprivate var isHexadecimal: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
