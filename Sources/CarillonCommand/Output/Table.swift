#if Command
/// Rows under titles, made to fit a terminal.
struct Table {
    /// What a column is like.
    struct Column {
        let title: String
        /// Columns of a lower rank go first where there is no room; those without one always stay.
        var rank: Int?
        /// How short its texts may be cut; those without a limit are never cut.
        var shortest: Int?
        /// Whether its texts are never cut, as names are to be copied: one that is too long has a line of its own, with
        /// the others of its row below it.
        var isName: Bool
        /// Whether its texts may stand below the others of their row, where there is no room beside those that stay or are
        /// worth a line.
        var mayStandBelow: Bool
        /// Whether others go below their row to make room for it.
        var isWorthALine: Bool

        init(
            _ title: String, rank: Int? = nil, shortest: Int? = nil, isName: Bool = false,
            mayStandBelow: Bool = false, isWorthALine: Bool = false
        ) {
            self.title = title
            self.rank = rank
            self.shortest = shortest
            self.isName = isName
            self.mayStandBelow = mayStandBelow
            self.isWorthALine = isWorthALine
        }
    }

    /// What stands in one place.
    struct Cell {
        let text: String
        let colour: Colour?

        init(_ text: String, _ colour: Colour? = nil) {
            self.text = text.printable
            self.colour = colour
        }
    }

    private static let gap = 2

    private let columns: [Column]
    private var rows: [[Cell]] = []

    init(_ columns: [Column]) { self.columns = columns }

    var isEmpty: Bool { rows.isEmpty }

    /// Adds a row, with a cell for each column.
    mutating func append(_ row: [Cell]) { rows.append(row) }

    /// The lines, titles first.
    func lines(for terminal: Terminal) -> [String] {
        var widths = columns.map(\.title.columns)
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.text.columns) }
        }
        let (shown, fitted) = fitted(widths, into: terminal.width ?? .max)
        let below = columns.indices.filter { columns[$0].mayStandBelow && !shown.contains($0) }
        let titles = columns.map { Cell($0.title, .bold) }
        return ([titles] + rows).flatMap { row in
            var lines: [String] = []
            var line = ""
            var start = 0
            for (place, index) in shown.enumerated() {
                let cell = row[index]
                let text = columns[index].isName ? cell.text : cell.text.cut(to: fitted[index])
                let isLast = place == shown.count - 1
                start += fitted[index] + Self.gap
                line += terminal.painted(text, text.isEmpty ? nil : cell.colour)
                if text.columns > fitted[index], !isLast {
                    lines.append(line)
                    line = String(repeating: " ", count: start)
                } else {
                    line += String(repeating: " ", count: isLast ? 0 : fitted[index] - text.columns + Self.gap)
                }
            }
            while line.last == " " { line.removeLast() }
            return lines + [line]
                + below.map { index in
                    Self.indent + terminal.painted(row[index].text, row[index].colour)
                }
        }
    }

    private static let indent = "    "

    /// Which columns are shown side by side, and how wide each is: columns are cut first, then left out by rank. Where
    /// those that stay or are worth a line have no room, as many as need be of those that may stand below the others do,
    /// the last ones first, which makes room for all again.
    private func fitted(_ natural: [Int], into room: Int) -> (shown: [Int], widths: [Int]) {
        // A column in which nothing stands tells nothing.
        let telling = columns.indices.filter { index in
            columns[index].rank == nil || rows.contains { !$0[index].text.isEmpty }
        }
        var beside = telling
        func least() -> Int {
            let wanted = beside.filter { columns[$0].rank == nil || columns[$0].isWorthALine }
            return wanted.reduce(Self.gap * max(0, wanted.count - 1)) { width, index in
                width + min(natural[index], columns[index].shortest ?? natural[index])
            }
        }
        while least() > room, let last = beside.lastIndex(where: { columns[$0].mayStandBelow }) {
            beside.remove(at: last)
        }
        return fitted(beside, natural, into: room)
    }

    private func fitted(_ telling: [Int], _ natural: [Int], into room: Int) -> (shown: [Int], widths: [Int]) {
        var shown = telling
        func least(_ index: Int) -> Int { min(natural[index], columns[index].shortest ?? natural[index]) }
        func total(_ width: (Int) -> Int) -> Int {
            shown.reduce(0) { $0 + width($1) } + Self.gap * max(0, shown.count - 1)
        }
        while total(least) > room,
            let worst = shown.filter({ columns[$0].rank != nil })
                .min(by: { (columns[$0].rank ?? 0, -$0) < (columns[$1].rank ?? 0, -$1) })
        {
            shown.removeAll { $0 == worst }
        }
        var widths = natural
        var excess = total { natural[$0] } - min(room, Int.max / 2)
        // The widest give, down to the next widest.
        while excess > 0 {
            let giving = shown.filter { widths[$0] > least($0) }
            guard let widest = giving.map({ widths[$0] }).max() else { break }
            let floor = giving.map { widths[$0] < widest ? widths[$0] : least($0) }.max() ?? 0
            for index in giving where widths[index] == widest && excess > 0 {
                let given = min(excess, widest - max(floor, least(index)))
                widths[index] -= given
                excess -= given
            }
        }
        return (shown, widths)
    }
}

extension String {
    /// The beginning that has room in so many columns, with an ellipsis where something is missing.
    func cut(to width: Int) -> String {
        guard columns > width else { return self }
        var text = ""
        var used = 1
        for character in self {
            let next = String(character).columns
            guard used + next <= width else { break }
            used += next
            text.append(character)
        }
        return text + "…"
    }
}
#endif
