import Foundation

/// Collects measurements and prints them as one table.
struct Report {
    private let peers: PeerResults
    private var spreads: [Double] = []
    private(set) var missed: [String] = []

    init(peers: PeerResults) { self.peers = peers }

    func printHeader() {
        print("Nanoseconds of CPU time a call, in the zone with the highest median; x = times as long as ours.")
        printLine(
            ["expression", "operation", "zone", "median", "min", "max", "allocs", "target"]
                + peers.names.map { $0.split(separator: " ").first.map(String.init) ?? $0 }
        )
    }

    /// Prints the zone with the highest median.
    ///
    /// - Parameters:
    ///   - measured: By zone, or under an empty name where none matters.
    ///   - target: The most the median may be; a line without one is for information.
    ///   - allows: Allocations a call that are all right.
    mutating func add(
        _ name: String,
        _ operation: String,
        _ measured: [String: Measurement],
        target: Double?,
        allocations allowed: Double
    ) {
        guard let (zone, worst) = measured.max(by: { $0.value.median < $1.value.median }) else { return }
        spreads += measured.values.map(\.spread)
        let allocations = measured.values.compactMap(\.allocations).max()
        let tooSlow = target.map { worst.median > $0 } ?? false
        let tooMany = (allocations ?? 0) > allowed
        if tooSlow || tooMany { missed.append("\(name), \(operation)") }
        printLine(
            [
                name, operation, zone, number(worst.median), number(worst.minimum), number(worst.maximum),
                allocations.map { $0 == 0 ? "0" : String(format: "%.1f", $0) } ?? "?",
                target.map { "\(number($0)) \(tooSlow || tooMany ? "MISSED" : "met")" } ?? "",
            ]
                + peers.names.map { peer in
                    let ratio = peers.ratio(of: peer, operation: operation, name: name, ours: measured)
                    return ratio.map { "x \(number($0))" } ?? "-"
                }
        )
    }

    /// Prints what was measured beside what, and how far runs of the same thing lie apart.
    func printFooter(runs: Int, calibration: Measurement) {
        func middle(_ values: [Double]) -> String { String(format: "%.2f", values.sorted()[values.count / 2]) }
        func most(_ values: [Double]) -> String { String(format: "%.2f", values.max() ?? 1) }
        print("\n\(runs) runs each. Peers: \(peers.names.isEmpty ? "none" : peers.names.joined(separator: ", ")).")
        print(
            "Noise: a fixed piece of arithmetic took \(number(calibration.minimum)) to \(number(calibration.maximum))"
                + " ns over the session; the slowest run of a line took \(middle(spreads)) times its fastest in the"
                + " middle, \(most(spreads)) at most"
                + (peers.names.isEmpty ? "." : " (peers \(middle(peers.spreads)) and \(most(peers.spreads))).")
        )
        print(missed.isEmpty ? "Every target is met." : "Missed: \(missed.joined(separator: "; ")).")
    }

    private func number(_ value: Double) -> String {
        value < 10 ? String(format: "%.1f", value) : value.rounded().formatted(.number.grouping(.automatic))
    }

    private func printLine(_ cells: [String]) {
        let widths = [27, 17, 20, 8, 8, 8, 6, 13]
        var line = ""
        for (index, cell) in cells.enumerated() {
            let width = index < widths.count ? widths[index] : 12
            let padding = String(repeating: " ", count: max(0, width - cell.count))
            line += (index < 3 || index == 7 ? cell + padding : padding + cell) + " "
        }
        print(line)
    }
}
