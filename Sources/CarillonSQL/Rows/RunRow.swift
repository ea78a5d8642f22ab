internal import Carillon
internal import CarillonTriggers

/// The columns of a run in the tables `carillon_open_runs` and `carillon_past_runs`.
enum RunRow {
    /// The columns that identify a run.
    static let key = ["generation", "scheduled", "kind", "number", "attempt"]

    /// The columns that change while a run is open.
    static let changing = [
        "state", "node", "available", "fence", "recoveries", "cancel_requested", "started", "finished", "error",
        "result", "log", "task", "arguments",
    ]

    /// The columns that change when a node takes a run.
    static let taken = ["state", "node", "fence", "started", "takeable"]

    /// The columns that a search reads, in the order of `run(_:job:)`.
    static let columns = key + ["job", "due"] + changing

    /// The columns that may be long.
    static let bytes: Set = ["result", "log", "arguments"]

    /// The columns that open runs are found by.
    static let searched = ["takeable", "ready_task", "priority"]

    static func keyValues(_ id: Run.ID) -> [SQLValue] {
        [
            .integer(id.occurrence.generation), .integer(id.occurrence.scheduled.microseconds),
            .integer(code(id.occurrence.kind)), .integer(Int64(id.occurrence.number)), .integer(Int64(id.attempt)),
        ]
    }

    /// Returns the key columns of an unreadable row as text.
    static func keyText(_ row: any SQLRow) -> String {
        let columns = key.enumerated().map { column, name in
            "\(name) \((try? row.integer(column)).map { String($0) } ?? "that is no whole number")"
        }
        return "(\(columns.joined(separator: ", ")))"
    }

    /// Appends values for `key`.
    static func append(key id: Run.ID, to rows: inout SQLRows) {
        rows.append(id.occurrence.generation)
        rows.append(id.occurrence.scheduled.microseconds)
        rows.append(code(id.occurrence.kind))
        rows.append(Int64(id.occurrence.number))
        rows.append(Int64(id.attempt))
    }

    /// Appends values for `changing`.
    static func append(changing run: Run, to rows: inout SQLRows) {
        rows.append(code(run.state))
        rows.append(run.node?.description)
        rows.append(run.available.microseconds)
        rows.append(run.fence)
        rows.append(Int64(run.recoveries))
        rows.append(run.isCancelRequested ? 1 : 0)
        rows.append(run.started?.microseconds)
        rows.append(run.finished?.microseconds)
        rows.append(run.error)
        rows.append(run.result)
        rows.append(run.log)
        rows.append(run.task?.description)
        rows.append(run.arguments)
    }

    /// Whether a run differs from its old state only in that a node has taken it.
    static func isOnlyTaken(_ run: Run, _ old: Run) -> Bool {
        guard case .running = run.state, old.state == .ready else { return false }
        var taken = old
        taken.state = run.state
        taken.fence = run.fence
        taken.started = run.started
        return taken == run
    }

    /// Appends values for `taken`.
    static func append(taken run: Run, to rows: inout SQLRows) {
        rows.append(code(run.state))
        if case .running(let node) = run.state { rows.append(node.description) } else { rows.append(.null) }
        rows.append(run.fence)
        rows.append(run.started?.microseconds)
        rows.append(0)
    }

    /// Appends values for `columns`.
    static func append(_ run: Run, to rows: inout SQLRows) {
        append(key: run.id, to: &rows)
        rows.append(run.id.occurrence.job.description)
        rows.append(run.due.microseconds)
        append(changing: run, to: &rows)
    }

    /// Appends values for `searched`.
    static func append(searched run: Run, of job: Job, to rows: inout SQLRows) {
        rows.append(run.state == .ready && !job.isPaused ? 1 : 0)
        rows.append((run.task ?? job.definition.task).description)
        rows.append(Int64(job.definition.policies.priority))
    }

    /// Reads a row as a run.
    ///
    /// - Parameters:
    ///   - job: The job's id if known; otherwise the row's own is read.
    ///   - nodes: Names of nodes that were read before.
    static func run(_ row: any SQLRow, job: JobID?, _ nodes: inout NodeNames) throws(UnreadableRow) -> Run {
        var run = Run(
            id: try id(row, from: 0, job: try known(job, row)),
            state: try state(row, &nodes),
            due: try row.instant(6, "due"),
            available: try row.instant(9, "available")
        )
        if !run.isOpen, let node = try row.optionalText(8) { run.node = try nodes.node(node) }
        run.fence = try row.count(10, "fence")
        run.recoveries = Int(try row.count(11, "recoveries"))
        run.isCancelRequested = try row.integer(12) != 0
        run.started = try row.optionalInstant(13, "started")
        run.finished = try row.optionalInstant(14, "finished")
        run.error = try row.optionalText(15)
        run.result = try row.optionalBytes(16)
        run.log = try row.optionalBytes(17)
        if let task = try row.optionalText(18) {
            run.task = try JobRow.reading("task") { () throws(CarillonError) in try TaskName(exactly: task) }
        }
        run.arguments = try row.optionalBytes(19)
        return run
    }

    /// Reads the id of a run, from the columns of `key`.
    ///
    /// - Parameter first: The index of the first of these columns.
    static func id(_ row: any SQLRow, from first: Int, job: JobID) throws(UnreadableRow) -> Run.ID {
        let occurrence = Occurrence(
            job: job,
            generation: try row.integer(first),
            scheduled: try row.instant(first + 1, "scheduled"),
            kind: try kind(try row.integer(first + 2)),
            number: Int(truncatingIfNeeded: try row.integer(first + 3))
        )
        return Run.ID(occurrence, attempt: Int(try row.count(first + 4, "attempt", from: 1)))
    }

    private static func known(_ job: JobID?, _ row: any SQLRow) throws(UnreadableRow) -> JobID {
        if let job { return job }
        let text = try row.text(5)
        return try JobRow.reading("job") { () throws(CarillonError) in try JobID(exactly: text) }
    }

    private static func state(_ row: any SQLRow, _ nodes: inout NodeNames) throws(UnreadableRow) -> Run.State {
        switch try row.integer(7) {
        case 0: return .waiting
        case 1: return .ready
        case 2:
            return .running(node: try nodes.node(try row.text(8)))
        case let code:
            guard let outcome = outcome(code) else {
                throw UnreadableRow("state is \(code), which is none")
            }
            return .finished(outcome)
        }
    }

    /// Returns the outcome of a state code; `nil` for an open run.
    static func outcome(_ code: Int64) -> Outcome? { outcomes.first { $0.code == code }?.outcome }

    private static let outcomes: [(code: Int64, outcome: Outcome)] = [
        (10, .succeeded), (11, .failed), (12, .timedOut), (13, .cancelled), (14, .lost),
    ]

    /// Returns the code of a state: up to 2 for open runs, 10 for a run that succeeded, above for other outcomes.
    static func code(_ state: Run.State) -> Int64 {
        switch state {
        case .waiting: 0
        case .ready: 1
        case .running: 2
        case .finished(.succeeded): 10
        case .finished(.failed): 11
        case .finished(.timedOut): 12
        case .finished(.cancelled): 13
        case .finished(.lost): 14
        }
    }

    static func code(_ kind: Occurrence.Kind) -> Int64 {
        switch kind {
        case .scheduled: 0
        case .manual: 1
        case .backfill: 2
        case .onFailure: 3
        }
    }

    private static func kind(_ code: Int64) throws(UnreadableRow) -> Occurrence.Kind {
        guard let kind = Occurrence.Kind.allCases.first(where: { self.code($0) == code }) else {
            throw UnreadableRow("kind is \(code), not 0 to 3")
        }
        return kind
    }
}

/// The names of nodes that were read for one answer: many runs are on the same node, and validating a name takes a
/// while.
struct NodeNames {
    private var last: (text: String, node: NodeID)?

    mutating func node(_ text: String) throws(UnreadableRow) -> NodeID {
        if let last, last.text.utf8.elementsEqual(text.utf8) { return last.node }
        let node = try JobRow.reading("node") { () throws(CarillonError) in try NodeID(exactly: text) }
        last = (text, node)
        return node
    }
}
