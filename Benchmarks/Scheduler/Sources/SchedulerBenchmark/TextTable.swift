import Foundation

/// Rows of text in columns. The first and the fifth are set to the left, numbers to the right.
struct TextTable: CustomStringConvertible {
    private var rows: [[String]]

    /// Begins with the row of headings, which has a cell for each column.
    init(_ headings: String...) { rows = [headings] }

    mutating func add(_ row: [String]) { rows.append(row) }

    var description: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { index, cell in
                let pad = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 0 || index == 4 ? cell.0 + pad : pad + cell.0
            }
            .joined(separator: "  ")
        }
        .joined(separator: "\n")
    }

    /// A number in as many digits as a reader needs.
    static func number(_ value: Double) -> String {
        value.isNaN ? "" : String(format: value < 100 ? "%.1f" : "%.0f", value)
    }
}
