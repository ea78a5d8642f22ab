import Foundation

/// The figures as a table, with what they are to be.
struct Report: CustomStringConvertible {
    private var table = TextTable("", "Carillon", "APScheduler", "ratio", "target")
    private(set) var isMet = true

    /// A figure beside the peer's.
    ///
    /// - Parameter atLeast: How many times the peer's it is to be.
    mutating func add(_ name: String, _ value: Double, peer: Double = .nan, atLeast target: Double? = nil) {
        let ratio = value / peer
        let isKnown = !ratio.isNaN
        let isReached = target.map { isKnown && ratio >= $0 }
        table.add([
            name, TextTable.number(value), isKnown ? TextTable.number(peer) : "", isKnown ? Self.times(ratio) : "",
            target.map { "≥ \(Self.times($0)) \(verdict(isReached ?? false))" } ?? "",
        ])
    }

    /// A roof, and how many times it another figure is at most to be.
    mutating func add(_ name: String, _ value: Double, atMost target: Double, times other: Double) {
        let ratio = other / value
        table.add([
            name, TextTable.number(value), "", Self.times(ratio), "≤ \(Self.times(target)) \(verdict(ratio <= target))",
        ])
    }

    /// A roof, and the share of it that another figure is.
    mutating func add(_ name: String, _ value: Double, note: String, share other: Double) {
        table.add([name, TextTable.number(value), "", "\(Int((100 * other / value).rounded())) %", note])
    }

    /// A figure that is as it is to be, or not.
    mutating func add(_ name: String, _ value: Double, isMet: Bool) {
        table.add([name, TextTable.number(value), "", "", verdict(isMet)])
    }

    private mutating func verdict(_ isReached: Bool) -> String {
        isMet = isMet && isReached
        return isReached ? "met" : "MISSED"
    }

    private static func times(_ value: Double) -> String { String(format: "%.1f ×", value) }

    /// The table.
    var description: String { table.description }
}
