import Foundation

/// This build beside another one of Carillon, in turns, as a table of medians.
struct Comparison {
    /// The other build's benchmark.
    let other: MeasuringProcess
    /// How often each measurement is repeated.
    let repeats: Int

    /// A figure that is compared.
    private struct Row: Sendable {
        let name: String
        let measurement: Measurement
        let figure: String
        /// What it is to be, in words.
        var target = ""
        /// Whether it is, by this build's figure, the other's, and all that this build's measurement gave; `nil` where there
        /// is no target, or the other build does not have the figure.
        var isMet: Verdict = { _, _, _ in nil }
    }

    private typealias Verdict = @Sendable (Double, Double, [String: Double]) -> Bool?

    /// At most so many times the other build's figure.
    private static func atMost(_ factor: Double) -> Verdict {
        { own, other, _ in other.isNaN ? nil : own <= factor * other }
    }

    /// At least so many times the other build's figure.
    private static func atLeast(_ factor: Double) -> Verdict {
        { own, other, _ in other.isNaN ? nil : own >= factor * other }
    }

    private static let rows: [Row] = [
        Row(
            name: "burst of 100,000 in memory, threads: CPU µs a run", measurement: .burstThreads, figure: "cpu",
            target: "≤ 0.45 ×", isMet: atMost(0.45)),
        Row(
            name: "burst of 100,000 in memory, async: CPU µs a run", measurement: .burstAsync, figure: "cpu",
            target: "≤ 0.45 ×", isMet: atMost(0.45)),
        Row(name: "the same, threads, each job removed", measurement: .burstThreadsRemoved, figure: "cpu"),
        Row(name: "the same, async, each job removed", measurement: .burstAsyncRemoved, figure: "cpu"),
        Row(
            name: "one run on SQLite: statements", measurement: .sqliteRuns, figure: "statements", target: "≤ 20",
            isMet: { own, _, _ in own <= 20 }),
        Row(
            name: "one run on SQLite: commits", measurement: .sqliteRuns, figure: "commits", target: "≤ 2",
            isMet: { own, _, _ in own <= 2 }),
        Row(
            name: "add on SQLite until it starts, p50 µs", measurement: .sqliteRuns, figure: "start",
            target: "≤ 0.6 ×", isMet: atMost(0.6)),
        Row(name: "SQLite alone: rows committed a second", measurement: .sqliteAdds, figure: "raw"),
        Row(
            name: "jobs added one by one a second", measurement: .sqliteAdds, figure: "single",
            target: "≥ 0.8 × SQLite alone", isMet: { own, _, all in own >= 0.8 * (all["raw"] ?? .nan) }),
        Row(
            name: "jobs added by 64 tasks a second", measurement: .sqliteAdds, figure: "together",
            target: "≥ 10 × SQLite alone", isMet: { own, _, all in own >= 10 * (all["raw"] ?? .nan) }),
        Row(
            name: "burst of 30,000 on SQLite, runs a second", measurement: .sqliteBurst, figure: "rate",
            target: "≥ 1.5 ×", isMet: atLeast(1.5)),
        Row(
            name: "heartbeat of an idle node: statements", measurement: .heartbeat, figure: "statements",
            target: "≤ 3", isMet: { own, _, _ in own <= 3 }),
        Row(name: "an idle node: statements a second", measurement: .heartbeat, figure: "second"),
        Row(
            name: "a year of 1,000 jobs, CPU s", measurement: .year, figure: "cpu", target: "≤ 0.4 ×",
            isMet: atMost(0.4)),
    ]

    private static let sizes: [(name: String, measurement: Measurement)] = [
        ("1,000", .growth1k), ("10,000", .growth10k), ("100,000", .growth100k), ("1,000,000", .growth1M),
    ]

    /// Prints the tables.
    ///
    /// - Returns: Whether every target was met.
    func run() throws -> Bool {
        let measurements = Self.rows.map(\.measurement).reduce(into: [Measurement]()) { known, measurement in
            if !known.contains(measurement) { known.append(measurement) }
        }
        var own: [Measurement: [[String: Double]]] = [:]
        var others: [Measurement: [[String: Double]]] = [:]
        for round in 1...repeats {
            for measurement in measurements {
                note("\(measurement.rawValue), \(round) of \(repeats)")
                own[measurement, default: []].append(try MeasuringProcess.own.figures(measurement.rawValue))
                others[measurement, default: []].append(figuresOfOther(measurement))
            }
        }
        let (ownMedians, othersMedians) = (own.mapValues(Self.medians), others.mapValues(Self.medians))
        var isMet = true
        var table = TextTable("", "this", "other", "ratio", "target")
        for row in Self.rows {
            let all = ownMedians[row.measurement] ?? [:]
            let (mine, theirs) = (all[row.figure] ?? .nan, othersMedians[row.measurement]?[row.figure] ?? .nan)
            let verdict = row.isMet(mine, theirs, all)
            if verdict == false { isMet = false }
            table.add([
                row.name, TextTable.number(mine), TextTable.number(theirs),
                theirs.isNaN ? "" : String(format: "%.2f", mine / theirs),
                row.target + (verdict.map { $0 ? " met" : " MISSED" } ?? ""),
            ])
        }
        print(table)
        print("\nHow cost grows on SQLite, p50 µs; in brackets of the other build\n")
        print(try growth())
        return isMet
    }

    /// The other build's figures; none if its benchmark does not know the measurement, which it says itself.
    private func figuresOfOther(_ measurement: Measurement) -> [String: Double] {
        (try? other.figures(measurement.rawValue)) ?? [:]
    }

    private func growth() throws -> TextTable {
        var table = TextTable("jobs in the store", "add a job", "one run", "a page of 50")
        for (name, measurement) in Self.sizes {
            note(measurement.rawValue)
            let mine = try MeasuringProcess.own.figures(measurement.rawValue)
            let theirs = figuresOfOther(measurement)
            table.add(
                [name]
                    + ["add", "pass", "page"].map {
                        "\(TextTable.number(mine[$0] ?? .nan)) (\(TextTable.number(theirs[$0] ?? .nan)))"
                    })
        }
        return table
    }

    private static func medians(_ figures: [[String: Double]]) -> [String: Double] {
        (figures.first ?? [:]).reduce(into: [:]) { medians, figure in
            medians[figure.key] = figures.compactMap { $0[figure.key] }.median
        }
    }
}
