internal import Carillon
internal import CarillonTriggers

/// A row of `carillon_jobs`: the state of a job, and the version of its definition.
struct JobState {
    let generation: Int64
    let definitionVersion: Int64
    private let state: Job.State
    private let next: Job.Next?
    private let stateVersion: Int64
    private let waitingSince: Int64?
    private let isRemoved: Bool

    /// Reads the columns `JobRow.columns`.
    init(_ row: any SQLRow) throws(UnreadableRow) {
        generation = try row.integer(0)
        let code = try row.integer(1)
        isRemoved = code == JobRow.removedState
        switch code {
        case 0: state = .active
        case 1: state = .paused(since: try row.instant(2, "paused_since"))
        case 2, JobRow.removedState: state = .ended
        default: throw UnreadableRow("state is \(code), not 0 to 3")
        }
        if let scheduled = try row.optionalInstant(3, "next_scheduled") {
            next = Job.Next(scheduled: scheduled, due: try row.instant(4, "next_due"))
        } else {
            next = nil
        }
        definitionVersion = try row.count(5, "definition_version", from: 1)
        stateVersion = try row.count(6, "state_version", from: 1)
        waitingSince = try row.optionalInteger(7)
    }

    /// Returns the job with its definition, without runs yet.
    func job(_ entry: DefinitionCache.Entry) -> FoundJob {
        let job = Job(
            id: entry.id,
            generation: generation,
            definition: entry.definition,
            state: state,
            next: next,
            added: entry.added,
            definitionVersion: definitionVersion,
            stateVersion: stateVersion
        )
        return FoundJob(snapshot: JobSnapshot(job: job, isRemoved: isRemoved), waitingSince: waitingSince)
    }
}
