extension Database {
    /// Marks a file as ours: "Carl".
    private static let application = 0x4361_726C
    private static let version = 1

    /// Times are microseconds since 1970. `definition` is the trigger's JSON form and the zone; `next_…` is null where
    /// the trigger has ended, `outcome` until the run has; `node` is the number of the server that claimed the run.
    private static let tables = [
        """
        CREATE TABLE jobs (id TEXT PRIMARY KEY NOT NULL, definition TEXT NOT NULL, anchor INTEGER NOT NULL,
            next_scheduled INTEGER, next_due INTEGER) STRICT
        """,
        "CREATE INDEX jobs_by_due ON jobs (next_due)",
        """
        CREATE TABLE runs (job_id TEXT NOT NULL, scheduled INTEGER NOT NULL, due INTEGER NOT NULL,
            attempt INTEGER NOT NULL, node INTEGER NOT NULL, started INTEGER, finished INTEGER, outcome TEXT,
            exit_code INTEGER, error TEXT, PRIMARY KEY (job_id, scheduled)) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX runs_without_outcome ON runs (job_id, node) WHERE outcome IS NULL",
        """
        CREATE TABLE reasons (job_id TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
            count INTEGER NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL,
            PRIMARY KEY (job_id, last)) STRICT, WITHOUT ROWID
        """,
    ]

    /// Makes the tables in an empty file, and refuses a file with other ones.
    func makeTables() throws(CommandFailure) {
        try transaction { () throws(CommandFailure) in
            let owner = try rows("PRAGMA application_id") { $0.number(0) }.first
            if owner == Self.application, try rows("PRAGMA user_version", read: { $0.number(0) }).first == Self.version
            {
                return
            }
            guard try rows("SELECT 1 FROM sqlite_schema", read: { _ in }).isEmpty else {
                let whose = owner == Self.application ? "another version of Carillon" : "another program"
                throw CommandFailure(.inputOrOutput, "\(path): is a database of \(whose); name another with --state")
            }
            for table in Self.tables { try run(table) }
            try run("PRAGMA application_id = \(Self.application)")
            try run("PRAGMA user_version = \(Self.version)")
        }
    }
}
