public import CarillonTriggers

/// The failures of one task with one kind of error.
public struct FailureGroup: Hashable, Sendable {
    /// The kind of error.
    public let error: ErrorFingerprint
    /// The task; `nil` for runs whose task was not known when they ended.
    public let task: TaskName?
    /// How the runs ended: `failed`, `timedOut` or `lost`.
    public let outcome: Outcome
    /// The error's first line, with placeholders for what differs from run to run: `ErrorFingerprint.pattern(of:)`.
    public let pattern: String
    /// How many runs there were, including pruned ones.
    public let runs: Int
    /// When the first of them ended.
    public let first: Instant
    /// When the last of them ended.
    public let last: Instant
    /// The run that was written last. It may have been pruned by now.
    public let example: Run.ID

    /// Creates a group.
    public init(
        error: ErrorFingerprint, task: TaskName?, outcome: Outcome, pattern: String, runs: Int, first: Instant,
        last: Instant, example: Run.ID
    ) {
        self.error = error
        self.task = task
        self.outcome = outcome
        self.pattern = pattern
        self.runs = runs
        self.first = first
        self.last = last
        self.example = example
    }

    /// The cursor of the page after this group.
    public var cursor: FailureCursor { FailureCursor(last: last, error: error, task: task) }

    /// How many days a group is kept after its last failure.
    public static let daysKept: Int64 = 90
}

/// A position in a listing of failure groups.
public struct FailureCursor: Hashable, Sendable {
    /// When the last failure of the group ended.
    public let last: Instant
    /// The kind of error.
    public let error: ErrorFingerprint
    /// The task.
    public let task: TaskName?

    /// Creates a cursor.
    public init(last: Instant, error: ErrorFingerprint, task: TaskName?) {
        self.last = last
        self.error = error
        self.task = task
    }

    /// Whether this group is listed before another one: the latest failure first; at the same time, the highest
    /// fingerprint first; then by task in descending byte order, an unknown task last.
    package func isListed(before other: FailureCursor) -> Bool {
        if last != other.last { return last > other.last }
        if error != other.error { return error.value > other.error.value }
        guard let task else { return false }
        return other.task.map { task > $0 } ?? true
    }
}

/// A store that groups failed runs by their kind of error, in the step in which they end.
///
/// A group is kept for `FailureGroup.daysKept` days after its last failure; then `prune` removes it.
public protocol FailureGrouping: Sendable {
    /// Returns a page of groups, the latest failure first.
    ///
    /// - Parameters:
    ///   - since: Only groups with a failure at this time or later.
    ///   - task: Only failures of this task.
    func failures(since: Instant, task: TaskName?, page: Page<FailureCursor>) async throws(CarillonError)
        -> [FailureGroup]
}

extension FailureGroup {
    /// Creates the group of one failed run; `nil` for a run that did not fail.
    package init?(_ run: Run, of task: TaskName?) {
        guard case .finished(let outcome) = run.state, let error = run.errorFingerprint else { return nil }
        let ended = run.finished ?? run.due
        self.init(
            error: error, task: task, outcome: outcome, pattern: ErrorFingerprint.pattern(of: run.error ?? ""), runs: 1,
            first: ended, last: ended, example: run.id)
    }

    /// Returns both groups as one, with the example of `next`, which was written later.
    package func joined(by next: FailureGroup) -> FailureGroup {
        FailureGroup(
            error: error, task: task, outcome: outcome, pattern: pattern, runs: runs + next.runs,
            first: min(first, next.first), last: max(last, next.last), example: next.example)
    }
}
