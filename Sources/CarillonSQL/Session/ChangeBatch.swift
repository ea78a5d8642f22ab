internal import Carillon
internal import CarillonTriggers

/// What several changes write, gathered by statement.
struct ChangeBatch {
    private static let guardColumns = ["generation", "state_version"]
    private static let advance = SQLWrite(
        .update, "carillon_jobs", columns: JobRow.advancedColumns, key: guardColumns)
    private static let turn = SQLWrite(
        .update, "carillon_jobs", columns: JobRow.turnedColumns, key: guardColumns)
    private static let redefine = SQLWrite(
        .update,
        "carillon_jobs",
        columns: JobRow.turnedColumns + JobRow.redefinedColumns,
        key: guardColumns
    )
    static let definition = SQLWrite(
        .upsert, "carillon_definitions", columns: ["generation"] + JobRow.definitionColumns, key: ["generation"])
    static let wait = SQLWrite(
        .update, "carillon_jobs", columns: ["waiting_since"], key: ["generation"])
    static let newRun = SQLWrite(
        .insert, "carillon_open_runs", columns: RunRow.columns + RunRow.searched)
    private static let takenRun = SQLWrite(
        .update, "carillon_open_runs", columns: RunRow.taken, key: RunRow.key)
    private static let openRun = SQLWrite(
        .update, "carillon_open_runs", columns: RunRow.changing + RunRow.searched, key: RunRow.key)
    static let endedRun = SQLWrite(.delete, "carillon_open_runs", key: RunRow.key)

    private var advanced = SQLRows(width: advance.width)
    private var turned = SQLRows(width: turn.width)
    private var redefined = SQLRows(width: redefine.width)
    private var definitions = SQLRows(width: definition.width)
    private var waits = SQLRows(width: wait.width)
    /// Runs that were not there before.
    private(set) var newRuns = SQLRows(width: newRun.width)
    /// Their jobs.
    private(set) var renewed: [Int64] = []
    /// The same, of those that have ended at once.
    private(set) var endedAtOnce: [Run.ID] = []
    private var takenRuns = SQLRows(width: takenRun.width)
    private var openRuns = SQLRows(width: openRun.width)
    /// The keys of open runs that end.
    private(set) var endedRuns = SQLRows(width: endedRun.width)
    /// Runs that have ended.
    private(set) var past: [EndedRun] = []
    /// Reasons to add; which of them go on from others is found out when they are written.
    private(set) var reasons: [NewReason] = []
    /// Ranges of reasons to remove, before others are added.
    private(set) var withdrawn: [ReasonRange] = []
    /// Generations of jobs of which nothing changes but the state version: their runs do.
    private(set) var touched: [Int64] = []
    /// Jobs whose open runs are found differently from now on: paused, resumed or with another definition.
    private(set) var found: [Job] = []
    /// Jobs with other tags.
    private(set) var tagged: [Job] = []
    /// Generations of removed jobs whose last run may have ended.
    private(set) var removed: [Int64] = []

    /// The writes in order, behind those of new runs.
    var writes: [(SQLWrite, SQLRows)] {
        [
            (Self.advance, advanced), (Self.turn, turned), (Self.redefine, redefined),
            (Self.definition, definitions),
            (Self.wait, waits), (Self.endedRun, endedRuns),
            (Self.takenRun, takenRuns), (Self.openRun, openRuns),
        ]
    }

    /// Adds what a change of a job writes.
    mutating func add(_ change: JobChange, onto old: FoundJob) {
        let known = RunIDs(old.snapshot.open)
        let changed = RunIDs(change.runs)
        var room = RoomForWaiting()
        for run in change.runs {
            room.count(run)
            let before = known[run.id]
            if run.isOpen {
                add(open: run, of: change.job, onto: before)
            } else {
                add(past: run, of: change.job, wasOpen: before != nil)
            }
        }
        for run in old.snapshot.open where changed[run.id] == nil { room.count(run) }
        let waitingSince = room.waitingSince(change.job)
        if waitingSince != old.waitingSince {
            waits.append(waitingSince)
            waits.append(change.job.generation)
        }
        reasons += change.reasons
        withdrawn += change.withdrawn
        if old.snapshot.isRemoved { removed.append(change.job.generation) }
        add(change.job, onto: old.snapshot.job)
    }

    private mutating func add(_ job: Job, onto old: Job) {
        if job.definitionVersion != old.definitionVersion {
            redefined.append(job.stateVersion + 1)
            JobRow.append(state: job, to: &redefined)
            JobRow.append(redefined: job, to: &redefined)
            Self.append(guardsOf: old, to: &redefined)
            JobRow.append(definitionOf: job, to: &definitions)
            if job.definition.tags != old.definition.tags { tagged.append(job) }
            found.append(job)
        } else if job.state != old.state {
            turned.append(job.stateVersion + 1)
            JobRow.append(state: job, to: &turned)
            Self.append(guardsOf: old, to: &turned)
            if job.isPaused != old.isPaused { found.append(job) }
        } else if job.next != old.next {
            advanced.append(job.stateVersion + 1)
            JobRow.append(nextOf: job, to: &advanced)
            Self.append(guardsOf: old, to: &advanced)
        } else {
            touched.append(job.generation)
        }
    }

    private static func append(guardsOf job: Job, to rows: inout SQLRows) {
        rows.append(job.generation)
        rows.append(job.stateVersion)
    }

    private mutating func add(open run: Run, of job: Job, onto old: Run?) {
        guard let old else {
            RunRow.append(run, to: &newRuns)
            RunRow.append(searched: run, of: job, to: &newRuns)
            renewed.append(job.generation)
            return
        }
        if RunRow.isOnlyTaken(run, old) {
            RunRow.append(taken: run, to: &takenRuns)
            RunRow.append(key: run.id, to: &takenRuns)
        } else {
            RunRow.append(changing: run, to: &openRuns)
            RunRow.append(searched: run, of: job, to: &openRuns)
            RunRow.append(key: run.id, to: &openRuns)
        }
    }

    private mutating func add(past run: Run, of job: Job, wasOpen: Bool) {
        if wasOpen { RunRow.append(key: run.id, to: &endedRuns) } else { endedAtOnce.append(run.id) }
        past.append(EndedRun(run, task: job.knownTask))
    }
}
