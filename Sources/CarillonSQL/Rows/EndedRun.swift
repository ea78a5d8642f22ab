internal import Carillon
internal import CarillonTriggers

/// An ended run, with the values that it is found and counted by.
struct EndedRun {
    let run: Run
    /// The task that it ran, if known.
    let task: TaskName?

    /// Creates an ended run.
    ///
    /// - Parameter task: The task of its job, if known.
    init(_ run: Run, task: TaskName?) {
        self.run = run
        self.task = run.task ?? task
    }

    /// The columns that are written in addition to those of a run.
    static let marks = ["task_group", "node_group", "class", "fingerprint"]

    /// The groups that it is in: that of its task, and that of its node.
    var groups: [RunGroup] { [RunGroup(task: task)] + (run.node.map { [RunGroup(node: $0)] } ?? []) }

    /// Appends values for `RunRow.columns` and `marks`.
    func append(to rows: inout SQLRows, _ numbers: [RunGroup: Int64]) {
        RunRow.append(run, to: &rows)
        rows.append(numbers[RunGroup(task: task)] ?? RunGroup.unknown)
        rows.append(run.node.flatMap { numbers[RunGroup(node: $0)] })
        rows.append(RunClass(run)?.code)
        rows.append(run.errorFingerprint?.stored)
    }
}

/// A group that ended runs are found by: their task, or the node that ran them.
struct RunGroup: Hashable {
    /// The task; empty for a node, and if the task is not known.
    let task: String
    /// The node; empty for a task.
    let node: String

    init(task: TaskName?) {
        self.task = task?.description ?? ""
        node = ""
    }

    init(node: NodeID) {
        task = ""
        self.node = node.description
    }

    /// The number of the group of runs whose task is not known.
    static let unknown: Int64 = 0

    /// Whether it is the group of runs whose task is not known, which has no row.
    var isUnknown: Bool { task.isEmpty && node.isEmpty }
}

/// How a run ended and how late it started, as one number, by which an index has the runs of each class in order.
struct RunClass: Hashable {
    let outcome: Outcome
    let lateness: Lateness

    private static let steps: Int64 = 8

    init(_ outcome: Outcome, _ lateness: Lateness) {
        self.outcome = outcome
        self.lateness = lateness
    }

    /// Creates the class of a run; `nil` for an open run.
    init?(_ run: Run) {
        guard case .finished(let outcome) = run.state else { return nil }
        self.init(outcome, run.lateness)
    }

    /// Creates a class from its code; `nil` if this version does not know the code.
    init?(code: Int64) {
        guard let outcome = Outcome.allCases.first(where: { RunRow.code(.finished($0)) == code / Self.steps }),
            let lateness = Lateness(rawValue: Int(code % Self.steps))
        else { return nil }
        self.init(outcome, lateness)
    }

    var code: Int64 { RunRow.code(.finished(outcome)) * Self.steps + Int64(lateness.rawValue) }

    /// The class of nearly all runs; an index of the others is small.
    static let plain = RunClass(.succeeded, .onTime)

    /// Returns the codes of the classes that a search wants, in order.
    static func wanted(_ search: RunSearch) -> [Int64] {
        search.outcomes.flatMap { outcome in
            Lateness.allCases.filter { $0 >= search.lateness }.map { RunClass(outcome, $0).code }
        }.sorted()
    }

    /// An SQL expression for the class of a row of `carillon_past_runs`; NULL if this version does not know the
    /// outcome.
    static var expression: String {
        let delay = "started - CASE WHEN attempt = 1 AND kind <> 2 THEN due ELSE available END"
        let steps = Lateness.allCases.dropFirst().reversed().map {
            "WHEN \(delay) >= \($0.leastMicroseconds) THEN \($0.rawValue)"
        }
        return """
            CASE WHEN state BETWEEN 10 AND 14
            THEN state * \(Self.steps) + CASE \(steps.joined(separator: " ")) ELSE 0 END END
            """
    }
}

extension ErrorFingerprint {
    /// The value as stored: signed, in the order of the unsigned numbers.
    var stored: Int64 { Int64(bitPattern: value ^ 1 << 63) }

    init(stored: Int64) { self.init(value: UInt64(bitPattern: stored) ^ 1 << 63) }
}
