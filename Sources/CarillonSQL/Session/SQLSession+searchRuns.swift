package import Carillon
internal import CarillonTriggers

extension SQLSession {
    /// The number of classes in a search above which the existing classes are looked up first.
    private static var fewClasses: Int { 3 }

    /// See `RunSearching`.
    package func endedRuns(_ search: RunSearch, page: Page<Run.ID>) throws(CarillonError) -> [Run] {
        try reading { () throws(CarillonError) in
            let branches = try branches(search)
            let query = RunSearchQuery(search, connection.dialect, limit: page.limit)
            var found: [Run] = []
            var after = page.after.map(RunRow.keyValues)
            while true {
                var runs: [(key: [Int64], run: Run?)] = []
                for some in branches.batches(of: SQLStatements.tasksAtOnce) {
                    let (sql, values) = query.statement(some, after: after)
                    runs += try keyedRuns(sql, values)
                }
                if branches.count > SQLStatements.tasksAtOnce {
                    runs.sort { left, right in
                        search.order == .newestFirst
                            ? right.key.lexicographicallyPrecedes(left.key)
                            : left.key.lexicographicallyPrecedes(right.key)
                    }
                }
                let first = runs.prefix(page.limit)
                found += first.compactMap(\.run)
                // Filled up if rows cannot be read.
                guard first.count == page.limit, found.count < page.limit, let last = first.last else {
                    return Array(found.prefix(page.limit))
                }
                after = RunRow.keyValues(of: last.key)
            }
        }
    }

    /// Returns the rows of an answer, each with its key in the order of listings, and without the run if that cannot be
    /// read.
    private func keyedRuns(_ sql: String, _ values: [SQLValue]) throws(CarillonError) -> [(key: [Int64], run: Run?)] {
        var runs: [(key: [Int64], run: Run?)] = []
        var nodes = NodeNames()
        try connection.query(sql, values) { (row) throws(CarillonError) in
            var key: [Int64] = []
            for column in [1, 0, 2, 3, 4] {
                guard let number = try? row.integer(column) else { return }
                key.append(number)
            }
            runs.append((key, try? RunRow.run(row, job: nil, &nodes)))
        }
        return runs
    }

    /// Returns the parts of a search; empty if nothing can be found.
    private func branches(_ search: RunSearch) throws(CarillonError) -> [RunSearchQuery.Branch] {
        let wanted = RunClass.wanted(search)
        var task: Int64?
        if let name = search.task {
            guard let number = try number(of: RunGroup(task: name)) else { return [] }
            task = number
        }
        let node = search.node?.description
        if let job = search.job {
            let job = job.description
            return [.ofJob(job, classes: wanted, task: task, node: node, error: search.error?.stored)]
        }
        if let error = search.error { return [.withError(error.stored, classes: wanted, task: task, node: node)] }
        if let node = search.node {
            guard let number = try number(of: RunGroup(node: node)) else { return [] }
            return try classes(wanted, "node_group = ?", [.integer(number)]).map {
                .onNode(number, class: $0, task: task)
            }
        }
        if let task { return try classes(wanted, "task_group = ?", [.integer(task)]).map { .ofTask(task, class: $0) } }
        let isAll = search.lateness == .onTime && search.outcomes.count == Outcome.allCases.count
        return isAll ? [.all] : try branches(ofAnyTask: wanted)
    }

    private func branches(ofAnyTask wanted: [Int64]) throws(CarillonError) -> [RunSearchQuery.Branch] {
        let plain = RunClass.plain.code
        var branches: [RunSearchQuery.Branch] =
            try classes(wanted.filter { $0 > plain }, "class > \(plain)", []).map { .ofClass($0) }
        guard wanted.contains(plain) else { return branches }
        // Most runs are of this class, which only the indexes by task include.
        branches.append(.ofTask(RunGroup.unknown, class: plain))
        for task in try taskNames().keys.sorted() { branches.append(.ofTask(task, class: plain)) }
        return branches
    }

    /// Returns those of the wanted classes that may have runs, in as many index steps as there are classes.
    private func classes(
        _ wanted: [Int64], _ condition: String, _ values: [SQLValue]
    ) throws(CarillonError) -> [Int64] {
        guard wanted.count > Self.fewClasses else { return wanted }
        let there = try integers(
            """
            WITH RECURSIVE found (class) AS (
                SELECT min(class) FROM carillon_past_runs WHERE \(condition) AND class > \(RunClass.plain.code - 1)
                UNION ALL
                SELECT (SELECT min(class) FROM carillon_past_runs WHERE \(condition) AND class > found.class)
                FROM found WHERE found.class IS NOT NULL
            )
            SELECT class FROM found WHERE class IS NOT NULL
            """, values + values
        )
        return wanted.filter(Set(there).contains)
    }

    /// See `RunSearching`.
    package func latestRuns(of jobs: [JobID], limit: Int) throws(CarillonError) -> [JobID: [Run]] {
        try reading { () throws(CarillonError) in
            var found: [JobID: [Run]] = [:]
            let limit = SQLValue.integer(Int64(LatestRunsLimits.runs(limit)))
            let columns = RunRow.columns.map { RunRow.bytes.contains($0) ? "NULL AS \($0)" : $0 }
            let listener = RunRow.code(Occurrence.Kind.onFailure)
            let unindexed = connection.dialect.withoutIndex
            let part = """
                SELECT \(columns.joined(separator: ", ")) FROM carillon_past_runs
                WHERE job = ? AND \(unindexed("kind")) <> \(listener) AND \(unindexed("state")) >= 10
                ORDER BY scheduled DESC, generation DESC, kind DESC, number DESC, attempt DESC LIMIT ?
                """
            let asked = Set(jobs.prefix(LatestRunsLimits.jobs))
            for some in Array(asked).batches(of: SQLStatements.tasksAtOnce) {
                let parts = some.indices.map { "SELECT * FROM (\(part)) AS part\($0)" }
                let values: [SQLValue] = some.flatMap { [.text($0.description), limit] }
                for run in try runs(parts.joined(separator: " UNION ALL "), values) {
                    found[run.id.occurrence.job, default: []].append(run)
                }
            }
            return found
        }
    }
}

extension RunRow {
    /// Returns the values of a key whose numbers are in the order of listings: the scheduled time, the generation and
    /// the rest.
    static func keyValues(of key: [Int64]) -> [SQLValue] {
        ([key[1], key[0]] + key[2...]).map { .integer($0) }
    }
}
