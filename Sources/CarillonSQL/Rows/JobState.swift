internal import Carillon
internal import CarillonTriggers

/// A row of `carillon_jobs`, which has all of a job but most of its definition.
struct JobState {
    let generation: Int64
    let state: Job.State
    let next: Job.Next?
    let added: Instant
    let definitionVersion: Int64
    let stateVersion: Int64
    let waitingSince: Int64?
    let isRemoved: Bool
    /// Read only where the definition is not known already.
    let id: String
    let task: String
    let origin: String?
    /// The rest of it, where it was read lately.
    let known: DefinitionCache.Entry?

    /// Reads the columns `JobRow.columns`.
    init(_ row: any SQLRow, _ cache: DefinitionCache) throws(UnreadableRow) {
        generation = try row.integer(0)
        switch try row.integer(2) {
        case 0: state = .active
        case 1: state = .paused(since: try row.instant(3, "paused_since"))
        case 2: state = .ended
        case let code: throw UnreadableRow("state is \(code), not 0 to 2")
        }
        if let scheduled = try row.optionalInstant(4, "next_scheduled") {
            next = Job.Next(scheduled: scheduled, due: try row.instant(5, "next_due"))
        } else {
            next = nil
        }
        added = try row.instant(6, "added")
        definitionVersion = try row.count(7, "definition_version", from: 1)
        stateVersion = try row.count(8, "state_version", from: 1)
        waitingSince = try row.optionalInteger(9)
        isRemoved = try row.integer(12) != 0
        known = cache[DefinitionCache.Key(generation: generation, definitionVersion: definitionVersion)]
        if known == nil {
            id = try row.text(1)
            task = try row.text(10)
            origin = try row.optionalText(11)
        } else {
            id = ""
            task = ""
            origin = nil
        }
    }

    /// The job with its definition, and no runs yet.
    func job(_ entry: DefinitionCache.Entry) -> FoundJob {
        let job = Job(
            id: entry.id,
            generation: generation,
            definition: entry.definition,
            state: state,
            next: next,
            added: added,
            definitionVersion: definitionVersion,
            stateVersion: stateVersion
        )
        return FoundJob(snapshot: JobSnapshot(job: job, isRemoved: isRemoved), waitingSince: waitingSince)
    }
}
