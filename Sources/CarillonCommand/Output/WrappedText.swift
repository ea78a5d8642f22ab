#if Command
extension String {
    /// The text as lines that have room in so many columns. It is broken at blanks, but not within quotes, which hold
    /// commands to copy; a word that is too long stays whole.
    ///
    /// - Parameters:
    ///   - width: Nothing where there is no limit.
    ///   - head: How many columns are taken before the first line.
    ///   - indent: How many blanks stand before each of the others.
    func wrapped(to width: Int?, head: Int = 0, indent: Int = 0) -> [String] {
        guard let width, head + columns > width else { return [self] }
        let margin = String(repeating: " ", count: min(indent, width / 2))
        var lines: [String] = []
        var line: String?
        var room = width - head
        for word in words(atMost: width - margin.count) {
            let joined = line.map { "\($0) \(word)" } ?? word
            if joined.columns <= room || line?.allSatisfy({ $0 == " " }) ?? true {
                line = joined
            } else {
                lines.append(line ?? "")
                line = word.isEmpty ? nil : word
                room = width - margin.count
            }
        }
        return (lines + [line ?? ""]).enumerated().map { index, line in
            var text = index == 0 ? line : margin + line
            while text.last == " " { text.removeLast() }
            return text
        }
    }

    /// The words between blanks; what stands in quotes is one, where it is not too long.
    private func words(atMost width: Int) -> [String] {
        var words: [String] = []
        var quoted: String?
        for part in split(separator: " ", omittingEmptySubsequences: false).map(String.init) {
            let word = quoted.map { "\($0) \(part)" } ?? part
            let isOpen = word.drop { $0 == "(" }.hasPrefix("'") && !word.endsQuote
            if isOpen, word.columns <= width {
                quoted = word
            } else {
                words.append(word)
                quoted = nil
            }
        }
        if let quoted { words += quoted.split(separator: " ").map(String.init) }
        return words
    }

    private var endsQuote: Bool {
        let text = drop { $0 == "(" }.dropFirst()
        return text.last { !",;:.?)".contains($0) } == "'"
    }
}

extension CommandFailure {
    /// Says sentences to a person on standard output, each on lines of its own that fit the terminal.
    static func tell(_ sentences: String...) throws(CommandFailure) {
        let width = Terminal.output.width
        try say(sentences.flatMap { $0.wrapped(to: width, indent: 4) }.joined(separator: "\n"))
    }
}
#endif
