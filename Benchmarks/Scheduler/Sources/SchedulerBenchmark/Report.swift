import Foundation

/// The figures as a table, with what they are to be.
struct Report: CustomStringConvertible {
    private var rows: [[String]] = [["", "Carillon", "APScheduler", "ratio", "target"]]
    private(set) var isMet = true

    /// A figure beside the peer's.
    ///
    /// - Parameter atLeast: How many times the peer's it is to be.
    mutating func add(_ name: String, _ value: Double, peer: Double = .nan, atLeast target: Double? = nil) {
        let ratio = value / peer
        let isKnown = !ratio.isNaN
        let isReached = target.map { isKnown && ratio >= $0 }
        rows.append([
            name, Self.number(value), isKnown ? Self.number(peer) : "", isKnown ? Self.times(ratio) : "",
            target.map { "≥ \(Self.times($0)) \(verdict(isReached ?? false))" } ?? "",
        ])
    }

    /// A roof, and how many times it another figure is at most to be.
    mutating func add(_ name: String, _ value: Double, atMost target: Double, times other: Double) {
        let ratio = other / value
        rows.append([
            name, Self.number(value), "", Self.times(ratio), "≤ \(Self.times(target)) \(verdict(ratio <= target))",
        ])
    }

    /// A roof, and the share of it that another figure is.
    mutating func add(_ name: String, _ value: Double, note: String, share other: Double) {
        rows.append([name, Self.number(value), "", "\(Int((100 * other / value).rounded())) %", note])
    }

    /// A figure that is as it is to be, or not.
    mutating func add(_ name: String, _ value: Double, isMet: Bool) {
        rows.append([name, Self.number(value), "", "", verdict(isMet)])
    }

    private mutating func verdict(_ isReached: Bool) -> String {
        isMet = isMet && isReached
        return isReached ? "met" : "MISSED"
    }

    private static func number(_ value: Double) -> String {
        value < 100 ? String(format: "%.1f", value) : String(Int(value.rounded()))
    }

    private static func times(_ value: Double) -> String { String(format: "%.1f ×", value) }

    /// The table.
    var description: String {
        let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { index, cell in
                let pad = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 0 || index == 4 ? cell.0 + pad : pad + cell.0
            }
            .joined(separator: "  ")
        }
        .joined(separator: "\n")
    }
}
