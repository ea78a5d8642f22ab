internal import Carillon
internal import CarillonTriggers

extension SQLSession {
    /// How many rows are removed in one transaction, so that others are not kept waiting.
    private static var prunedAtOnce: Int { 1000 }

    /// What a history policy's days and runs may be: whatever else stands in a row was not written by Carillon, and
    /// nothing is removed by it.
    private static let possibleDays = Int64(0)...1_000_000
    private static let possibleRuns = Int64(0)...1_000_000_000

    /// The days of all history policies in use, and of jobs that are gone.
    func historyDays() throws(CarillonError) -> Set<Int64> {
        let days = try integers("SELECT DISTINCT history_days FROM carillon_definitions", [])
        return Set(days.filter(Self.possibleDays.contains) + [Int64(History().days)])
    }

    /// The keys of some finished runs that ended more than so many days ago, of the jobs that keep them so long.
    func runs(olderThan days: Int64, at now: Instant) throws(CarillonError) -> [[SQLValue]] {
        let limit = SQLValue.integer(Self.limit(days, now))
        // Nearly every run ends after it was scheduled, so the first condition has the table's own order and loses none
        // but those that are looked for by themselves.
        return try keys(
            """
            WHERE scheduled < ? AND finished < ? AND \(Self.isKept(forDays: days)) AND \(Self.isKnown)
            ORDER BY scheduled, generation, kind, number, attempt LIMIT ?
            """,
            [limit, limit, .integer(days), .integer(Int64(Self.prunedAtOnce))]
        )
    }

    /// The keys of some finished runs that ended before they were scheduled, as a clock that was set back has it, and
    /// longer ago than their jobs keep them. Every finished run is looked at.
    func runsEndedBeforeTheirTime(at now: Instant) throws(CarillonError) -> [[SQLValue]] {
        let days =
            "j.id = job AND j.removed = 0 AND j.history_days BETWEEN \(Self.possibleDays.lowerBound) AND \(Self.possibleDays.upperBound)"
        return try keys(
            """
            WHERE finished < scheduled AND \(Self.isKnown) AND (
                finished < ? - 86400000000 * (SELECT j.history_days FROM carillon_definitions AS j WHERE \(days))
                OR (finished < ? AND NOT EXISTS (SELECT 1 FROM carillon_definitions AS j WHERE j.id = job AND j.removed = 0))
            ) LIMIT ?
            """,
            [
                .integer(now.microseconds), .integer(Self.limit(Int64(History().days), now)),
                .integer(Int64(Self.prunedAtOnce)),
            ]
        )
    }

    /// Jobs that have more finished runs than they keep, by id, and how many they keep.
    func jobsWithTooManyRuns() throws(CarillonError) -> [String: Int64] {
        var found: [String: Int64] = [:]
        try connection.query(
            """
            SELECT job, kept FROM (
                SELECT job, count(*) AS present,
                    coalesce((SELECT history_runs FROM carillon_definitions AS j WHERE j.id = job AND j.removed = 0), ?) AS kept
                FROM carillon_past_runs GROUP BY job
            ) AS counted WHERE present > kept
            """,
            [.integer(Int64(History().runs))]
        ) { (row) throws(CarillonError) in
            if let job = try? row.text(0), let kept = try? row.integer(1), Self.possibleRuns.contains(kept) {
                found[job] = kept
            }
        }
        return found
    }

    /// The keys of some finished runs of a job, but not of the so many that ended last.
    func runs(of job: String, exceptLatest kept: Int64) throws(CarillonError) -> [[SQLValue]] {
        try keys(
            """
            WHERE job = ? AND \(Self.isKnown)
            ORDER BY finished DESC, scheduled DESC, generation DESC, kind DESC, number DESC, attempt DESC LIMIT ? OFFSET ?
            """,
            [.text(job), .integer(Int64(Self.prunedAtOnce)), .integer(kept)]
        )
    }

    /// Removes finished runs by their keys.
    ///
    /// - Returns: How many were still there.
    func remove(runs keys: [[SQLValue]]) throws(CarillonError) -> Int {
        let removal = SQLWrite(.delete, "carillon_past_runs", key: RunRow.key)
        var rows = SQLRows(width: removal.width)
        for key in keys { rows.append(contentsOf: key) }
        return try writing { () throws(CarillonError) in try connection.write(removal, rows).count { $0 } }
    }

    /// Removes reasons that were recorded more than so many days ago, of the jobs that keep them so long.
    ///
    /// - Returns: How many there were.
    func removeReasons(olderThan days: Int64, at now: Instant) throws(CarillonError) -> Int {
        let known = ReasonRange.Reason.allCases.map(\.rawValue)
        let condition = """
            WHERE recorded < ? AND \(Self.isKept(forDays: days)) AND \(connection.dialect.isAmongTexts("reason"))
            """
        let values: [SQLValue] = [.integer(Self.limit(days, now)), .integer(days), .texts(known)]
        return try writing { () throws(CarillonError) in
            let count = try integers("SELECT count(*) FROM carillon_reasons \(condition)", values).first ?? 0
            if count > 0 { try connection.execute("DELETE FROM carillon_reasons \(condition)", values) }
            return Int(count)
        }
    }

    /// What this version cannot read is not for it to remove.
    private static var isKnown: String { "state BETWEEN 10 AND 14 AND kind BETWEEN 0 AND 3" }

    /// The jobs with such a policy and, for the default one, those that are gone.
    private static func isKept(forDays days: Int64) -> String {
        days == Int64(History().days)
            ? "NOT EXISTS (SELECT 1 FROM carillon_definitions AS j WHERE j.id = job AND j.removed = 0 AND j.history_days <> ?)"
            : "EXISTS (SELECT 1 FROM carillon_definitions AS j WHERE j.id = job AND j.removed = 0 AND j.history_days = ?)"
    }

    private static func limit(_ days: Int64, _ now: Instant) -> Int64 {
        now.advanced(byMicroseconds: -days * 86_400_000_000).microseconds
    }

    private func keys(_ condition: String, _ values: [SQLValue]) throws(CarillonError) -> [[SQLValue]] {
        var keys: [[SQLValue]] = []
        try connection.query(
            "SELECT \(RunRow.key.joined(separator: ", ")) FROM carillon_past_runs \(condition)", values
        ) { (row) throws(CarillonError) in
            var key: [SQLValue] = []
            for column in 0..<RunRow.key.count {
                guard let number = try? row.integer(column) else { return }
                key.append(.integer(number))
            }
            keys.append(key)
        }
        return keys
    }
}
