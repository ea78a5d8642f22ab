/// The statements that passes use, worded for one dialect.
struct SQLStatements {
    let raiseCounter = "UPDATE carillon_counters SET value = value + ? WHERE name = ?"
    let counter = "SELECT value FROM carillon_counters WHERE name = ?"

    /// The last of the migrations that the database has, by its position.
    let lastMigration = "SELECT max(position) FROM carillon_migrations"

    /// Jobs by their generations.
    let jobs: String
    /// Locks jobs by their generations, always in the same order; nothing where rows are not locked one by one.
    let lockJobs: String?
    /// Definitions of jobs by their generations.
    let definitions: String
    /// Open runs of jobs by their generations.
    let openRuns: String
    /// The same without results, logs and arguments; what stands there and is none is there.
    let openRunsWithoutBytes: String
    /// Keys of open runs of jobs that ended runs have, too.
    let openRunsThatEnded: String
    /// Whether an ended run has a key.
    let endedRun: String
    /// Raises the state versions of jobs.
    let touch: String
    /// Generations of jobs by their ids.
    let generations: String
    /// Generations of all that have an id, removed ones too.
    let units = "SELECT generation FROM carillon_jobs WHERE id = ?"
    /// Generations of jobs that have runs on nodes.
    let generationsOnNodes: String
    /// Those of some generations that have open runs.
    let generationsWithRuns: String
    /// Deletes jobs without open runs, among some by their generations.
    let discardJobs: [String]
    /// Nodes that have runs and of which there is no record, found by as many steps as there are nodes with runs.
    let nodesUnheardOf: String
    /// All states of jobs, all tasks of jobs in a state, and of takeable runs, found by as many steps as there are.
    let statesOfJobs: String
    let tasksOfJobs: String
    let tasksOfTakeableRuns: String
    /// Tasks of a list with the priorities of their takeable runs.
    let priorities: String

    /// Whether there is a run that has said something.
    let anyNotes = "SELECT 1 FROM carillon_run_notes LIMIT 1"
    /// What a run has said, without the log and with it.
    let notes: String
    let notesWithLog: String
    /// Keys and fences of notes whose runs have ended, among those of jobs by their generations.
    let settledNotes: String
    /// Gives a run that has ended the log that was noted, where it has none. Values: the key, the key again, the fence.
    let keepLog: String
    let removeNotes: String
    /// Answers a row where a run is at work. Values: the key, the job, the node, the fence.
    let runAtWork: String

    private let isAmongTasks: String
    private let isReadable: String
    private let isRunReadable: String
    private let skippingLocked: String

    init(_ dialect: SQLDialect) {
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
        isAmongTasks = dialect.isAmongTexts("found.task")
        isReadable = "NOT (\(dialect.isAmongIntegers("generation")))"
        isRunReadable = "NOT (\(dialect.isAmongIntegers("carillon_open_runs.generation")))"
        skippingLocked = dialect.rowLocks?.skipping ?? ""
        jobs = "SELECT \(jobColumns) FROM carillon_jobs WHERE \(dialect.isAmongIntegers("generation"))"
        lockJobs = dialect.rowLocks.map { locks in
            "SELECT generation FROM carillon_jobs WHERE \(dialect.isAmongIntegers("generation")) ORDER BY generation"
                + locks.waiting
        }
        definitions =
            "SELECT generation, \(JobRow.definitionColumns.joined(separator: ", ")) FROM carillon_definitions "
            + "WHERE \(dialect.isAmongIntegers("generation"))"
        openRuns = "SELECT \(runColumns) FROM carillon_open_runs WHERE \(dialect.isAmongIntegers("generation"))"
        let withoutBytes = RunRow.columns.map { RunRow.bytes.contains($0) ? "\(dialect.exceptBytes($0)) AS \($0)" : $0 }
        openRunsWithoutBytes =
            "SELECT \(withoutBytes.joined(separator: ", ")) FROM carillon_open_runs "
            + "WHERE \(dialect.isAmongIntegers("generation"))"
        let isSameEnded = RunRow.key.map { "ended.\($0) = runs.\($0)" }.joined(separator: " AND ")
        openRunsThatEnded =
            "SELECT \(key) FROM carillon_open_runs AS runs WHERE \(dialect.isAmongIntegers("runs.generation")) "
            + "AND EXISTS (SELECT 1 FROM carillon_past_runs AS ended WHERE \(isSameEnded))"
        endedRun = "SELECT 1 FROM carillon_past_runs WHERE \(isKey)"
        touch =
            "UPDATE carillon_jobs SET state_version = state_version + 1 WHERE "
            + dialect.isAmongIntegers("generation")
        generations = "SELECT generation, id FROM carillon_jobs WHERE \(dialect.isAmongTexts("id")) AND removed = 0"
        generationsOnNodes =
            "SELECT DISTINCT generation FROM carillon_open_runs WHERE node IS NOT NULL AND "
            + "\(dialect.isAmongTexts("node")) ORDER BY generation"
        generationsWithRuns =
            "SELECT DISTINCT generation FROM carillon_open_runs WHERE \(dialect.isAmongIntegers("generation"))"
        discardJobs = ["carillon_jobs", "carillon_definitions"].map { table in
            "DELETE FROM \(table) WHERE \(dialect.isAmongIntegers("generation")) "
                + "AND NOT EXISTS (SELECT 1 FROM carillon_open_runs AS r WHERE r.generation = \(table).generation)"
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
        statesOfJobs = """
            WITH RECURSIVE found (state) AS (
                SELECT min(state) FROM carillon_jobs
                UNION ALL
                SELECT (SELECT min(state) FROM carillon_jobs WHERE state > found.state)
                FROM found WHERE found.state IS NOT NULL
            )
            SELECT state FROM found WHERE state IS NOT NULL
            """
        tasksOfJobs = """
            WITH RECURSIVE found (task) AS (
                SELECT min(task) FROM carillon_jobs WHERE state = ?
                UNION ALL
                SELECT (SELECT min(task) FROM carillon_jobs WHERE state = ? AND task > found.task)
                FROM found WHERE found.task IS NOT NULL
            )
            SELECT task FROM found WHERE task IS NOT NULL
            """
        tasksOfTakeableRuns = """
            WITH RECURSIVE found (task) AS (
                SELECT min(ready_task) FROM carillon_open_runs WHERE takeable = 1
                UNION ALL
                SELECT (SELECT min(ready_task) FROM carillon_open_runs WHERE takeable = 1 AND ready_task > found.task)
                FROM found WHERE found.task IS NOT NULL
            )
            SELECT task FROM found WHERE task IS NOT NULL
            """
        priorities = """
            WITH RECURSIVE found (priority) AS (
                SELECT max(priority) FROM carillon_open_runs WHERE takeable = 1 AND ready_task = ?
                UNION ALL
                SELECT (
                    SELECT max(priority) FROM carillon_open_runs
                    WHERE takeable = 1 AND ready_task = ? AND priority < found.priority
                )
                FROM found WHERE found.priority IS NOT NULL
            )
            SELECT priority FROM found WHERE priority IS NOT NULL
            """
    }

    /// Due times, ids and generations of active jobs that are due, the earliest first.
    ///
    /// Values: for each task the task, the time, generations to pass over where it is `isExcluding`, and the limit; then,
    /// for several tasks, the limit.
    ///
    /// - Parameter isLocking: Whether they are to be locked, each part's own; what others have is passed over.
    func due(tasks: Int, isExcluding: Bool, isLocking: Bool) -> String {
        Self.merged(
            tasks,
            """
            SELECT next_due, id, generation FROM carillon_jobs
            WHERE state = 0 AND task = ? AND next_due <= ?\(isExcluding ? " AND \(isReadable)" : "")
            ORDER BY next_due, id LIMIT ?\(isLocking ? skippingLocked : "")
            """,
            order: "next_due, id"
        )
    }

    /// Times from which runs of one priority may be taken, jobs and generations, the earliest first.
    ///
    /// Values: for each task the task, the priority, the time, generations to pass over where it is `isExcluding`, and the
    /// limit; then, for several tasks, the limit.
    ///
    /// - Parameter isLocking: Whether their jobs are to be locked; those that others have are passed over.
    func takeable(tasks: Int, isExcluding: Bool, isLocking: Bool) -> String {
        let lock = isLocking ? skippingLocked : ""
        // What is changed is the job with its runs, so it is the job that has to be free.
        let jobs =
            lock.isEmpty ? "" : " JOIN carillon_jobs ON carillon_jobs.generation = carillon_open_runs.generation"
        return Self.merged(
            tasks,
            """
            SELECT available, job, carillon_open_runs.generation AS generation FROM carillon_open_runs\(jobs)
            WHERE takeable = 1 AND ready_task = ? AND priority = ? AND available <= ?\(isExcluding ? " AND \(isRunReadable)" : "")
            ORDER BY available, job LIMIT ?\(lock)
            """,
            order: "available, job"
        )
    }

    /// The earliest due time of jobs, and the earliest time at which a run may be taken, found by as many steps as there are
    /// tasks of active jobs, and tasks and priorities of such runs. Values: generations to pass over where it is
    /// `isExcluding`, and the tasks, unless it is `ofAllTasks`; then both again, the other way round.
    func earliest(ofAllTasks: Bool, isExcluding: Bool) -> String {
        "SELECT \(earliestTimes(ofAllTasks: ofAllTasks, isExcluding: isExcluding))"
    }

    /// All that a node has to know, in one row: the last migration, two counters, whether runs of it are to be cancelled,
    /// whether there is news of nodes, and the times of `earliest`. Values: the node; where it is `isWatching`, before and
    /// after what time a node was last heard of that is news; those of `earliest`.
    func news(isWatching: Bool, isExcluding: Bool) -> String {
        let nodes =
            isWatching
            ? """
            CASE WHEN EXISTS (SELECT 1 FROM carillon_nodes WHERE last_heartbeat < ? OR last_heartbeat > ?)
                OR EXISTS (\(nodesUnheardOf)) THEN 1 ELSE 0 END
            """ : "0"
        return """
            SELECT (\(lastMigration)), (SELECT value FROM carillon_counters WHERE name = 'changes'),
                (SELECT value FROM carillon_counters WHERE name = 'nodes'),
                CASE WHEN EXISTS (SELECT 1 FROM carillon_open_runs WHERE node = ? AND cancel_requested = 1)
                    THEN 1 ELSE 0 END,
                \(nodes), \(earliestTimes(ofAllTasks: false, isExcluding: isExcluding))
            """
    }

    private func earliestTimes(ofAllTasks: Bool, isExcluding: Bool) -> String {
        "(\(earliestDue(ofAllTasks, isExcluding))), (\(earliestAvailable(ofAllTasks, isExcluding)))"
    }

    private func earliestDue(_ ofAllTasks: Bool, _ isExcluding: Bool) -> String {
        """
        WITH RECURSIVE found (task) AS (
            SELECT min(task) FROM carillon_jobs WHERE state = 0
            UNION ALL
            SELECT (SELECT min(task) FROM carillon_jobs WHERE state = 0 AND task > found.task)
            FROM found WHERE found.task IS NOT NULL
        )
        SELECT min((
            SELECT next_due FROM carillon_jobs
            WHERE state = 0 AND task = found.task\(isExcluding ? " AND \(isReadable)" : "") ORDER BY next_due LIMIT 1
        ))
        FROM found WHERE found.task IS NOT NULL\(ofAllTasks ? "" : " AND \(isAmongTasks)")
        """
    }

    private func earliestAvailable(_ ofAllTasks: Bool, _ isExcluding: Bool) -> String {
        """
        WITH RECURSIVE found (task) AS (
            SELECT min(ready_task) FROM carillon_open_runs WHERE takeable = 1
            UNION ALL
            SELECT (SELECT min(ready_task) FROM carillon_open_runs WHERE takeable = 1 AND ready_task > found.task)
            FROM found WHERE found.task IS NOT NULL
        ), lanes (task, priority) AS (
            SELECT found.task, (SELECT max(priority) FROM carillon_open_runs WHERE takeable = 1 AND ready_task = found.task)
            FROM found WHERE found.task IS NOT NULL\(ofAllTasks ? "" : " AND \(isAmongTasks)")
            UNION ALL
            SELECT lanes.task, (
                SELECT max(priority) FROM carillon_open_runs
                WHERE takeable = 1 AND ready_task = lanes.task AND priority < lanes.priority
            )
            FROM lanes WHERE lanes.priority IS NOT NULL
        )
        SELECT min((
            SELECT min(available) FROM carillon_open_runs
            WHERE takeable = 1 AND ready_task = lanes.task AND priority = lanes.priority\(isExcluding ? " AND \(isRunReadable)" : "")
        ))
        FROM lanes WHERE lanes.priority IS NOT NULL
        """
    }

    /// Generations of jobs with a waiting run that has room. Values: generations to pass over, and the limit.
    func waiting(isLocking: Bool) -> String {
        "SELECT generation FROM carillon_jobs WHERE waiting_since IS NOT NULL AND \(isReadable) "
            + "ORDER BY waiting_since, generation LIMIT ?\(isLocking ? skippingLocked : "")"
    }

    /// The same question asked of each of several tasks, so that every part is answered by an index in order.
    static func merged(_ count: Int, _ part: String, order: String) -> String {
        if count == 1 { return part }
        let parts = (0..<count).map { "SELECT * FROM (\(part)) AS part\($0)" }
        return parts.joined(separator: " UNION ALL ") + " ORDER BY \(order) LIMIT ?"
    }

    /// How many tasks one statement asks for at most.
    static let tasksAtOnce = 100
}
