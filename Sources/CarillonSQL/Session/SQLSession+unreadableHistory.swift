package import Carillon
package import CarillonTriggers

extension SQLSession {
    /// See `JobStore.unreadableHistory`. It reads the whole history of the job, since a time that cannot be read is not
    /// found by an index; it is asked only where nothing else is known, or somebody lists a stretch.
    package func unreadableHistory(of job: JobID, from first: Instant, through last: Instant)
        throws(CarillonError) -> Int
    {
        try reading { () throws(CarillonError) in
            var count = 0
            var nodes = NodeNames()
            let columns = RunRow.columns.joined(separator: ", ")
            try connection.query(
                "SELECT \(columns) FROM carillon_past_runs WHERE job = ?", [.text(job.description)]
            ) { (row) throws(CarillonError) in
                guard (try? RunRow.run(row, job: job, &nodes)) == nil else { return }
                let scheduled = try? row.instant(1, "scheduled")
                if scheduled.map({ first <= $0 && $0 <= last }) ?? true { count += 1 }
            }
            try connection.query(
                """
                SELECT generation, first_scheduled, last_scheduled, occurrences, reason, recorded FROM carillon_reasons
                WHERE job = ?
                """,
                [.text(job.description)]
            ) { (row) throws(CarillonError) in
                guard Self.reason(row, of: job) == nil else { return }
                let begin = (try? row.instant(1, "first_scheduled")) ?? .earliest
                let end = (try? row.instant(2, "last_scheduled")) ?? .latest
                if begin <= last, end >= first { count += 1 }
            }
            return count
        }
    }

    /// A row of reasons, or nothing where it cannot be read.
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
