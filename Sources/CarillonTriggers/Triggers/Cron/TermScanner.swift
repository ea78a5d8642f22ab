/// Reads one term of a cron field (what stands between two commas) from its bytes.
struct TermScanner {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard position < bytes.endIndex, bytes[position] == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    /// One or more ASCII digits; numbers above a million all read as a million, which every field refuses.
    mutating func number() -> Int? {
        let start = position
        var value = 0
        while position < bytes.endIndex, case let byte = bytes[position], byte >= 0x30, byte <= 0x39 {
            value = min(value * 10 + Int(byte - 0x30), 1_000_000)
            position += 1
        }
        return position > start ? value : nil
    }

    /// One or more ASCII letters, in lower case.
    mutating func letters() -> ArraySlice<UInt8>? {
        let start = position
        while position < bytes.endIndex, case let byte = bytes[position] | 0x20, byte >= 0x61, byte <= 0x7A {
            position += 1
        }
        guard position > start else { return nil }
        return ArraySlice(bytes[start..<position].map { $0 | 0x20 })
    }

    /// The place of a name among several of three letters, if the letters that follow are one; takes nothing else.
    mutating func name(among names: [String]) -> Int? {
        guard !names.isEmpty, bytes.endIndex - position >= 3 else { return nil }
        let first = bytes[position] | 0x20
        let second = bytes[position + 1] | 0x20
        let third = bytes[position + 2] | 0x20
        let found = names.firstIndex { name in
            var letters = name.utf8.makeIterator()
            return letters.next() == first && letters.next() == second && letters.next() == third
        }
        if found != nil { position += 3 }
        return found
    }

    /// One or more blanks.
    mutating func blanks() -> Bool {
        let start = position
        while take(" ") {}
        return position > start
    }
}

/// The parts of a cron field between commas, each without blanks at its ends, read as they are asked for: most fields
/// are one part, for which an array would cost more than reading it.
struct CronTerms: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>?

    init(_ field: ArraySlice<UInt8>) { rest = field }

    mutating func next() -> ArraySlice<UInt8>? {
        guard let field = rest else { return nil }
        let comma = field.firstIndex(of: UInt8(ascii: ","))
        rest = comma.map { field[($0 + 1)...] }
        return field[..<(comma ?? field.endIndex)].trimmingBlanks
    }
}

extension ArraySlice<UInt8> {
    /// Without blanks and tabs at the ends.
    var trimmingBlanks: ArraySlice<UInt8> {
        var start = startIndex
        var end = endIndex
        while start < end, self[start].isBlank { start += 1 }
        while start < end, self[end - 1].isBlank { end -= 1 }
        return self[start..<end]
    }

    /// What stands between blanks and tabs.
    var words: [ArraySlice<UInt8>] {
        var words: [ArraySlice<UInt8>] = []
        // The most that a cron expression has; growing step by step would take as long as reading them.
        words.reserveCapacity(6)
        var position = startIndex
        while let start = self[position...].firstIndex(where: { !$0.isBlank }) {
            position = self[start...].firstIndex(where: \.isBlank) ?? endIndex
            words.append(self[start..<position])
        }
        return words
    }

    var text: String { String(decoding: self, as: UTF8.self) }
}

extension UInt8 {
    /// A blank or a tab.
    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 }
}
