internal import Carillon
internal import CarillonTriggers

/// The columns of a job in the tables `carillon_jobs`, which has those that plans change, and `carillon_definitions`,
/// which has the rest.
enum JobRow {
    /// The columns that a search reads of `carillon_jobs`, in the order of `JobState.init`.
    static let columns = [
        "generation", "state", "paused_since", "next_scheduled", "next_due", "definition_version", "state_version",
        "waiting_since",
    ]

    /// The columns that an insertion writes to `carillon_jobs`; the task and the id are there only for its indexes.
    static let insertedColumns = columns + ["task", "id"]

    /// The columns that firing writes. A database writes again every index that has one of these columns, changed or
    /// not.
    static let advancedColumns = ["state_version", "next_scheduled", "next_due"]

    /// The columns that pausing, resuming and ending write.
    static let turnedColumns = ["state_version", "state", "paused_since", "next_scheduled", "next_due"]

    /// The further columns that a change of the definition writes to `carillon_jobs`.
    static let redefinedColumns = ["definition_version", "task"]

    /// The columns that a change of the definition writes to `carillon_definitions`.
    static let editedColumns = [
        "task", "origin", "arguments", "trigger_json", "policies", "tags", "executor", "history_runs", "history_days",
        "name", "trace",
    ]

    /// The columns that an insertion writes to `carillon_definitions`.
    static let definitionColumns = editedColumns + ["generation", "id", "added", "removed"]

    /// The columns that a search reads of `carillon_definitions`.
    static let readColumns = [
        "generation", "id", "task", "origin", "added", "arguments", "trigger_json", "policies", "tags", "executor",
        "name", "trace",
    ]

    /// The due time of a job without a next occurrence: these jobs come last.
    static let never = Int64.max

    /// The state of a removed job; those of other jobs are in `JobListingQuery.code`.
    static let removedState: Int64 = 3

    /// Appends values for `insertedColumns`.
    static func append(inserted job: Job, removed: Bool = false, to rows: inout SQLRows) {
        rows.append(job.generation)
        if removed {
            for value in [.integer(removedState), .null, .null, .integer(never)] as [SQLValue] { rows.append(value) }
        } else {
            append(state: job, to: &rows)
        }
        rows.append(job.definitionVersion)
        rows.append(job.stateVersion)
        rows.append(.null)
        rows.append(job.definition.task.description)
        rows.append(job.id.description)
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
    }

    /// Appends values for `editedColumns`.
    static func append(edited definition: JobDefinition, to rows: inout SQLRows) {
        rows.append(definition.task.description)
        rows.append(definition.origin)
        rows.append(definition.arguments)
        rows.append(definition.trigger.json.description)
        rows.append(text(of: definition.policies))
        rows.append(JSONTexts.write(definition.tags))
        rows.append(definition.executor)
        rows.append(Int64(definition.policies.history.runs))
        rows.append(Int64(definition.policies.history.days))
        rows.append(definition.name)
        rows.append(definition.trace.isEmpty ? nil : JobDefinition.json(trace: definition.trace).description)
    }

    /// Returns policies as JSON. Most jobs have the usual ones, whose text is cached: making it takes as long as
    /// inserting a row of a small index.
    private static func text(of policies: JobPolicies) -> String {
        usual.first { $0.policies == policies }?.text ?? policies.json.description
    }

    private static let usual = [nil, WhenEnded.remove].map { whenEnded in
        var policies = JobPolicies()
        policies.whenEnded = whenEnded
        return (policies: policies, text: policies.json.description)
    }

    /// Appends values for `definitionColumns`.
    static func append(definitionOf job: Job, removed: Bool = false, to rows: inout SQLRows) {
        append(edited: job.definition, to: &rows)
        rows.append(job.generation)
        rows.append(job.id.description)
        rows.append(job.added.microseconds)
        rows.append(removed ? job.generation : 0)
    }

    /// Reads the parts that belong to a definition version, from a row with `readColumns`.
    ///
    /// - Parameter known: The parts that were read before.
    static func definition(
        _ row: any SQLRow, _ known: inout DefinitionParts
    ) throws(UnreadableRow) -> DefinitionCache.Entry {
        let (idText, taskText) = (try row.text(1), try row.text(2))
        let trigger = try known.trigger(try row.bytes(6))
        let policies = try known.policies(try row.bytes(7))
        let definition = JobDefinition(
            task: try known.task(taskText),
            arguments: try row.bytes(5),
            trigger: trigger,
            policies: policies,
            tags: try known.tags(try row.bytes(8)),
            executor: try row.text(9),
            origin: try row.optionalText(3),
            name: try row.optionalText(10),
            trace: try row.optionalText(11).map(trace(of:)) ?? [:]
        )
        return DefinitionCache.Entry(
            id: try reading("id") { () throws(CarillonError) in try JobID(exactly: idText) },
            added: try row.instant(4, "added"),
            definition: definition)
    }

    private static func trace(of text: String) throws(UnreadableRow) -> [String: String] {
        try reading("trace") { () throws(TriggerError) in
            try JobDefinition.trace(json: try JSONReader.value(of: Array(text.utf8)))
        }
    }

    /// Turns an error about a column's value into one about the row.
    static func reading<Value, Failure: Error>(
        _ column: String,
        _ read: () throws(Failure) -> Value
    ) throws(UnreadableRow) -> Value {
        do {
            return try read()
        } catch {
            let lacksType = (error as? TriggerError)?.code == .unregisteredType
            throw UnreadableRow("\(column): \(error)", lacksTriggerType: lacksType)
        }
    }
}
