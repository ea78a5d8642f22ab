internal import Carillon

/// A migration from one schema to the next. Migrations are only added, and never changed once they are released.
package struct SQLMigration: Sendable {
    /// The name of the migration, under which the table `carillon_migrations` records it.
    package let name: String
    /// Its statements, in order.
    package let statements: @Sendable (SQLDialect) -> [String]
    /// A conversion of existing rows that follows them.
    let fill: @Sendable (SQLSession) throws(CarillonError) -> Void
    /// The statements that follow the conversion.
    let closing: @Sendable (SQLDialect) -> [String]

    /// Creates a migration.
    package init(_ name: String, _ statements: @escaping @Sendable (SQLDialect) -> [String]) {
        self.init(name, statements, fill: { _ in }, closing: { _ in [] })
    }

    init(
        _ name: String,
        _ statements: @escaping @Sendable (SQLDialect) -> [String],
        fill: @escaping @Sendable (SQLSession) throws(CarillonError) -> Void,
        closing: @escaping @Sendable (SQLDialect) -> [String]
    ) {
        self.name = name
        self.statements = statements
        self.fill = fill
        self.closing = closing
    }

    /// All migrations, the oldest first.
    package static let all = [
        jobsAndRuns, listings, jobTexts, runNotes, runProcesses, zoneData, removedJobs, reading,
        nodeVersions, leanJobs, noJobTexts, jobNames, jobTraces,
    ]
}

extension SQLMigration {
    /// The tables that passes need.
    ///
    /// - `carillon_jobs` has the columns that passes write and searches need: every pass writes a row of it again, so
    ///   rows are short. `next_due` is 2^63 - 1 if there is no next occurrence, so that these come last;
    ///   `waiting_since` is set if a waiting run has room.
    /// - `carillon_definitions` has the columns that only edits write.
    /// - Runs are in `carillon_open_runs` until they end, and then move to `carillon_past_runs`: passes see a small
    ///   table however long the history. `takeable` of an open run is 1 if a node may take it (it is ready, and its job
    ///   is not paused); it is then found by `ready_task` and `priority`.
    static let jobsAndRuns = SQLMigration("jobs and runs") { dialect in
        [
            """
            CREATE TABLE carillon_jobs (
                generation \(dialect.integerKey) PRIMARY KEY,
                id \(dialect.name) NOT NULL UNIQUE,
                state BIGINT NOT NULL,
                paused_since BIGINT,
                next_scheduled BIGINT,
                next_due BIGINT NOT NULL,
                added BIGINT NOT NULL,
                definition_version BIGINT NOT NULL,
                state_version BIGINT NOT NULL,
                waiting_since BIGINT,
                task \(dialect.name) NOT NULL,
                origin \(dialect.name),
                history_runs BIGINT NOT NULL,
                history_days BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE carillon_definitions (
                generation \(dialect.integerKey) PRIMARY KEY,
                arguments \(dialect.bytes) NOT NULL,
                trigger_json \(dialect.text) NOT NULL,
                policies \(dialect.text) NOT NULL,
                tags \(dialect.text) NOT NULL,
                executor \(dialect.text) NOT NULL
            )
            """,
            "CREATE INDEX carillon_jobs_due ON carillon_jobs (state, task, next_due, id)",
            "CREATE INDEX carillon_jobs_waiting ON carillon_jobs (waiting_since)"
                + dialect.partialIndex("waiting_since IS NOT NULL"),
            """
            CREATE TABLE carillon_job_tags (
                tag \(dialect.name) NOT NULL,
                id \(dialect.name) NOT NULL,
                generation BIGINT NOT NULL,
                PRIMARY KEY (tag, id)
            )\(dialect.inKeyOrder)
            """,
            "CREATE INDEX carillon_job_tags_generation ON carillon_job_tags (generation)",
            """
            CREATE TABLE carillon_open_runs (
                \(runColumns(dialect))
                takeable BIGINT NOT NULL,
                ready_task \(dialect.name) NOT NULL,
                priority BIGINT NOT NULL,
                orphaned BIGINT NOT NULL,
                PRIMARY KEY (generation, scheduled, kind, number, attempt)
            )\(dialect.inKeyOrder)
            """,
            """
            CREATE INDEX carillon_open_runs_ready ON carillon_open_runs
                (\(dialect.settledColumn("takeable"))ready_task, priority, available, job, generation)
            """ + dialect.partialIndex("takeable = 1"),
            "CREATE INDEX carillon_open_runs_node ON carillon_open_runs (node, cancel_requested)"
                + dialect.partialIndex("node IS NOT NULL"),
            "CREATE INDEX carillon_open_runs_orphaned ON carillon_open_runs (orphaned, job)"
                + dialect.partialIndex("orphaned = 1"),
            """
            CREATE TABLE carillon_past_runs (
                \(runColumns(dialect))
                PRIMARY KEY (scheduled, generation, kind, number, attempt)
            )\(dialect.inKeyOrder)
            """,
            """
            CREATE INDEX carillon_past_runs_job ON carillon_past_runs
                (job, scheduled, generation, kind, number, attempt)
            """,
            """
            CREATE TABLE carillon_reasons (\(dialect.hiddenKey)
                job \(dialect.name) NOT NULL,
                generation BIGINT NOT NULL,
                first_scheduled BIGINT NOT NULL,
                last_scheduled BIGINT NOT NULL,
                occurrences BIGINT NOT NULL,
                reason \(dialect.name) NOT NULL,
                recorded BIGINT NOT NULL
            )
            """,
            "CREATE INDEX carillon_reasons_job ON carillon_reasons (job, last_scheduled, first_scheduled)",
            """
            CREATE TABLE carillon_nodes (
                id \(dialect.name) NOT NULL PRIMARY KEY,
                host \(dialect.text) NOT NULL,
                process BIGINT NOT NULL,
                process_start BIGINT NOT NULL,
                tasks \(dialect.text) NOT NULL,
                last_heartbeat BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE carillon_counters (
                name \(dialect.name) NOT NULL PRIMARY KEY,
                value BIGINT NOT NULL
            )
            """,
            "INSERT INTO carillon_counters (name, value) VALUES ('generation', 0), ('changes', 0)",
        ] + (dialect.generations.map { [$0.creation] } ?? [])
    }

    /// Indexes that only listings and pruning need.
    static let listings = SQLMigration("indexes for listings") { dialect in
        [
            "CREATE INDEX carillon_jobs_state ON carillon_jobs (state, id)",
            "CREATE INDEX carillon_jobs_task ON carillon_jobs (task, id)",
            "CREATE INDEX carillon_jobs_origin ON carillon_jobs (origin, id)"
                + dialect.partialIndex("origin IS NOT NULL"),
            """
            CREATE INDEX carillon_past_runs_state ON carillon_past_runs
                (state, scheduled, generation, kind, number, attempt)
            """ + dialect.partialIndex("state > 10"),
        ]
    }

    /// Formerly created an index of texts in job ids, which `noJobTexts` removes.
    static let jobTexts = SQLMigration("index of texts in ids") { _ in [] }

    /// The notes of running runs. They are separate from the runs, because passes read those again and again; a row
    /// exists from the first notes of a run until it ends. `fraction` is a decimal number, as Swift writes it.
    static let runNotes = SQLMigration("notes of running runs") { dialect in
        [
            """
            CREATE TABLE carillon_run_notes (
                generation BIGINT NOT NULL,
                scheduled BIGINT NOT NULL,
                kind BIGINT NOT NULL,
                number BIGINT NOT NULL,
                attempt BIGINT NOT NULL,
                fence BIGINT NOT NULL,
                noted BIGINT NOT NULL,
                fraction \(dialect.text),
                doing \(dialect.text),
                written BIGINT NOT NULL,
                log \(dialect.bytes),
                PRIMARY KEY (generation, scheduled, kind, number, attempt)
            )
            """
        ]
    }

    /// The process under which a running run works, if that may outlive its node.
    static let runProcesses = SQLMigration("processes of running runs") { _ in
        [
            "ALTER TABLE carillon_run_notes ADD COLUMN process BIGINT",
            "ALTER TABLE carillon_run_notes ADD COLUMN process_start BIGINT",
        ]
    }

    /// The release of the time zone data that each node uses.
    static let zoneData = SQLMigration("zone data of nodes") { dialect in
        ["ALTER TABLE carillon_nodes ADD COLUMN zones \(dialect.text)"]
    }

    /// A removed job stays until its runs have ended: `removed` is its generation then, and 0 while the job exists, so
    /// that its id is free. Runs that had lost their jobs before get substitute jobs.
    package static let removedJobs = SQLMigration("removed jobs with their runs") { dialect in
        let columns = """
            generation, id, state, paused_since, next_scheduled, next_due, added, definition_version, state_version,
            waiting_since, task, origin, history_runs, history_days
            """
        return [
            """
            CREATE TABLE carillon_jobs_with_removed (
                generation \(dialect.integerKey) PRIMARY KEY,
                id \(dialect.name) NOT NULL,
                removed BIGINT NOT NULL,
                state BIGINT NOT NULL,
                paused_since BIGINT,
                next_scheduled BIGINT,
                next_due BIGINT NOT NULL,
                added BIGINT NOT NULL,
                definition_version BIGINT NOT NULL,
                state_version BIGINT NOT NULL,
                waiting_since BIGINT,
                task \(dialect.name) NOT NULL,
                origin \(dialect.name),
                history_runs BIGINT NOT NULL,
                history_days BIGINT NOT NULL,
                UNIQUE (id, removed)
            )
            """,
            "INSERT INTO carillon_jobs_with_removed (removed, \(columns)) SELECT 0, \(columns) FROM carillon_jobs",
            """
            INSERT INTO carillon_jobs_with_removed (removed, \(columns))
            SELECT generation, generation, min(job), 2, NULL, NULL, \(Int64.max), 0, 1, \(Int64(1) << 51),
                NULL, 'unreadable', NULL, 1000, 30
            FROM carillon_open_runs AS r WHERE orphaned = 1
                AND NOT EXISTS (SELECT 1 FROM carillon_jobs AS j WHERE j.generation = r.generation)
            GROUP BY generation
            """,
            """
            INSERT INTO carillon_definitions (generation, arguments, trigger_json, policies, tags, executor)
            SELECT generation, '{}', '{"type":"date","run_date":"2000-01-01T00:00:00Z"}', '{}', '[]', 'default'
            FROM carillon_open_runs AS r WHERE orphaned = 1
                AND NOT EXISTS (SELECT 1 FROM carillon_jobs AS j WHERE j.generation = r.generation)
            GROUP BY generation
            """,
            "DROP TABLE carillon_jobs",
            "ALTER TABLE carillon_jobs_with_removed RENAME TO carillon_jobs",
            "CREATE INDEX carillon_jobs_due ON carillon_jobs (state, task, next_due, id)",
            "CREATE INDEX carillon_jobs_waiting ON carillon_jobs (waiting_since)"
                + dialect.partialIndex("waiting_since IS NOT NULL"),
            "CREATE INDEX carillon_jobs_state ON carillon_jobs (state, id)",
            "CREATE INDEX carillon_jobs_task ON carillon_jobs (task, id)",
            "CREATE INDEX carillon_jobs_origin ON carillon_jobs (origin, id)"
                + dialect.partialIndex("origin IS NOT NULL"),
            dialect.dropIndex("carillon_open_runs_orphaned", "carillon_open_runs"),
            "ALTER TABLE carillon_open_runs DROP COLUMN orphaned",
        ]
    }

    /// A version that rises whenever a node is added, removed, or changes its report.
    static let nodeVersions = SQLMigration("versions of nodes") { _ in
        ["INSERT INTO carillon_counters (name, value) VALUES ('nodes', 0)"]
    }

    /// Removes the index of texts in ids, which are found by scanning the ids; see decision 0045.
    package static let noJobTexts = SQLMigration("no index of texts in ids") { _ in
        ["DROP TABLE IF EXISTS carillon_job_triples", "DROP TABLE IF EXISTS carillon_job_texts"]
    }

    /// The names that people give to jobs.
    static let jobNames = SQLMigration("names of jobs") { dialect in
        ["ALTER TABLE carillon_definitions ADD COLUMN name \(dialect.text)"]
    }

    /// The trace that a job was added in, as JSON.
    static let jobTraces = SQLMigration("traces of jobs") { dialect in
        ["ALTER TABLE carillon_definitions ADD COLUMN trace \(dialect.text)"]
    }

    private static func runColumns(_ dialect: SQLDialect) -> String {
        """
        generation BIGINT NOT NULL,
        scheduled BIGINT NOT NULL,
        kind BIGINT NOT NULL,
        number BIGINT NOT NULL,
        attempt BIGINT NOT NULL,
        job \(dialect.name) NOT NULL,
        state BIGINT NOT NULL,
        node \(dialect.name),
        due BIGINT NOT NULL,
        available BIGINT NOT NULL,
        fence BIGINT NOT NULL,
        recoveries BIGINT NOT NULL,
        cancel_requested BIGINT NOT NULL,
        started BIGINT,
        finished BIGINT,
        task \(dialect.name),
        arguments \(dialect.bytes),
        error \(dialect.text),
        result \(dialect.bytes),
        log \(dialect.bytes),
        """
    }
}
