#if Command
/// Things to say of one thing: a name and a text each, of which a first word may be coloured.
struct Facts {
    private struct Row {
        let name: String
        var word = ""
        var colour: Colour?
        let text: String
        /// Whether it is to be copied, and not broken into lines.
        var isWhole = false
    }

    private var rows: [Row] = []

    mutating func add(_ name: String, _ text: String) { rows.append(Row(name: name, text: text.printable)) }

    /// What is to be copied: it is on one line however long it is.
    mutating func add(_ name: String, whole text: String) {
        rows.append(Row(name: name, text: text.printable, isWhole: true))
    }

    /// A coloured word, and what goes on from it.
    mutating func add(_ name: String, _ word: String, _ colour: Colour?, _ rest: String = "") {
        rows.append(Row(name: name, word: word.printable, colour: colour, text: rest.printable))
    }

    func lines(for terminal: Terminal) -> [String] {
        let width = (rows.map(\.name.count).max() ?? 0) + 2
        return rows.flatMap { row -> [String] in
            let padding = String(repeating: " ", count: width - row.name.count)
            let text = row.word + row.text
            var lines = row.isWhole ? [text] : text.wrapped(to: terminal.width, head: width, indent: width)
            if let first = lines.first {
                let isWithWord = first.hasPrefix(row.word)
                let word = isWithWord ? terminal.painted(row.word, row.colour) : ""
                let rest = isWithWord ? String(first.dropFirst(row.word.count)) : first
                lines[0] = terminal.painted(row.name, .bold) + padding + word + rest
            }
            return lines
        }
    }
}
#endif
