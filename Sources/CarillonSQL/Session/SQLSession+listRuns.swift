package import Carillon
package import CarillonTriggers

extension SQLSession {
    private static var columns: String { RunRow.columns.joined(separator: ", ") }

    /// See `JobStore.runs`.
    package func runs(_ filter: RunFilter, page: Page<Run.ID>) throws(CarillonError) -> [Run] {
        try listing(filter, page: page).runs
    }

    /// Returns a page of runs, with the number of unreadable rows that would be on it.
    package func listing(
        _ filter: RunFilter, page: Page<Run.ID>
    ) throws(CarillonError) -> (runs: [Run], unreadable: Int) {
        try reading { () throws(CarillonError) in
            var open: [Run] = []
            var past: [Run] = []
            var unreadable: [Instant?] = []
            if filter.wantsOpen {
                for query in try openQueries(filter) {
                    open += try runs(query, "carillon_open_runs", page, &unreadable)
                }
            }
            if filter.wantsPast {
                var query = RunListingQuery(filter)
                if let job = filter.job { query.add("job = ?", .text(job.description)) }
                past = try runs(query, "carillon_past_runs", page, &unreadable)
            }
            // If an id is in both tables, the open run counts.
            let known = Set(open.map(\.id))
            let all = open + past.filter { !known.contains($0.id) }
            let listed = Array(all.sorted { $0.id.isListed(before: $1.id) }.prefix(page.limit))
            // Rows after the last one of a full page belong to the next page.
            let last = listed.count < page.limit ? nil : listed.last?.id.occurrence.scheduled
            let count = unreadable.count { time in time.map { time in last.map { time >= $0 } ?? true } ?? true }
            return (try showNotes(of: listed, withLog: false), count)
        }
    }

    /// See `JobStore.run`.
    package func run(_ id: Run.ID) throws(CarillonError) -> Run? {
        try reading { () throws(CarillonError) in
            if let open = try run(id, in: "carillon_open_runs") {
                return try showNotes(of: [open], withLog: true).first
            }
            return try run(id, in: "carillon_past_runs")
        }
    }

    /// Returns a run of one table.
    func run(_ id: Run.ID, in table: String) throws(CarillonError) -> Run? {
        let key = RunRow.key.map { "\($0) = ?" }.joined(separator: " AND ")
        return try runs(
            "SELECT \(Self.columns) FROM \(table) WHERE \(key) AND job = ?",
            RunRow.keyValues(id) + [.text(id.occurrence.job.description)]
        ).first
    }

    /// Returns all readable runs of an answer.
    func runs(_ sql: String, _ values: [SQLValue]) throws(CarillonError) -> [Run] {
        var runs: [Run] = []
        var nodes = NodeNames()
        try connection.query(sql, values) { (row) throws(CarillonError) in
            if let run = try? RunRow.run(row, job: nil, &nodes) { runs.append(run) }
        }
        return runs
    }

    /// Returns the queries for open runs: those of a job are found by its generation, and those of removed jobs with
    /// its id by theirs.
    private func openQueries(_ filter: RunFilter) throws(CarillonError) -> [RunListingQuery] {
        guard let job = filter.job else { return [RunListingQuery(filter)] }
        return try integers(statements.units, [.text(job.description)]).map { generation in
            var query = RunListingQuery(filter)
            query.add("generation = ?", .integer(generation))
            return query
        }
    }

    /// Returns a page of one table, filled up if rows of it cannot be read.
    ///
    /// - Parameter unreadable: Receives the scheduled times of these rows, as far as they can be read.
    private func runs(
        _ query: RunListingQuery,
        _ table: String,
        _ page: Page<Run.ID>,
        _ unreadable: inout [Instant?]
    ) throws(CarillonError) -> [Run] {
        var found: [Run] = []
        var nodes = NodeNames()
        var after = page.after.map(RunRow.keyValues)
        var limit = page.limit
        while true {
            let (sql, values) = query.statement(table, after: after, limit: limit)
            var count = 0
            var last = after
            var passedOver: [Instant?] = []
            try connection.query(sql, values) { (row) throws(CarillonError) in
                count += 1
                do throws(UnreadableRow) {
                    let key: [SQLValue] = try (0..<RunRow.key.count).map { (column) throws(UnreadableRow) in
                        .integer(try row.integer(column))
                    }
                    last = key
                    found.append(try RunRow.run(row, job: nil, &nodes))
                } catch {
                    if found.count < page.limit { passedOver.append(try? row.instant(1, "scheduled")) }
                }
            }
            if count < limit || found.count >= page.limit {
                unreadable += passedOver
                return Array(found.prefix(page.limit))
            }
            // A page cannot continue after rows whose keys are unreadable: a larger page gets past them.
            if last == after { limit *= 2 } else { unreadable += passedOver }
            after = last
        }
    }

    /// See `JobStore.reasons`.
    package func reasons(
        _ job: JobID,
        from first: Instant,
        through last: Instant,
        limit: Int
    ) throws(CarillonError) -> [ReasonRange] {
        try reading { () throws(CarillonError) in
            var reasons: [ReasonRange] = []
            try connection.query(
                """
                SELECT generation, first_scheduled, last_scheduled, occurrences, reason, recorded FROM carillon_reasons
                WHERE job = ? AND first_scheduled <= ? AND last_scheduled >= ?
                AND \(connection.dialect.isAmongTexts("reason"))
                ORDER BY last_scheduled DESC, recorded DESC LIMIT ?
                """,
                [
                    .text(job.description), .integer(last.microseconds), .integer(first.microseconds),
                    .texts(ReasonRange.Reason.allCases.map(\.rawValue)), .integer(Int64(max(limit, 0))),
                ]
            ) { (row) throws(CarillonError) in
                if let reason = Self.reason(row, of: job) { reasons.append(reason) }
            }
            return reasons
        }
    }
}

extension RunFilter {
    fileprivate var wantsOpen: Bool {
        if case .finished = state { return false }
        return true
    }

    fileprivate var wantsPast: Bool {
        // Runs are found by their node only while they run there.
        if node != nil { return false }
        switch state {
        case nil, .finished: return true
        case .waiting, .ready, .running: return false
        }
    }
}
