#if Command
import ArgumentParser
import Foundation

/// Whether a run's output is written to a terminal as it is.
struct RawOption: ParsableArguments {
    @Flag(help: "Write output byte for byte to a terminal as well, which takes some bytes for commands.")
    var raw = false

    /// What a terminal is shown; nothing where output is written byte for byte.
    var terminalText: TerminalText? { raw || isatty(1) != 1 ? nil : TerminalText() }
}

/// Output of a run as a terminal gets it: nothing of it is a command, and the cursor is at the beginning of a line at the
/// end.
package struct TerminalText {
    private var isInLine = false

    /// Nothing has been written yet.
    package init() {}

    /// What to write for a part of the output.
    package mutating func bytes(of part: [UInt8]) -> [UInt8] {
        let bytes = Array(String(decoding: part, as: UTF8.self).printableLines.joined(separator: "\n").utf8)
        if let last = bytes.last { isInLine = last != UInt8(ascii: "\n") }
        return bytes
    }

    /// What to write behind all of it.
    package var end: [UInt8] { isInLine ? [UInt8(ascii: "\n")] : [] }
}
#endif
