package import Carillon
package import CarillonTriggers

extension SQLSession {
    /// See `JobStore.unreadableHistory`. It reads the whole history of the job, because an index does not find a time
    /// that cannot be read; it is called only for a single job that a user looks at.
    package func unreadableHistory(of job: JobID, from first: Instant, through last: Instant)
        throws(CarillonError) -> Int
    {
        try reading { () throws(CarillonError) in
            var count = 0
            try eachUnreadable(of: job) { row in
                if row.first <= last, row.last >= first { count += 1 }
            }
            return count
        }
    }

    /// Returns how many ended runs and reasons of each job cannot be read, by the job's id as far as that can be read.
    package func unreadableHistory() throws(CarillonError) -> [String: Int] {
        try reading { () throws(CarillonError) in
            var counts: [String: Int] = [:]
            try eachUnreadable(of: nil) { counts[$0.job, default: 0] += 1 }
            return counts
        }
    }

    /// An unreadable row of the history, with its possible range of scheduled times.
    private struct UnreadableHistoryRow {
        let job: String
        let first: Instant
        let last: Instant
    }

    /// Calls a closure with each unreadable row.
    ///
    /// - Parameter job: The job; `nil` for the rows of all jobs.
    private func eachUnreadable(
        of job: JobID?, _ found: (UnreadableHistoryRow) -> Void
    ) throws(CarillonError) {
        let condition = job == nil ? "" : "WHERE job = ?"
        let values: [SQLValue] = job.map { [.text($0.description)] } ?? []
        var nodes = NodeNames()
        let columns = RunRow.columns.joined(separator: ", ")
        try connection.query("SELECT \(columns), job FROM carillon_past_runs \(condition)", values) {
            (row) throws(CarillonError) in
            guard (try? RunRow.run(row, job: job, &nodes)) == nil else { return }
            let scheduled = try? row.instant(1, "scheduled")
            found(
                UnreadableHistoryRow(
                    job: (try? row.text(RunRow.columns.count)) ?? "",
                    first: scheduled ?? .earliest,
                    last: scheduled ?? .latest
                ))
        }
        try connection.query(
            """
            SELECT generation, first_scheduled, last_scheduled, occurrences, reason, recorded, job FROM carillon_reasons
            \(condition)
            """,
            values
        ) { (row) throws(CarillonError) in
            let text = (try? row.text(6)) ?? ""
            if let id = try? job ?? JobID(exactly: text), Self.reason(row, of: id) != nil { return }
            found(
                UnreadableHistoryRow(
                    job: text,
                    first: (try? row.instant(1, "first_scheduled")) ?? .earliest,
                    last: (try? row.instant(2, "last_scheduled")) ?? .latest
                ))
        }
    }

    /// Reads a row of reasons; `nil` if it cannot be read.
    static func reason(_ row: any SQLRow, of job: JobID) -> ReasonRange? {
        guard let text = try? row.text(4), let reason = ReasonRange.Reason(rawValue: text),
            let generation = try? row.integer(0), let first = try? row.instant(1, "first_scheduled"),
            let last = try? row.instant(2, "last_scheduled"), let count = try? row.count(3, "occurrences"),
            let recorded = try? row.instant(5, "recorded")
        else { return nil }
        return ReasonRange(
            job: job,
            generation: generation,
            first: first,
            last: last,
            count: Int(truncatingIfNeeded: count),
            reason: reason,
            recorded: recorded
        )
    }
}
