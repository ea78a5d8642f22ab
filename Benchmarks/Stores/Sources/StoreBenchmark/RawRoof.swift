/// The machine's roof: the same work as SQL written by hand, without a store, a planner or policies.
struct RawRoof {
    /// What it does.
    enum Kind {
        /// The least that fires, takes and completes safely: due and ready indexes, versions and fences.
        case least
        /// Besides, what every plan must know and every listing needs: jobs and ready runs cut by task, a job's open
        /// runs read before each change, finished runs by time and by job.
        case equivalent
    }

    private let database: RawDatabase
    private let kind: Kind

    init(_ path: String, _ kind: Kind, jobs: Int, start: Int64) throws {
        self.kind = kind
        database = try RawDatabase(path)
        try database.execute(
            """
            CREATE TABLE jobs (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, task TEXT NOT NULL,
                due INTEGER NOT NULL, version INTEGER NOT NULL);
            CREATE TABLE runs (job INTEGER NOT NULL, scheduled INTEGER NOT NULL, state INTEGER NOT NULL, task TEXT NOT NULL,
                node TEXT, priority INTEGER NOT NULL, available INTEGER NOT NULL, fence INTEGER NOT NULL,
                started INTEGER, finished INTEGER, PRIMARY KEY (job, scheduled)) WITHOUT ROWID;
            """)
        switch kind {
        case .least:
            try database.execute(
                """
                CREATE INDEX jobs_due ON jobs (due);
                CREATE INDEX runs_ready ON runs (priority, available) WHERE state = 1;
                """)
        case .equivalent:
            try database.execute(
                """
                CREATE INDEX jobs_due ON jobs (task, due, id);
                CREATE INDEX runs_ready ON runs (task, priority, available) WHERE state = 1;
                CREATE INDEX runs_node ON runs (node) WHERE state = 2;
                CREATE INDEX runs_open ON runs (job) WHERE state < 10;
                CREATE INDEX runs_scheduled ON runs (scheduled, job);
                """)
        }
        try database.execute("BEGIN")
        for job in 0..<jobs {
            try database.run(
                "INSERT INTO jobs (due, version, task, id) VALUES (?1, 1, 'work', ?2)", start, text: "job \(job)")
        }
        try database.execute("COMMIT")
    }

    private var ofTask: String { kind == .least ? "" : "task = 'work' AND" }

    /// What a plan must know of a job.
    private func readJob(_ job: Int64) throws {
        guard kind == .equivalent else { return }
        try database.run("SELECT key, due, version FROM jobs WHERE key = ?", job, columns: 3)
        try database.run(
            """
            SELECT scheduled, state, priority, available, fence, started, finished FROM runs
            WHERE job = ? AND state < 10
            """, job, columns: 7)
    }

    /// Jobs that were fired.
    func fire(_ count: Int, now: Int64) throws -> Int {
        try database.execute("BEGIN IMMEDIATE")
        let due = try database.run(
            "SELECT key, due, version FROM jobs WHERE \(ofTask) due <= ? ORDER BY due LIMIT ?", now, Int64(count),
            columns: 3)
        for row in due {
            try readJob(row[0])
            try database.run(
                "UPDATE jobs SET due = ?, version = version + 1 WHERE key = ? AND version = ?", row[1] + 60_000_000,
                row[0], row[2])
            try database.run(
                "INSERT INTO runs VALUES (?, ?, 1, 'work', NULL, 0, ?, 0, NULL, NULL)", row[0], row[1], row[1])
        }
        try database.execute("COMMIT")
        return due.count
    }

    /// Runs that were taken: job, scheduled time and fence.
    func take(_ count: Int, now: Int64) throws -> [[Int64]] {
        try database.execute("BEGIN IMMEDIATE")
        var ready = try database.run(
            """
            SELECT job, scheduled, fence FROM runs WHERE state = 1 AND \(ofTask) priority = 0 AND available <= ?
            ORDER BY available LIMIT ?
            """, now, Int64(count), columns: 3)
        for index in ready.indices {
            try readJob(ready[index][0])
            try database.run(
                """
                UPDATE runs SET state = 2, fence = fence + 1, started = ?1, node = ?4
                WHERE job = ?2 AND scheduled = ?3
                """, now, ready[index][0], ready[index][1], text: "node")
            try database.run("UPDATE jobs SET version = version + 1 WHERE key = ?", ready[index][0])
            ready[index][2] += 1
        }
        try database.execute("COMMIT")
        return ready
    }

    /// Ends runs.
    func complete(_ runs: [[Int64]], now: Int64) throws {
        try database.execute("BEGIN IMMEDIATE")
        for run in runs {
            try readJob(run[0])
            try database.run(
                """
                UPDATE runs SET state = 10, node = NULL, finished = ?
                WHERE job = ? AND scheduled = ? AND fence = ? AND state = 2
                """, now, run[0], run[1], run[2])
            try database.run("UPDATE jobs SET version = version + 1 WHERE key = ?", run[0])
        }
        try database.execute("COMMIT")
    }
}
