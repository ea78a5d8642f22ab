internal import Carillon
internal import CarillonTriggers

extension SQLSession {
    /// The number of rows that one transaction removes, so that other sessions do not wait long.
    private static var prunedAtOnce: Int { 1000 }

    /// The valid range of the days in a history policy. Other values were not written by Carillon, and no rows are
    /// removed because of them.
    private static let possibleDays = Int64(0)...1_000_000
    private static let possibleRuns = Int64(0)...1_000_000_000

    /// Returns the days of all history policies in use, and of the default policy for jobs that are gone.
    func historyDays() throws(CarillonError) -> Set<Int64> {
        let days = try integers("SELECT DISTINCT history_days FROM carillon_definitions", [])
        return Set(days.filter(Self.possibleDays.contains) + [Int64(History().days)])
    }

    /// Returns the keys of some finished runs that ended more than `days` days ago, of jobs that keep them that long.
    func runs(olderThan days: Int64, at now: Instant) throws(CarillonError) -> [[SQLValue]] {
        let limit = SQLValue.integer(Self.limit(days, now))
        // Nearly every run ends after its scheduled time, so the first condition follows the table's own order. It
        // misses only runs that `runsEndedBeforeTheirTime` finds.
        return try keys(
            """
            WHERE scheduled < ? AND finished < ? AND \(Self.isKept(forDays: days)) AND \(Self.isKnown)
            ORDER BY scheduled, generation, kind, number, attempt LIMIT ?
            """,
            [limit, limit, .integer(days), .integer(Int64(Self.prunedAtOnce))]
        )
    }

    /// Returns the keys of some finished runs that ended before their scheduled time, because the clock was set back,
    /// and longer ago than their jobs keep them. It reads every finished run.
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

    /// Returns the ids of jobs that have more finished runs than they keep, with the number that they keep.
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

    /// Returns the keys of some finished runs of a job, without the `kept` ones that ended last.
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
    /// - Returns: How many still existed.
    func remove(runs keys: [[SQLValue]]) throws(CarillonError) -> Int {
        let removal = SQLWrite(.delete, "carillon_past_runs", key: RunRow.key)
        var rows = SQLRows(width: removal.width)
        for key in keys { rows.append(contentsOf: key) }
        return try writing { () throws(CarillonError) in try connection.write(removal, rows).count { $0 } }
    }

    /// Removes reasons that were recorded more than `days` days ago, of jobs that keep them that long.
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

    /// The condition on rows that this version can read: it removes no others.
    private static var isKnown: String { "state BETWEEN 10 AND 14 AND kind BETWEEN 0 AND 3" }

    /// The condition on jobs with a policy of this many days and, for the default policy, on jobs that are gone.
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
