/// Bytes as lines that do nothing to a terminal: what is not UTF-8 is replaced, control characters but the tab are
/// written as `^[`, and an unfinished last line is a line.
struct PrintableLines {
    let lines: [String]

    init(of bytes: [UInt8]) {
        var parts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true { parts.removeLast() }
        lines = parts.map { part in
            let isPlain = part.allSatisfy { 0x20...0x7E ~= $0 }
            let line = part.last == UInt8(ascii: "\r") ? part.dropLast() : part
            return isPlain ? String(decoding: line, as: UTF8.self) : Self.printable(String(decoding: line, as: UTF8.self))
        }
    }

    private static func printable(_ text: String) -> String {
        var printed = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09: printed.append(scalar)
            case 0x00..<0x20: printed.append(contentsOf: ["^", Unicode.Scalar(UInt8(scalar.value) + 0x40)])
            case 0x7F: printed.append(contentsOf: "^?".unicodeScalars)
            // Some terminals take these for the beginning of a sequence as well.
            case 0x80..<0xA0: printed.append("\u{FFFD}")
            default: printed.append(scalar)
            }
        }
        return String(printed)
    }
}
