/// Things to say of one thing: a name and a text each, of which a first word may be coloured.
struct Facts {
    private var rows: [(name: String, word: String, colour: Colour?, text: String)] = []

    mutating func add(_ name: String, _ text: String) { rows.append((name, "", nil, text.printable)) }

    /// A coloured word, and what goes on from it.
    mutating func add(_ name: String, _ word: String, _ colour: Colour?, _ rest: String = "") {
        rows.append((name, word.printable, colour, rest.printable))
    }

    func lines(for terminal: Terminal) -> [String] {
        let width = rows.map(\.name.count).max() ?? 0
        return rows.map { row in
            let padding = String(repeating: " ", count: width - row.name.count + 2)
            return terminal.painted(row.name, .bold) + padding + terminal.painted(row.word, row.colour) + row.text
        }
    }
}
