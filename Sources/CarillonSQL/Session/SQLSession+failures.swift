package import Carillon
package import CarillonTriggers

/// Failure groups.
extension SQLSession {
    private static let key = ["fingerprint", "task"]
    private static let columns =
        key + ["state", "pattern", "runs", "first_ended", "last_ended", "job"] + RunRow.key
    private static let addition = SQLWrite(.offer, "carillon_failures", columns: columns, key: key)
    private static let rewriting = SQLWrite(.upsert, "carillon_failures", columns: columns, key: key)

    private struct Key: Hashable, Comparable {
        let error: Int64
        let task: String

        init(_ group: FailureGroup) {
            error = group.error.stored
            task = group.task?.description ?? ""
        }

        static func < (left: Key, right: Key) -> Bool { (left.error, left.task) < (right.error, right.task) }
    }

    /// Adds failures to their groups.
    func write(_ failures: [FailureGroup]) throws(CarillonError) {
        guard !failures.isEmpty else { return }
        var groups: [Key: FailureGroup] = [:]
        for failure in failures {
            let key = Key(failure)
            groups[key] = groups[key]?.joined(by: failure) ?? failure
        }
        // Always in one order, so that sessions do not deadlock. The rows exist before they are locked: if two sessions
        // add one, both are counted.
        let keys = groups.keys.sorted()
        var added = SQLRows(width: Self.addition.width)
        for key in keys { if let group = groups[key] { Self.append(group, runs: 0, to: &added) } }
        _ = try connection.write(Self.addition, added)
        var rows = SQLRows(width: Self.rewriting.width)
        let lock = connection.dialect.rowLocks?.waiting ?? ""
        let there = connection.dialect.listed("carillon_failures", by: "fingerprint")
        let errors = Set(keys.map(\.error)).sorted()
        for old in try writtenFailures(
            "WHERE \(there.condition) ORDER BY fingerprint, task\(lock)", [.integers(errors)], from: there.tables)
        {
            guard let new = groups.removeValue(forKey: Key(old)) else { continue }
            let joined = old.joined(by: new)
            Self.append(joined, runs: Int64(joined.runs), to: &rows)
        }
        _ = try connection.write(Self.rewriting, rows)
    }

    private static func append(_ group: FailureGroup, runs: Int64, to rows: inout SQLRows) {
        rows.append(group.error.stored)
        rows.append(group.task?.description ?? "")
        rows.append(RunRow.code(.finished(group.outcome)))
        rows.append(group.pattern)
        rows.append(runs)
        rows.append(group.first.microseconds)
        rows.append(group.last.microseconds)
        rows.append(group.example.occurrence.job.description)
        RunRow.append(key: group.example, to: &rows)
    }

    private func writtenFailures(
        _ condition: String, _ values: [SQLValue], from tables: String = "carillon_failures"
    ) throws(CarillonError) -> [FailureGroup] {
        var found: [FailureGroup] = []
        try connection.query(
            "SELECT \(Self.columns.joined(separator: ", ")) FROM \(tables) \(condition)", values
        ) { (row) throws(CarillonError) in
            if let group = try? Self.group(row) { found.append(group) }
        }
        return found
    }

    private static func group(_ row: any SQLRow) throws(UnreadableRow) -> FailureGroup {
        let task = try row.text(1)
        let job = try row.text(7)
        guard let outcome = RunRow.outcome(try row.integer(2)) else {
            throw UnreadableRow("state is none of a run that has failed")
        }
        return FailureGroup(
            error: ErrorFingerprint(stored: try row.integer(0)),
            task: task.isEmpty
                ? nil : try JobRow.reading("task") { () throws(CarillonError) in try TaskName(exactly: task) },
            outcome: outcome,
            pattern: try row.text(3),
            runs: Int(try row.count(4, "runs")),
            first: try row.instant(5, "first_ended"),
            last: try row.instant(6, "last_ended"),
            example: try RunRow.id(
                row, from: 8,
                job: try JobRow.reading("job") { () throws(CarillonError) in try JobID(exactly: job) })
        )
    }

    /// See `FailureGrouping`.
    package func failures(since: Instant, task: TaskName?, page: Page<FailureCursor>) throws(CarillonError)
        -> [FailureGroup]
    {
        var condition = "WHERE last_ended >= ?"
        var values: [SQLValue] = [.integer(since.microseconds)]
        if let task {
            condition += " AND task = ?"
            values.append(.text(task.description))
        }
        if let after = page.after {
            condition += " AND last_ended <= ? AND (last_ended, fingerprint, task) < (?, ?, ?)"
            let last = SQLValue.integer(after.last.microseconds)
            values += [last, last, .integer(after.error.stored), .text(after.task?.description ?? "")]
        }
        return try writtenFailures(
            condition + " ORDER BY last_ended DESC, fingerprint DESC, task DESC LIMIT ?",
            values + [.integer(Int64(page.limit))])
    }

    /// Whether there are groups whose last failure was too long ago.
    func hasOldFailures(at now: Instant) throws(CarillonError) -> Bool {
        try !integers("SELECT 1 FROM carillon_failures WHERE last_ended < ? LIMIT 1", [Self.oldest(at: now)]).isEmpty
    }

    /// Removes groups whose last failure was too long ago.
    func removeOldFailures(at now: Instant) throws(CarillonError) {
        try writing { () throws(CarillonError) in
            try connection.execute("DELETE FROM carillon_failures WHERE last_ended < ?", [Self.oldest(at: now)])
        }
    }

    private static func oldest(at now: Instant) -> SQLValue {
        .integer(now.advanced(byMicroseconds: -FailureGroup.daysKept * 86_400_000_000).microseconds)
    }
}
