/// The statements that passes use, worded for one dialect.
struct SQLStatements {
    let raiseCounter = "UPDATE carillon_counters SET value = value + ? WHERE name = ?"
    let counter = "SELECT value FROM carillon_counters WHERE name = ?"

    /// Jobs by their generations, and the same locked for a change.
    let jobs: String
    let jobsToChange: String
    /// Definitions of jobs by their generations.
    let definitions: String
    /// Open runs of jobs by their generations.
    let openRuns: String
    /// Raises the state versions of jobs.
    let touch: String
    /// Generations of jobs by their ids.
    let generations: String
    /// Generations of jobs that have runs on nodes.
    let generationsOnNodes: String
    /// Generations of jobs with a waiting run that has room.
    let waiting: String
    /// All tasks of jobs in a state, and of takeable runs, found by as many steps as there are.
    let tasksOfJobs: String
    let tasksOfTakeableRuns: String
    /// Tasks of a list with the priorities of their takeable runs.
    let priorities: String

    private let isReadable: String

    init(_ dialect: SQLDialect) {
        let jobColumns = JobRow.columns.joined(separator: ", ")
        let runColumns = RunRow.columns.joined(separator: ", ")
        isReadable = "NOT (\(dialect.isAmongIntegers("generation")))"
        jobs = "SELECT \(jobColumns) FROM carillon_jobs WHERE \(dialect.isAmongIntegers("generation"))"
        jobsToChange = jobs + dialect.lockSkippingOthers
        definitions =
            "SELECT generation, \(JobRow.definitionColumns.joined(separator: ", ")) FROM carillon_definitions "
            + "WHERE \(dialect.isAmongIntegers("generation"))"
        openRuns = "SELECT \(runColumns) FROM carillon_open_runs WHERE \(dialect.isAmongIntegers("generation"))"
        touch =
            "UPDATE carillon_jobs SET state_version = state_version + 1 WHERE "
            + dialect.isAmongIntegers("generation")
        generations = "SELECT generation, id FROM carillon_jobs WHERE \(dialect.isAmongTexts("id"))"
        generationsOnNodes =
            "SELECT DISTINCT generation FROM carillon_open_runs WHERE node IS NOT NULL AND "
            + "\(dialect.isAmongTexts("node")) AND orphaned = 0 ORDER BY generation"
        waiting =
            "SELECT generation FROM carillon_jobs WHERE waiting_since IS NOT NULL AND \(isReadable) "
            + "ORDER BY waiting_since, generation LIMIT ?"
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
    func due(tasks: Int, isExcluding: Bool) -> String {
        Self.merged(
            tasks,
            """
            SELECT next_due, id, generation FROM carillon_jobs
            WHERE state = 0 AND task = ? AND next_due <= ?\(isExcluding ? " AND \(isReadable)" : "")
            ORDER BY next_due, id LIMIT ?
            """,
            order: "next_due, id"
        )
    }

    /// Times from which runs of one priority may be taken, jobs and generations, the earliest first.
    ///
    /// Values: for each task the task, the priority, the time, generations to pass over where it is `isExcluding`, and the
    /// limit; then, for several tasks, the limit.
    func takeable(tasks: Int, isExcluding: Bool) -> String {
        Self.merged(
            tasks,
            """
            SELECT available, job, generation FROM carillon_open_runs
            WHERE takeable = 1 AND ready_task = ? AND priority = ? AND available <= ?\(isExcluding ? " AND \(isReadable)" : "")
            ORDER BY available, job LIMIT ?
            """,
            order: "available, job"
        )
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
