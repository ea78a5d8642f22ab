#if Command
import Foundation

/// What a stream of output is written for.
struct Terminal {
    /// How many columns there are; nothing where nobody says, as in a pipe.
    let width: Int?
    /// Whether words may be coloured.
    let hasColours: Bool

    /// Standard output, with what `COLUMNS`, `NO_COLOR` and `TERM` say.
    static var output: Terminal { Terminal(descriptor: 1) }

    /// Standard error, with what they say.
    static var errors: Terminal { Terminal(descriptor: 2) }

    private init(descriptor: Int32) {
        let variables = ProcessInfo.processInfo.environment
        let isTerminal = isatty(descriptor) == 1
        var size = winsize()
        let measured = isTerminal && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 ? Int(size.ws_col) : 0
        let named = variables["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        width = named ?? (measured > 0 ? measured : nil)
        hasColours = isTerminal && (variables["NO_COLOR"] ?? "").isEmpty && variables["TERM"] != "dumb"
    }

    /// A text in a colour, where there are colours.
    func painted(_ text: String, _ colour: Colour?) -> String {
        guard hasColours, let colour else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }
}

/// The colours of words, as ECMA-48 numbers them.
enum Colour: Int {
    case bold = 1
    case faint = 2
    case red = 31
    case green = 32
    case yellow = 33
    case cyan = 36
}

extension String {
    /// The text with control characters written as numbers, so that a terminal takes none for a command.
    var printable: String {
        guard unicodeScalars.contains(where: \.isUnprintable) else { return self }
        return unicodeScalars.reduce(into: "") { printed, scalar in
            if scalar.isUnprintable {
                printed += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                printed.unicodeScalars.append(scalar)
            }
        }
    }

    /// The same, line by line; blanks for tabs.
    var printableLines: [String] {
        split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
            String(line).split(separator: "\t", omittingEmptySubsequences: false).joined(separator: "    ").printable
        }
    }

    /// How many columns a terminal takes for it.
    var columns: Int { reduce(0) { $0 + $1.columns } }
}

extension Character {
    /// Wide are the scripts and symbols of East Asia and emoji (Unicode Standard Annex 11, in large strokes).
    fileprivate var columns: Int {
        guard let scalar = unicodeScalars.first, scalar.value >= 0x300 else { return 1 }
        if scalar.properties.generalCategory == .nonspacingMark { return 0 }
        if scalar.properties.isEmojiPresentation { return 2 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}

extension Unicode.Scalar {
    /// Controls, and the marks that turn the direction of a line.
    fileprivate var isUnprintable: Bool {
        if value >= 0x20, value < 0x7F { return false }
        if properties.generalCategory == .control { return true }
        return (0x2028...0x202E).contains(value) || (0x2066...0x2069).contains(value)
            || (0x200E...0x200F).contains(value) || value == 0x061C
    }
}
#endif
