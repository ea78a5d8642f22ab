/// The statements that passes use, for one dialect.
struct SQLStatements {
    let raiseCounter = "UPDATE carillon_counters SET value = value + ? WHERE name = ?"
    let counter = "SELECT value FROM carillon_counters WHERE name = ?"

    /// The last migration of the database, by its position.
    let lastMigration = "SELECT max(position) FROM carillon_migrations"

    /// Jobs by their generations.
    let jobs: String
    /// Locks jobs by their generations, always in the same order; `nil` if rows are not locked one by one.
    let lockJobs: String?
    /// Definitions of jobs by their generations.
    let definitions: String
    /// Open runs of jobs by their generations.
    let openRuns: String
    /// Open runs of jobs without results, logs and arguments. Values of the wrong type are included.
    let openRunsWithoutBytes: String
    /// Keys of open runs of jobs that ended runs also have.
    let openRunsThatEnded: String
    /// Whether an ended run has a key.
    let endedRun: String
    /// Raises the state versions of jobs.
    let touch: String
    /// Generations of jobs by their ids.
    let generations: String
    /// Generations of all jobs with an id, including removed ones.
    let units = "SELECT generation FROM carillon_definitions WHERE id = ?"
    /// Generations of jobs that have runs on nodes.
    let generationsOnNodes: String
    /// Those of a list of generations that have open runs.
    let generationsWithRuns: String
    /// Deletes those of a list of jobs that have no open runs.
    let discardJobs: [String]
    /// Nodes that have runs and no record, found in as many index steps as there are nodes with runs.
    let nodesUnheardOf: String
    /// All states of jobs but "active", found in as many index steps as there are.
    let otherStatesOfJobs: String
    let tasksOfActiveJobs: String
    let tasksOfJobs: String

    /// Whether any run has notes.
    let anyNotes = "SELECT 1 FROM carillon_run_notes LIMIT 1"
    /// The notes of a run without the log; `notesWithLog` includes it.
    let notes: String
    let notesWithLog: String
    /// Keys and fences of notes whose runs have ended, among those of jobs by their generations.
    let settledNotes: String
    /// Gives an ended run the noted log, if it has none. Values: the key, the key again, the fence.
    let keepLog: String
    let removeNotes: String
    /// Returns a row if a run is running. Values: the key, the job, the node, the fence.
    let runAtWork: String

    private let isAmongTasks: String
    private let isReadable: String
    private let isRunReadable: String
    private let skippingLocked: String
    private let usingIndex: @Sendable (String) -> String
    private let clock: String?

    init(_ dialect: SQLDialect) {
        clock = dialect.clock
        usingIndex = dialect.usingIndex
        let key = RunRow.key.joined(separator: ", ")
        let isKey = RunRow.key.map { "\($0) = ?" }.joined(separator: " AND ")
        let isSame = RunRow.key.map { "runs.\($0) = carillon_run_notes.\($0)" }.joined(separator: " AND ")
        let said = "\(key), fence, noted, fraction, doing, written"
        notes = "SELECT \(said), NULL, process, process_start FROM carillon_run_notes WHERE \(isKey)"
        notesWithLog = "SELECT \(said), log, process, process_start FROM carillon_run_notes WHERE \(isKey)"
        settledNotes =
            "SELECT \(key), fence FROM carillon_run_notes WHERE \(dialect.isAmongIntegers("generation")) "
            + "AND NOT EXISTS (SELECT 1 FROM carillon_open_runs AS runs WHERE \(isSame))"
        keepLog =
            "UPDATE carillon_past_runs SET log = (SELECT log FROM carillon_run_notes WHERE \(isKey)) "
            + "WHERE \(isKey) AND fence = ? AND log IS NULL"
        removeNotes = "DELETE FROM carillon_run_notes WHERE \(isKey)"
        runAtWork =
            "SELECT 1 FROM carillon_open_runs WHERE \(isKey) AND job = ? AND state = 2 AND node = ? AND fence = ?"
        let jobColumns = JobRow.columns.joined(separator: ", ")
        let runColumns = RunRow.columns.joined(separator: ", ")
        isAmongTasks = dialect.isAmongTexts("found.value")
        isReadable = "NOT (\(dialect.isAmongIntegers("generation")))"
        isRunReadable = "NOT (\(dialect.isAmongIntegers("carillon_open_runs.generation")))"
        skippingLocked = dialect.rowLocks?.skipping ?? ""
        jobs = "SELECT \(jobColumns) FROM carillon_jobs WHERE \(dialect.isAmongIntegers("generation"))"
        lockJobs = dialect.rowLocks.map { locks in
            let rows = dialect.listed("carillon_jobs", by: "generation")
            return "SELECT generation FROM \(rows.tables) WHERE \(rows.condition) ORDER BY generation" + locks.waiting
        }
        definitions =
            "SELECT \(JobRow.readColumns.joined(separator: ", ")) FROM carillon_definitions "
            + "WHERE \(dialect.isAmongIntegers("generation"))"
        openRuns = "SELECT \(runColumns) FROM carillon_open_runs WHERE \(dialect.isAmongIntegers("generation"))"
        let withoutBytes = RunRow.columns.map { RunRow.bytes.contains($0) ? "\(dialect.exceptBytes($0)) AS \($0)" : $0 }
        openRunsWithoutBytes =
            "SELECT \(withoutBytes.joined(separator: ", ")) FROM carillon_open_runs "
            + "WHERE \(dialect.isAmongIntegers("generation"))"
        let isSameEnded = RunRow.key.map { "ended.\($0) = runs.\($0)" }.joined(separator: " AND ")
        // A value rather than EXISTS, which a database may turn into a join with the whole history.
        openRunsThatEnded =
            "SELECT \(key) FROM carillon_open_runs AS runs WHERE \(dialect.isAmongIntegers("runs.generation")) "
            + "AND (SELECT 1 FROM carillon_past_runs AS ended WHERE \(isSameEnded)) IS NOT NULL"
        endedRun = "SELECT 1 FROM carillon_past_runs WHERE \(isKey)"
        touch = dialect.update("carillon_jobs", by: "generation", set: "state_version = state_version + 1")
        generations =
            "SELECT generation, id FROM carillon_definitions WHERE \(dialect.isAmongTexts("id")) AND removed = 0"
        generationsOnNodes =
            "SELECT DISTINCT generation FROM carillon_open_runs WHERE node IS NOT NULL AND "
            + "\(dialect.isAmongTexts("node")) ORDER BY generation"
        generationsWithRuns =
            "SELECT DISTINCT generation FROM carillon_open_runs WHERE \(dialect.isAmongIntegers("generation"))"
        discardJobs = ["carillon_jobs", "carillon_definitions"].map { table in
            dialect.deletion(from: table, by: "generation")
                + " AND NOT EXISTS (SELECT 1 FROM carillon_open_runs AS r WHERE r.generation = \(table).generation)"
        }
        nodesUnheardOf = """
            WITH RECURSIVE found (node) AS (
                SELECT min(node) FROM carillon_open_runs WHERE node IS NOT NULL
                UNION ALL
                SELECT (SELECT min(node) FROM carillon_open_runs WHERE node IS NOT NULL AND node > found.node)
                FROM found WHERE found.node IS NOT NULL
            )
            SELECT node FROM found
            WHERE node IS NOT NULL AND NOT EXISTS (SELECT 1 FROM carillon_nodes WHERE id = found.node)
            """
        otherStatesOfJobs = Self.steps("state", of: "carillon_jobs WHERE state <> 0")
        tasksOfActiveJobs = Self.steps("task", of: "carillon_jobs WHERE state = 0")
        tasksOfJobs = Self.steps("task", of: "carillon_definitions WHERE removed >= 0")
    }

    /// Returns a query for all values of a column, in as many steps as there are values, if an index has the rows in
    /// their order.
    private static func steps(_ column: String, of rows: String) -> String {
        "WITH RECURSIVE found (value) AS (\(steps(to: column, of: rows))) SELECT value FROM found WHERE value IS NOT NULL"
    }

    private static func steps(to column: String, of rows: String) -> String {
        """
        SELECT min(\(column)) FROM \(rows)
        UNION ALL
        SELECT (SELECT min(\(column)) FROM \(rows) AND \(column) > found.value) FROM found WHERE found.value IS NOT NULL
        """
    }

    /// Returns a query for due times, ids, generations and task indexes of active jobs that are due, the earliest
    /// first.
    ///
    /// Values: for each task the task, the time, the excluded generations if `isExcluding`, and the limit; then, for
    /// several tasks, the limit.
    ///
    /// - Parameter isLocking: Whether to lock the jobs, in each part; those locked by other sessions are skipped.
    func due(tasks: Int, isExcluding: Bool, isLocking: Bool) -> String {
        Self.merged(tasks, order: "next_due, id") { place in
            """
            SELECT next_due, id, generation, \(place) AS part FROM carillon_jobs\(usingIndex("carillon_jobs_due"))
            WHERE state = 0 AND task = ? AND next_due <= ?\(isExcluding ? " AND \(isReadable)" : "")
            ORDER BY next_due, id LIMIT ?\(isLocking ? skippingLocked : "")
            """
        }
    }

    /// Returns a query for the tasks and priorities of takeable runs. Values: the tasks, unless `ofAllTasks`.
    func lanes(ofAllTasks: Bool) -> String {
        "\(lanesOfRuns(ofAllTasks)) SELECT task, priority FROM lanes WHERE priority IS NOT NULL ORDER BY priority DESC, task"
    }

    /// Returns a query for the times from which runs of some lanes may be taken, with jobs, generations and lane
    /// indexes; the highest priority first, and within it the earliest. A lane here is a task with a priority.
    ///
    /// Values: for each lane the task, the priority, the time, the excluded generations if `isExcluding`, and the
    /// limit; then, for several, the limit.
    ///
    /// - Parameter isLocking: Whether to lock their jobs, in each part; those locked by other sessions are skipped.
    func takeable(lanes: Int, isExcluding: Bool, isLocking: Bool) -> String {
        let lock = isLocking ? skippingLocked : ""
        // The job is changed together with its runs, so the job has to be unlocked.
        let jobs =
            lock.isEmpty ? "" : " JOIN carillon_jobs ON carillon_jobs.generation = carillon_open_runs.generation"
        return Self.merged(lanes, order: "priority DESC, available, job") { place in
            """
            SELECT available, job, carillon_open_runs.generation AS generation, \(place) AS part, priority
            FROM carillon_open_runs\(usingIndex("carillon_open_runs_ready"))\(jobs)
            WHERE takeable = 1 AND ready_task = ? AND priority = ? AND available <= ?\(isExcluding ? " AND \(isRunReadable)" : "")
            ORDER BY available, job LIMIT ?\(lock)
            """
        }
    }

    /// Returns a query for the earliest due time of jobs, the earliest time at which a run may be taken, and since when
    /// a waiting run has room. It takes as many index steps as there are tasks of active jobs, and tasks and priorities
    /// of such runs. Values: the excluded generations if `isExcluding`, and the tasks, unless `ofAllTasks`; both again
    /// in the opposite order; and the generations once more.
    func earliest(ofAllTasks: Bool, isExcluding: Bool) -> String {
        "SELECT \(earliestTimes(ofAllTasks: ofAllTasks, isExcluding: isExcluding))"
    }

    /// Returns a query for what a pass reads first, in one row: the last migration, whether any run has notes, and the
    /// times of `earliest`. Values: those of `earliest`.
    func survey(ofAllTasks: Bool, isExcluding: Bool) -> String {
        """
        SELECT (\(lastMigration)), CASE WHEN EXISTS (SELECT 1 FROM carillon_run_notes) THEN 1 ELSE 0 END,
            \(earliestTimes(ofAllTasks: ofAllTasks, isExcluding: isExcluding))
        """
    }

    /// Returns a query for everything that a node has to know, in one row: the last migration, the version of the
    /// nodes, whether runs of it are to be cancelled, whether nodes have changed, and the times of `earliest`. Values:
    /// the node; if `isWatching`, the times before and after which a node's last heartbeat is reported, or, if the
    /// database has a clock, how long before its time they are; those of `earliest`.
    func news(isWatching: Bool, isExcluding: Bool) -> String {
        // A database may use an index only for what it computes once, in a subquery.
        let time = clock.map { "(SELECT \($0) - ?)" } ?? "?"
        let nodes =
            isWatching
            ? """
            CASE WHEN EXISTS (SELECT 1 FROM carillon_nodes WHERE last_heartbeat < \(time) OR last_heartbeat > \(time))
                OR EXISTS (\(nodesUnheardOf)) THEN 1 ELSE 0 END
            """ : "0"
        return """
            SELECT (\(lastMigration)), (SELECT value FROM carillon_counters WHERE name = 'nodes'),
                CASE WHEN EXISTS (SELECT 1 FROM carillon_open_runs WHERE node = ? AND cancel_requested = 1)
                    THEN 1 ELSE 0 END,
                \(nodes), \(earliestTimes(ofAllTasks: false, isExcluding: isExcluding))
            """
    }

    private func earliestTimes(ofAllTasks: Bool, isExcluding: Bool) -> String {
        """
        (\(earliestDue(ofAllTasks, isExcluding))), (\(earliestAvailable(ofAllTasks, isExcluding))),
        (SELECT min(waiting_since) FROM carillon_jobs WHERE waiting_since IS NOT NULL\(isExcluding ? " AND \(isReadable)" : ""))
        """
    }

    private func earliestDue(_ ofAllTasks: Bool, _ isExcluding: Bool) -> String {
        """
        WITH RECURSIVE found (value) AS (\(Self.steps(to: "task", of: "carillon_jobs WHERE state = 0")))
        SELECT min((
            SELECT next_due FROM carillon_jobs
            WHERE state = 0 AND task = found.value\(isExcluding ? " AND \(isReadable)" : "") ORDER BY next_due LIMIT 1
        ))
        FROM found WHERE found.value IS NOT NULL\(ofAllTasks ? "" : " AND \(isAmongTasks)")
        """
    }

    /// Returns a `WITH` clause for the tasks and priorities of takeable runs, as a table `lanes`; after the last
    /// priority of a task there is one more row, without a priority.
    private func lanesOfRuns(_ ofAllTasks: Bool) -> String {
        """
        WITH RECURSIVE found (value) AS (\(Self.steps(to: "ready_task", of: "carillon_open_runs WHERE takeable = 1"))),
        lanes (task, priority) AS (
            SELECT found.value, (SELECT max(priority) FROM carillon_open_runs WHERE takeable = 1 AND ready_task = found.value)
            FROM found WHERE found.value IS NOT NULL\(ofAllTasks ? "" : " AND \(isAmongTasks)")
            UNION ALL
            SELECT lanes.task, (
                SELECT max(priority) FROM carillon_open_runs
                WHERE takeable = 1 AND ready_task = lanes.task AND priority < lanes.priority
            )
            FROM lanes WHERE lanes.priority IS NOT NULL
        )
        """
    }

    private func earliestAvailable(_ ofAllTasks: Bool, _ isExcluding: Bool) -> String {
        """
        \(lanesOfRuns(ofAllTasks))
        SELECT min((
            SELECT min(available) FROM carillon_open_runs
            WHERE takeable = 1 AND ready_task = lanes.task AND priority = lanes.priority\(isExcluding ? " AND \(isRunReadable)" : "")
        ))
        FROM lanes WHERE lanes.priority IS NOT NULL
        """
    }

    /// Returns a query for the generations of jobs with a waiting run that has room. Values: the excluded generations,
    /// and the limit.
    func waiting(isLocking: Bool) -> String {
        "SELECT generation FROM carillon_jobs\(usingIndex("carillon_jobs_waiting")) "
            + "WHERE waiting_since IS NOT NULL AND \(isReadable) ORDER BY waiting_since, generation LIMIT ?\(isLocking ? skippingLocked : "")"
    }

    /// Returns a union of one query for each of several tasks, so that an index returns every part in order.
    ///
    /// - Parameter part: The query of the task at an index.
    static func merged(_ count: Int, order: String, _ part: (Int) -> String) -> String {
        if count == 1 { return part(0) }
        let parts = (0..<count).map { "SELECT * FROM (\(part($0))) AS part\($0)" }
        return parts.joined(separator: " UNION ALL ") + " ORDER BY \(order) LIMIT ?"
    }

    /// The most tasks in one statement.
    static let tasksAtOnce = 100
}
