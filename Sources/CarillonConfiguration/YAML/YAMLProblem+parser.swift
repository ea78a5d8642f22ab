#if Configuration
import Yams

/// What the parser finds wrong, in words for whoever writes configurations.
extension YAMLProblem {
    /// - Parameters:
    ///   - finding: The parser's words.
    ///   - mark: Where it noticed.
    ///   - context: What it was reading then, and where that begins.
    init(_ finding: String, at mark: Mark, _ context: YamlError.Context?, in text: String) {
        let action = context?.text ?? ""
        let beginning = context.map { "line \($0.mark.line)" } ?? ""
        switch finding {
        case let words where words.contains("unexpected") && action.contains("quoted scalar"):
            // Where the text ends, nobody has to look.
            self.init(context?.mark ?? mark, "the quote that opens here is not closed: what follows is all in quotes")
        case _ where action.contains("scanning an alias") || action.contains("scanning an anchor"):
            self.init(mark, "text that begins with '*' or '&' needs quotes")
        case let words where words.contains("undefined alias"):
            let word = Self.word(at: mark, in: text).dropFirst()
            let name = String(word.prefix { $0.properties.isAlphabetic || "0123456789-_".unicodeScalars.contains($0) })
            self.init(mark, "nothing before this has the anchor '&\(name)'; text that begins with '*' needs quotes")
        case let words where words.contains("cannot start any token"):
            let first = Self.word(at: mark, in: text).first.map(String.init) ?? ""
            self.init(mark, first.isEmpty ? Self.tabAdvice : "text that begins with '\(first)' needs quotes")
        case let words where words.contains("tab character"): self.init(mark, Self.tabAdvice)
        case let words where words.contains("mapping values are not allowed"):
            self.init(
                mark,
                "no ':' can stand here: text with ': ' in it needs quotes, a blank stands behind each '-' and ':', and keys "
                    + "that belong together begin in the same column")
        case let words where words.contains("mapping keys are not allowed"):
            self.init(mark, "text that begins with '?' needs quotes")
        case let words where words.contains("expected ',' or '}'"):
            self.init(mark, "',' or '}' is missing here, in what the '{' in \(beginning) opens")
        case let words where words.contains("expected ',' or ']'"):
            self.init(mark, "',' or ']' is missing here, in what the '[' in \(beginning) opens")
        case let words where words.contains("expected key"):
            self.init(
                mark,
                "a key is expected here, in the column of the keys that begin in \(beginning); look at the blanks and "
                    + "the quotes before it")
        case let words where words.contains("expected '-' indicator"):
            self.init(
                mark,
                "'- ' is expected here, in the column of the list that begins in \(beginning); look at the blanks before it"
            )
        case let words where words.contains("expected ':'"):
            self.init(mark, "a ':' with a blank behind it is missing after what begins in \(beginning)")
        case let words where words.contains("block sequence entries are not allowed"):
            self.init(mark, "no '- ' can stand here: a list begins in a line of its own, below its key")
        case let words where words.contains("nesting level") || action.contains("nesting level"):
            self.init(mark, "the file is nested too deeply")
        case let words where words.contains("invalid Unicode character escape"):
            self.init(mark, "an escape such as \\ud83d\\ude00 cannot stand here; write the character itself")
        default: self.init(mark, [finding, action].filter { !$0.isEmpty }.joined(separator: " "))
        }
    }

    private static let tabAdvice = "a tab cannot indent; write blanks"

    /// What stands at a place, as far as the next blank.
    private static func word(at mark: Mark, in text: String) -> Substring.UnicodeScalarView {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(mark.line - 1) else { return Substring().unicodeScalars }
        return lines[mark.line - 1].dropFirst(mark.column - 1).prefix { !$0.properties.isWhitespace && $0 != "," }
    }
}
#endif
