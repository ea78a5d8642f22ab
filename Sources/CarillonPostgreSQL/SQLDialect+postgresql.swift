#if PostgreSQL
internal import CarillonSQL

extension SQLDialect {
    /// The dialect of PostgreSQL 12 and later.
    ///
    /// - Parameters:
    ///   - prefix: How the names of tables begin.
    ///   - limits: How long the server lets a session wait and work.
    ///   - clock: An expression for the time, in microseconds; `nil` for the server's clock.
    static func postgreSQL(prefix: String, limits: PostgreSQLLimits, clock: String?) -> SQLDialect {
        // `now()` is the start of the transaction, before its waits for locks.
        let clock = clock ?? "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"
        return SQLDialect(
            integerKey: "BIGINT",
            name: "TEXT COLLATE \"C\"",
            text: "TEXT COLLATE \"C\"",
            bytes: "BYTEA",
            inKeyOrder: "",
            // Every fire writes a row again; with room on its page, indexes whose columns do not change are left alone.
            rewritten: " WITH (fillfactor = 70)",
            // A database may have another isolation by default, under which a skipped row fails the transaction.
            beginWriting: "BEGIN ISOLATION LEVEL READ COMMITTED; \(limits.statements); \(byIndexes)",
            beginReading: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \(limits.statements)",
            clock: clock,
            announcement: "NOTIFY \(channel(prefix))",
            rowLocks: .forUpdate,
            generations: SQLSequence(
                creation: "CREATE SEQUENCE carillon_generations AS BIGINT",
                next: "SELECT nextval('\(prefix)generations') FROM generate_series(1, CAST(? AS BIGINT))",
                raise: """
                    SELECT setval('\(prefix)generations', wanted) FROM (SELECT CAST(? AS BIGINT) AS wanted) AS value
                    WHERE wanted >= (SELECT last_value FROM carillon_generations)
                    """
            ),
            stamp: { table, column, key in
                // The lock comes first: an update that waits for a row which then has not changed would write the time
                // from before the wait.
                let matches = key.map { "\($0) = ?" }.joined(separator: " AND ")
                return """
                    WITH locked AS MATERIALIZED (SELECT \(key[0]) AS own FROM \(table) WHERE \(matches) FOR UPDATE)
                    UPDATE \(table) SET \(column) = \(clock) FROM locked WHERE \(key[0]) = own RETURNING \(column)
                    """
            },
            // What an index's own condition says is taken out of what it is searched by.
            settledColumn: { _ in "" },
            // `= ANY` may become a scan of the table that compares every row with the whole list.
            isAmongTexts: { "\($0) IN (SELECT value FROM unnest(CAST(? AS TEXT[])) AS value)" },
            isAmongIntegers: { "\($0) IN (SELECT value FROM unnest(CAST(? AS BIGINT[])) AS value)" },
            contains: { "strpos(\($0), ?) > 0" },
            withoutIndex: { $0 }
        )
    }

    /// Statements that have a transaction look rows up one by one, in indexes. A plan that was made while a table was short
    /// is kept when it is long, and would then read all of it for a few rows.
    private static let byIndexes = ["seqscan", "hashjoin", "mergejoin"]
        .map { "SET LOCAL enable_\($0) = off" }.joined(separator: "; ")

    /// Statements that begin a transaction which migrates the tables with a prefix. It waits for another one, and works,
    /// as long as it takes: building an index of a long history takes minutes.
    static func beginMigration(prefix: String) -> String {
        """
        BEGIN ISOLATION LEVEL READ COMMITTED; \
        SELECT 1 FROM pg_advisory_xact_lock(hashtext(current_schema() || '.\(prefix)'))
        """
    }

    /// The channel that announces changes to sessions with the same table prefix. Channels belong to the database: a
    /// store of another schema with this prefix is notified too, and looks for nothing.
    static func channel(_ prefix: String) -> String { "\(prefix)changes" }
}

/// How long the server lets a session wait and work, so that a client that has given up leaves no locks behind.
struct PostgreSQLLimits {
    /// How long the client waits for an answer.
    let timeout: Duration

    /// Statements that set the limits for one transaction. They do not outlive it, because behind a pooler the session
    /// is given to strangers.
    var statements: String {
        let milliseconds = timeout.wholeMilliseconds
        return """
            SET LOCAL statement_timeout = \(max(1, milliseconds * 9 / 10)); \
            SET LOCAL lock_timeout = \(max(1, milliseconds * 8 / 10)); \
            SET LOCAL idle_in_transaction_session_timeout = \(max(1, milliseconds * 2))
            """
    }
}
#endif
