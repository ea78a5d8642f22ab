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
        case 1: state = .paused(since: Instant(microseconds: try row.integer(3)))
        case 2: state = .ended
        case let code: throw UnreadableRow("state is \(code), not 0 to 2")
        }
        if let scheduled = try row.optionalInteger(4) {
            next = Job.Next(
                scheduled: Instant(microseconds: scheduled),
                due: Instant(microseconds: try row.integer(5))
            )
        } else {
            next = nil
        }
        added = Instant(microseconds: try row.integer(6))
        definitionVersion = try row.integer(7)
        stateVersion = try row.integer(8)
        waitingSince = try row.optionalInteger(9)
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
        return FoundJob(snapshot: JobSnapshot(job: job), waitingSince: waitingSince)
    }
}
