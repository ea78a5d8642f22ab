internal import Carillon
internal import CarillonTriggers

/// How a job stands in tables `carillon_jobs` and `carillon_definitions`.
enum JobRow {
    /// What a search reads of `carillon_jobs`; `JobState` takes them in this order.
    static let columns = [
        "generation", "id", "state", "paused_since", "next_scheduled", "next_due", "added", "definition_version",
        "state_version", "waiting_since", "task", "origin", "removed",
    ]

    /// What an insertion writes to `carillon_jobs`.
    static let insertedColumns = columns + ["history_runs", "history_days"]

    /// What firing writes. A database writes every index anew that has a column of these, changed or not.
    static let advancedColumns = ["state_version", "next_scheduled", "next_due"]

    /// What pausing, resuming and ending write.
    static let turnedColumns = ["state_version", "state", "paused_since", "next_scheduled", "next_due"]

    /// What a change of the definition writes to `carillon_jobs`, besides.
    static let redefinedColumns = ["definition_version", "task", "origin", "history_runs", "history_days"]

    /// What a search reads of `carillon_definitions`, behind the generation.
    static let definitionColumns = ["arguments", "trigger_json", "policies", "tags", "executor"]

    /// Stands for "no next occurrence": these jobs come last.
    static let never = Int64.max

    /// Appends values for `insertedColumns`.
    static func append(inserted job: Job, removed: Bool = false, to rows: inout SQLRows) {
        rows.append(job.generation)
        rows.append(job.id.description)
        append(state: job, to: &rows)
        rows.append(job.added.microseconds)
        rows.append(job.definitionVersion)
        rows.append(job.stateVersion)
        rows.append(.null)
        rows.append(job.definition.task.description)
        rows.append(job.definition.origin)
        rows.append(removed ? job.generation : 0)
        append(historyOf: job, to: &rows)
    }

    /// Appends values for `state`, `paused_since`, `next_scheduled` and `next_due`.
    static func append(state job: Job, to rows: inout SQLRows) {
        let (code, since): (Int64, Instant?) =
            switch job.state {
            case .active: (0, nil)
            case .paused(let since): (1, since)
            case .ended: (2, nil)
            }
        rows.append(code)
        rows.append(since?.microseconds)
        append(nextOf: job, to: &rows)
    }

    /// Appends values for `next_scheduled` and `next_due`.
    static func append(nextOf job: Job, to rows: inout SQLRows) {
        rows.append(job.next?.scheduled.microseconds)
        rows.append(job.next?.due.microseconds ?? never)
    }

    /// Appends values for `redefinedColumns`.
    static func append(redefined job: Job, to rows: inout SQLRows) {
        rows.append(job.definitionVersion)
        rows.append(job.definition.task.description)
        rows.append(job.definition.origin)
        append(historyOf: job, to: &rows)
    }

    private static func append(historyOf job: Job, to rows: inout SQLRows) {
        rows.append(Int64(job.definition.policies.history.runs))
        rows.append(Int64(job.definition.policies.history.days))
    }

    /// Appends values for `generation` and `definitionColumns`.
    static func append(definitionOf job: Job, to rows: inout SQLRows) {
        let definition = job.definition
        rows.append(job.generation)
        rows.append(definition.arguments)
        rows.append(definition.trigger.json.description)
        rows.append(definition.policies.json.description)
        rows.append(JSONTexts.write(definition.tags))
        rows.append(definition.executor)
    }

    /// What is known by its definition version, from a row of `carillon_definitions`.
    static func definition(_ row: any SQLRow, of state: JobState) throws(UnreadableRow) -> DefinitionCache.Entry {
        let triggerText = try row.bytes(2)
        let trigger = try reading("trigger_json") { () throws(TriggerError) in
            try Trigger(json: JSONReader.value(of: triggerText))
        }
        let policiesText = try row.bytes(3)
        let definition = JobDefinition(
            task: try reading("task") { () throws(CarillonError) in try TaskName(exactly: state.task) },
            arguments: try row.bytes(1),
            trigger: trigger,
            policies: try reading("policies") { () throws(TriggerError) in
                try JobPolicies(json: JSONReader.value(of: policiesText))
            },
            tags: try JSONTexts.read(try row.bytes(4), "tags"),
            executor: try row.text(5),
            origin: state.origin
        )
        let id = try reading("id") { () throws(CarillonError) in try JobID(exactly: state.id) }
        return DefinitionCache.Entry(id: id, definition: definition)
    }

    /// Turns an error about a column's value into one about the row.
    static func reading<Value, Failure: Error>(
        _ column: String,
        _ read: () throws(Failure) -> Value
    ) throws(UnreadableRow) -> Value {
        do {
            return try read()
        } catch {
            throw UnreadableRow("\(column): \(error)")
        }
    }
}
