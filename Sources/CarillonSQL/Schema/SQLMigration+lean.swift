extension SQLMigration {
    /// A narrow table of the columns that plans change, with only the indexes that passes need.
    ///
    /// - `carillon_jobs`: a database that writes a row again in every index, whatever has changed, pays for each of
    ///   them with every fire. `state` is 3 for removed jobs, and all but active ones are in their own index.
    /// - `carillon_definitions`: the columns that only edits write, and all that listings search. `removed` is the
    ///   generation of a removed job, and 0 otherwise, so that its id is free. Short columns come first. Where a UNIQUE
    ///   index locks more than a key does, ids are the key; generations are then unique because jobs have them as key.
    /// - There is no counter of changes any more: every commit of every node would wait for its row.
    package static let leanJobs = SQLMigration("lean jobs") { dialect in
        let state = """
            generation, CASE WHEN removed <> 0 THEN 3 ELSE state END, paused_since, next_scheduled, next_due,
            definition_version, state_version, waiting_since, task, id
            """
        return [
            """
            CREATE TABLE carillon_lean_jobs (
                generation \(dialect.integerKey) PRIMARY KEY,
                state BIGINT NOT NULL,
                paused_since BIGINT,
                next_scheduled BIGINT,
                next_due BIGINT NOT NULL,
                definition_version BIGINT NOT NULL,
                state_version BIGINT NOT NULL,
                waiting_since BIGINT,
                task \(dialect.name) NOT NULL,
                id \(dialect.name) NOT NULL
            )\(dialect.rewritten)
            """,
            """
            CREATE TABLE carillon_all_definitions (
                generation \(dialect.integerKey) \(dialect.locksUniqueIndexes ? "NOT NULL" : "PRIMARY KEY"),
                id \(dialect.name) NOT NULL,
                removed BIGINT NOT NULL,
                task \(dialect.name) NOT NULL,
                origin \(dialect.name),
                history_runs BIGINT NOT NULL,
                history_days BIGINT NOT NULL,
                added BIGINT NOT NULL,
                executor \(dialect.text) NOT NULL,
                tags \(dialect.text) NOT NULL,
                trigger_json \(dialect.text) NOT NULL,
                policies \(dialect.text) NOT NULL,
                arguments \(dialect.bytes) NOT NULL,
                \(dialect.locksUniqueIndexes ? "PRIMARY KEY (id, removed), KEY carillon_definitions_generation (generation)" : "UNIQUE (id, removed)")
            )
            """,
            "INSERT INTO carillon_lean_jobs SELECT \(state) FROM carillon_jobs",
            """
            INSERT INTO carillon_all_definitions
            SELECT j.generation, j.id, j.removed, j.task, j.origin, j.history_runs, j.history_days, j.added, d.executor,
                d.tags, d.trigger_json, d.policies, d.arguments
            FROM carillon_jobs AS j JOIN carillon_definitions AS d ON d.generation = j.generation
            """,
            "DROP TABLE carillon_jobs",
            "DROP TABLE carillon_definitions",
            "ALTER TABLE carillon_lean_jobs RENAME TO carillon_jobs",
            "ALTER TABLE carillon_all_definitions RENAME TO carillon_definitions",
            "CREATE INDEX carillon_jobs_due ON carillon_jobs (\(dialect.settledColumn("state"))task, next_due, id)"
                + dialect.partialIndex("state = 0"),
            "CREATE INDEX carillon_jobs_idle ON carillon_jobs (state, next_due, id)"
                + dialect.partialIndex("state <> 0"),
            "CREATE INDEX carillon_jobs_waiting ON carillon_jobs (waiting_since)"
                + dialect.partialIndex("waiting_since IS NOT NULL"),
            "CREATE INDEX carillon_definitions_task ON carillon_definitions (task, id)",
            "CREATE INDEX carillon_definitions_origin ON carillon_definitions (origin, id)"
                + dialect.partialIndex("origin IS NOT NULL"),
            "DELETE FROM carillon_counters WHERE name = 'changes'",
        ]
    }
}
