internal import Carillon
internal import CarillonTriggers

/// The writes of several changes, grouped by statement.
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
    private static let edit = SQLWrite(
        .update, "carillon_definitions", columns: JobRow.editedColumns, key: ["generation"])
    static let wait = SQLWrite(
        .update, "carillon_jobs", columns: ["waiting_since"], key: ["generation"])
    static let newRun = SQLWrite(
        .insert, "carillon_open_runs", columns: RunRow.columns + RunRow.searched)
    private static let takenRun = SQLWrite(
        .update, "carillon_open_runs", columns: RunRow.taken, key: RunRow.key)
    private static let openRun = SQLWrite(
        .update, "carillon_open_runs", columns: RunRow.changing + RunRow.searched, key: RunRow.key)
    private static let foundRun = SQLWrite(
        .update, "carillon_open_runs", columns: RunRow.searched, key: RunRow.key)
    static let endedRun = SQLWrite(.delete, "carillon_open_runs", key: RunRow.key)

    private var advanced = SQLRows(width: advance.width)
    private var turned = SQLRows(width: turn.width)
    private var redefined = SQLRows(width: redefine.width)
    private var edits = SQLRows(width: edit.width)
    private var waits = SQLRows(width: wait.width)
    /// New runs.
    private(set) var newRuns = SQLRows(width: newRun.width)
    /// Their jobs.
    private(set) var renewed: [Int64] = []
    /// The ids of new runs that have already ended.
    private(set) var endedAtOnce: [Run.ID] = []
    private var takenRuns = SQLRows(width: takenRun.width)
    private var openRuns = SQLRows(width: openRun.width)
    /// Runs that do not change but whose index entries do: their job is paused, resumed or redefined.
    private var foundRuns = SQLRows(width: foundRun.width)
    /// The keys of open runs that end.
    private(set) var endedRuns = SQLRows(width: endedRun.width)
    /// Runs that have ended.
    private(set) var past: [EndedRun] = []
    /// Reasons to add; which of them extend a range is decided when they are written.
    private(set) var reasons: [NewReason] = []
    /// Ranges of reasons to remove, before others are added.
    private(set) var withdrawn: [ReasonRange] = []
    /// Generations of jobs of which only runs and the state version change.
    private(set) var touched: [Int64] = []
    /// Jobs whose tags change.
    private(set) var tagged: [Job] = []
    /// Generations of removed jobs whose last run may have ended.
    private(set) var removed: [Int64] = []
    /// Those of them that have tags.
    private(set) var untagged: [Int64] = []
    /// Whether the earliest times may have changed.
    private(set) var movesTimes = false
    /// Whether other nodes should be notified: see `ChangeNotifying`.
    private(set) var isNews = false

    /// The writes in order, after those of new runs.
    var writes: [(SQLWrite, SQLRows)] {
        [
            (Self.advance, advanced), (Self.turn, turned), (Self.redefine, redefined),
            (Self.edit, edits),
            (Self.wait, waits), (Self.endedRun, endedRuns),
            (Self.takenRun, takenRuns), (Self.openRun, openRuns), (Self.foundRun, foundRuns),
        ]
    }

    /// Adds the writes of a change of a job.
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
                if before?.state == .ready { movesTimes = true }
                add(past: run, of: change.job, wasOpen: before != nil)
            }
        }
        let isFoundOtherwise = change.job.isFoundOtherwise(than: old.snapshot.job)
        for run in old.snapshot.open where changed[run.id] == nil {
            room.count(run)
            guard isFoundOtherwise else { continue }
            RunRow.append(searched: run, of: change.job, to: &foundRuns)
            RunRow.append(key: run.id, to: &foundRuns)
        }
        let waitingSince = room.waitingSince(change.job)
        if waitingSince != old.waitingSince {
            movesTimes = true
            if waitingSince != nil { isNews = true }
            waits.append(waitingSince)
            waits.append(change.job.generation)
        }
        reasons += change.reasons
        withdrawn += change.withdrawn
        if old.snapshot.isRemoved || change.removesJob { removed.append(change.job.generation) }
        if change.removesJob, !change.job.definition.tags.isEmpty { untagged.append(change.job.generation) }
        add(change.job, onto: old.snapshot.job)
    }

    private mutating func add(_ job: Job, onto old: Job) {
        let isRedefined = job.definitionVersion != old.definitionVersion
        if isRedefined || job.state != old.state || job.next != old.next {
            movesTimes = true
            if let due = job.next?.due, isRedefined || old.isPaused || due < old.next?.due ?? .latest { isNews = true }
        }
        if isRedefined {
            redefined.append(job.stateVersion + 1)
            JobRow.append(state: job, to: &redefined)
            JobRow.append(redefined: job, to: &redefined)
            Self.append(guardsOf: old, to: &redefined)
            JobRow.append(edited: job.definition, to: &edits)
            edits.append(job.generation)
            if job.definition.tags != old.definition.tags { tagged.append(job) }
        } else if job.state != old.state {
            turned.append(job.stateVersion + 1)
            JobRow.append(state: job, to: &turned)
            Self.append(guardsOf: old, to: &turned)
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
        if run.state == .ready || old?.state == .ready { movesTimes = true }
        if run.state == .ready || (run.isCancelRequested && old?.isCancelRequested != true) { isNews = true }
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

extension Job {
    /// Whether its open runs are indexed by another task or priority than before, or are no longer indexed.
    fileprivate func isFoundOtherwise(than old: Job) -> Bool {
        definitionVersion != old.definitionVersion || isPaused != old.isPaused
    }
}
