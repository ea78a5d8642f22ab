internal import Carillon
internal import CarillonTriggers

/// A run that has ended, with what it is found and counted by.
struct EndedRun {
    let run: Run
    /// The task that it ran, where that is known.
    let task: TaskName?

    /// - Parameter task: The task of its job, where that is known.
    init(_ run: Run, task: TaskName?) {
        self.run = run
        self.task = run.task ?? task
    }

    /// What is written beside the columns of a run.
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

/// What ended runs are found by together: their task, or the node that ran them.
struct RunGroup: Hashable {
    /// Empty for a node, and where the task is not known.
    let task: String
    /// Empty for a task.
    let node: String

    init(task: TaskName?) {
        self.task = task?.description ?? ""
        node = ""
    }

    init(node: NodeID) {
        task = ""
        self.node = node.description
    }

    /// The number of all runs whose task is not known.
    static let unknown: Int64 = 0

    /// Whether it is that of all runs whose task is not known, which has no row.
    var isUnknown: Bool { task.isEmpty && node.isEmpty }
}

/// How a run ended and how late it began, as one number, by which an index has the runs of each class in order.
struct RunClass: Hashable {
    let outcome: Outcome
    let lateness: Lateness

    private static let steps: Int64 = 8

    init(_ outcome: Outcome, _ lateness: Lateness) {
        self.outcome = outcome
        self.lateness = lateness
    }

    /// Nothing for an open run.
    init?(_ run: Run) {
        guard case .finished(let outcome) = run.state else { return nil }
        self.init(outcome, run.lateness)
    }

    /// Nothing where it was not written by this version.
    init?(code: Int64) {
        guard let outcome = Outcome.allCases.first(where: { RunRow.code(.finished($0)) == code / Self.steps }),
            let lateness = Lateness(rawValue: Int(code % Self.steps))
        else { return nil }
        self.init(outcome, lateness)
    }

    var code: Int64 { RunRow.code(.finished(outcome)) * Self.steps + Int64(lateness.rawValue) }

    /// Nearly all runs are of this one; an index of the others is small.
    static let plain = RunClass(.succeeded, .onTime)

    /// The classes that a search wants, in the order of their codes.
    static func wanted(_ search: RunSearch) -> [Int64] {
        search.outcomes.flatMap { outcome in
            Lateness.allCases.filter { $0 >= search.lateness }.map { RunClass(outcome, $0).code }
        }.sorted()
    }

    /// The class in SQL, of a row of `carillon_past_runs`; null where the outcome is not known to this version.
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
    /// As a column has it: in the order of the unsigned numbers.
    var stored: Int64 { Int64(bitPattern: value ^ 1 << 63) }

    init(stored: Int64) { self.init(value: UInt64(bitPattern: stored) ^ 1 << 63) }
}
