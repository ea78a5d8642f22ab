internal import Carillon
internal import CarillonTriggers

extension SQLMigration {
    /// The tables and columns for searches over all jobs, counts, the audit log and remembered requests.
    ///
    /// - `carillon_run_groups` numbers tasks (with an empty `node`) and nodes (with an empty `task`). Number 0 has no
    ///   row: it is that of runs whose task is not known.
    /// - In an ended run, `task_group` and `node_group` are such numbers, `class` is `RunClass.code`, and `fingerprint`
    ///   is set if it failed.
    /// - `carillon_outcome_counts` has several rows for one day, task and class if sessions write at once: `counter`
    ///   distinguishes them, and readers add them up.
    package static let reading = SQLMigration("searches, counts, audit log and requests") { dialect in
        [
            """
            CREATE TABLE carillon_run_groups (
                node \(dialect.name) NOT NULL,
                task \(dialect.name) NOT NULL,
                number BIGINT NOT NULL,
                PRIMARY KEY (node, task)
            )\(dialect.inKeyOrder)
            """,
            "ALTER TABLE carillon_past_runs ADD COLUMN task_group BIGINT",
            "ALTER TABLE carillon_past_runs ADD COLUMN node_group BIGINT",
            "ALTER TABLE carillon_past_runs ADD COLUMN class BIGINT",
            "ALTER TABLE carillon_past_runs ADD COLUMN fingerprint BIGINT",
            """
            CREATE TABLE carillon_outcome_counts (
                day BIGINT NOT NULL,
                task_group BIGINT NOT NULL,
                class BIGINT NOT NULL,
                counter BIGINT NOT NULL,
                runs BIGINT NOT NULL,
                PRIMARY KEY (day, task_group, class, counter)
            )\(dialect.inKeyOrder)
            """,
            """
            CREATE TABLE carillon_failures (
                fingerprint BIGINT NOT NULL,
                task \(dialect.name) NOT NULL,
                state BIGINT NOT NULL,
                pattern \(dialect.text) NOT NULL,
                runs BIGINT NOT NULL,
                first_ended BIGINT NOT NULL,
                last_ended BIGINT NOT NULL,
                job \(dialect.name) NOT NULL,
                generation BIGINT NOT NULL,
                scheduled BIGINT NOT NULL,
                kind BIGINT NOT NULL,
                number BIGINT NOT NULL,
                attempt BIGINT NOT NULL,
                PRIMARY KEY (fingerprint, task)
            )
            """,
            "CREATE INDEX carillon_failures_last ON carillon_failures (last_ended, fingerprint, task)",
            """
            CREATE TABLE carillon_audit (
                number \(dialect.integerKey) PRIMARY KEY,
                time BIGINT NOT NULL,
                actor \(dialect.name) NOT NULL,
                origin \(dialect.text),
                action \(dialect.name) NOT NULL,
                object_kind \(dialect.name) NOT NULL,
                object_id \(dialect.text) NOT NULL,
                object_hash BIGINT NOT NULL,
                before_json \(dialect.bytes),
                after_json \(dialect.bytes),
                summary \(dialect.text),
                result BIGINT NOT NULL,
                reason \(dialect.text),
                request \(dialect.text)
            )
            """,
            "CREATE INDEX carillon_audit_actor ON carillon_audit (actor, number)",
            "CREATE INDEX carillon_audit_object ON carillon_audit (object_hash, number)",
            "CREATE INDEX carillon_audit_time ON carillon_audit (time)",
            """
            CREATE TABLE carillon_requests (
                actor \(dialect.name) NOT NULL,
                request_key \(dialect.name) NOT NULL,
                fingerprint \(dialect.text) NOT NULL,
                token BIGINT NOT NULL,
                claimed BIGINT NOT NULL,
                expires BIGINT NOT NULL,
                answer \(dialect.bytes),
                PRIMARY KEY (actor, request_key)
            )
            """,
            "CREATE INDEX carillon_requests_expires ON carillon_requests (expires)",
            "INSERT INTO carillon_counters (name, value) VALUES ('run groups', 0), ('audit', 0)",
        ]
    } fill: { (session) throws(CarillonError) in
        try session.markPastRuns()
    } closing: { dialect in
        // Creating an index of existing rows is faster than maintaining it.
        indexes(dialect)
    }

    private static func indexes(_ dialect: SQLDialect) -> [String] {
        let key = "scheduled, generation, kind, number, attempt"
        return [
            "CREATE INDEX carillon_past_runs_task ON carillon_past_runs (task_group, class, \(key))",
            "CREATE INDEX carillon_past_runs_node ON carillon_past_runs (node_group, class, \(key))",
            "CREATE INDEX carillon_past_runs_class ON carillon_past_runs (class, \(key))"
                + dialect.partialIndex("class > \(RunClass.plain.code)"),
            "CREATE INDEX carillon_past_runs_error ON carillon_past_runs (fingerprint, \(key))"
                + dialect.partialIndex("fingerprint IS NOT NULL"),
        ]
    }
}

/// Conversion of rows that an older version wrote.
extension SQLSession {
    private static var markedAtOnce: Int { 1000 }

    /// An expression for the task of a row of `carillon_past_runs`, if known: its own, or else that of its job, if that
    /// exists.
    private static var task: String {
        """
        coalesce(carillon_past_runs.task, (
            SELECT j.task FROM carillon_jobs AS j WHERE j.generation = carillon_past_runs.generation
        ), '')
        """
    }

    /// Marks and counts the existing ended runs.
    fileprivate func markPastRuns() throws(CarillonError) {
        guard try !integers("SELECT 1 FROM carillon_past_runs LIMIT 1", []).isEmpty else { return }
        var groups: Set<RunGroup> = []
        try connection.query("SELECT DISTINCT \(Self.task), coalesce(node, '') FROM carillon_past_runs", []) {
            (row) throws(CarillonError) in
            guard let task = try? row.text(0), let node = try? row.text(1) else { return }
            groups.insert(RunGroup(task: task, node: ""))
            groups.insert(RunGroup(task: "", node: node))
        }
        _ = try numbers(of: groups)
        try connection.execute(
            """
            UPDATE carillon_past_runs SET
                task_group = coalesce((
                    SELECT g.number FROM carillon_run_groups AS g WHERE g.node = '' AND g.task = \(Self.task)
                ), \(RunGroup.unknown)),
                node_group = (
                    SELECT g.number FROM carillon_run_groups AS g
                    WHERE g.node = carillon_past_runs.node AND g.task = ''
                ),
                class = \(RunClass.expression)
            """, [])
        let ended = "coalesce(finished, due)"
        let day = "86400000000"
        try connection.execute(
            """
            INSERT INTO carillon_outcome_counts (day, task_group, class, counter, runs)
            SELECT (\(ended) - (\(ended) % \(day) + \(day)) % \(day)) / \(day) AS day, task_group, class, 0, count(*)
            FROM carillon_past_runs WHERE class IS NOT NULL GROUP BY 1, 2, 3
            """, [])
        try markFailures()
    }

    private func markFailures() throws(CarillonError) {
        let marking = SQLWrite(.update, "carillon_past_runs", columns: ["fingerprint"], key: RunRow.key)
        let names = try taskNames()
        // Uses the index of runs that did not succeed, one state after the other.
        for outcome in Outcome.allCases where outcome != .succeeded {
            let query = RunListingQuery(ofState: .finished(outcome))
            var after: [SQLValue]?
            while true {
                let (sql, values) = query.statement(
                    "carillon_past_runs", after: after, limit: Self.markedAtOnce, more: ["task_group"])
                var count = 0
                var failures: [FailureGroup] = []
                var rows = SQLRows(width: marking.width)
                var nodes = NodeNames()
                try connection.query(sql, values) { (row) throws(CarillonError) in
                    count += 1
                    let key = (0..<RunRow.key.count).map { SQLValue(try? row.integer($0)) }
                    after = key
                    guard let run = try? RunRow.run(row, job: nil, &nodes),
                        let task = try? row.optionalInteger(RunRow.columns.count),
                        let group = FailureGroup(run, of: names[task])
                    else { return }
                    failures.append(group)
                    rows.append(group.error.stored)
                    rows.append(contentsOf: key)
                }
                _ = try connection.write(marking, rows)
                try write(failures)
                if count < Self.markedAtOnce { break }
            }
        }
    }
}

extension RunListingQuery {
    fileprivate init(ofState state: RunFilter.State) {
        var filter = RunFilter()
        filter.state = state
        self.init(filter)
    }
}
