package import Carillon
package import CarillonTriggers

/// Counts of outcomes by day, task and class.
extension SQLSession {
    private static let key = ["day", "task_group", "class", "counter"]
    private static let growth = SQLWrite(
        .update, "carillon_outcome_counts", columns: ["runs"], key: key, sums: ["runs"])
    private static let addition = SQLWrite(
        .offer, "carillon_outcome_counts", columns: key + ["runs"], key: key)

    /// Adds to the counts.
    func write(_ tally: OutcomeTally) throws(CarillonError) {
        let changed = tally.counts.filter { $0.value != 0 }
        guard !changed.isEmpty else { return }
        let numbers = try numbers(of: Set(changed.keys.map(\.task)))
        // Always in one order, so that sessions do not deadlock.
        let counts = changed.map { key, runs in
            (key: [key.day, numbers[key.task] ?? RunGroup.unknown, key.code, counter], runs: runs)
        }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        var grown = SQLRows(width: Self.growth.width)
        for (key, runs) in counts { Self.append(growth: runs, of: key, to: &grown) }
        let missing = zip(counts, try connection.write(Self.growth, grown)).filter { !$1 }.map(\.0)
        guard !missing.isEmpty else { return }
        var added = SQLRows(width: Self.addition.width)
        var rest = SQLRows(width: Self.growth.width)
        for (key, runs) in missing {
            for number in key { added.append(number) }
            added.append(0)
            Self.append(growth: runs, of: key, to: &rest)
        }
        _ = try connection.write(Self.addition, added)
        _ = try connection.write(Self.growth, rest)
    }

    private static func append(growth runs: Int64, of key: [Int64], to rows: inout SQLRows) {
        rows.append(runs)
        for number in key { rows.append(number) }
    }

    /// See `OutcomeCounting`.
    package func outcomeCounts(
        from first: Instant, through last: Instant, task: TaskName?, grouping: OutcomeGrouping
    ) throws(CarillonError) -> [OutcomeCount] {
        try reading { () throws(CarillonError) in
            var condition = "day BETWEEN ? AND ?"
            var values: [SQLValue] = [.integer(OutcomeKey.day(of: first)), .integer(OutcomeKey.day(of: last))]
            if let task {
                guard let number = try number(of: RunGroup(task: task)) else { return [] }
                condition += " AND task_group = ?"
                values.append(.integer(number))
            }
            let column =
                switch grouping {
                case .byDay: "day"
                case .byTask: "task_group"
                }
            let names = grouping == .byTask ? try taskNames() : [:]
            var found: [(key: OutcomeKey, runs: Int)] = []
            try connection.query(
                """
                SELECT \(column), class, sum(runs) FROM carillon_outcome_counts WHERE \(condition)
                GROUP BY \(column), class
                """, values
            ) { (row) throws(CarillonError) in
                guard let place = try? row.integer(0), let code = try? row.integer(1), let kind = RunClass(code: code),
                    let runs = try? row.integer(2)
                else { return }
                let key = OutcomeKey(
                    day: grouping == .byDay ? place : 0, task: names[place], outcome: kind.outcome,
                    lateness: kind.lateness)
                found.append((key, Int(runs)))
            }
            return grouping.counts(found)
        }
    }
}
