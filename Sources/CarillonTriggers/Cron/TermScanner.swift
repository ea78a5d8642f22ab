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

extension ArraySlice<UInt8> {
    /// Without blanks and tabs at the ends.
    var trimmingBlanks: ArraySlice<UInt8> {
        var rest = self
        while let first = rest.first, first == 0x20 || first == 0x09 { rest.removeFirst() }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
        return rest
    }

    /// The parts between commas, each without blanks at its ends.
    var cronTerms: [ArraySlice<UInt8>] {
        split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(\.trimmingBlanks)
    }

    var text: String { String(decoding: self, as: UTF8.self) }
}
