public import CarillonTriggers

/// The number of runs that ended with one outcome.
public struct OutcomeCount: Hashable, Sendable {
    /// Midnight UTC at the start of the day; `nil` if the count is over all days.
    public let day: Instant?
    /// The task; `nil` if the count is over all tasks, or for runs whose task was not known when they ended.
    public let task: TaskName?
    /// How they ended.
    public let outcome: Outcome
    /// How late they began.
    public let lateness: Lateness
    /// The number of runs.
    public let runs: Int

    /// Creates a count.
    public init(day: Instant?, task: TaskName?, outcome: Outcome, lateness: Lateness, runs: Int) {
        self.day = day
        self.task = task
        self.outcome = outcome
        self.lateness = lateness
        self.runs = runs
    }
}

/// How counts are grouped.
public enum OutcomeGrouping: Hashable, Sendable, CaseIterable {
    /// A count for each day, whatever the task.
    case byDay
    /// A count for each task, whatever the day.
    case byTask
}

/// A store that counts how runs end, in the step in which they end.
///
/// A run counts once, on the UTC day of its end, for its task, outcome and lateness: when it is written as ended, by a
/// commit, by the removal of its job, or by an import from another store. Pruned runs stay counted, and counts are
/// never pruned: their number depends on days, tasks and outcomes, not on the number of runs. Jobs are not counted
/// separately.
public protocol OutcomeCounting: Sendable {
    /// Returns the counts from the day of one time through the day of another, ordered by day, task, outcome and
    /// lateness.
    ///
    /// - Parameter task: Only runs of this task.
    func outcomeCounts(
        from first: Instant, through last: Instant, task: TaskName?, grouping: OutcomeGrouping
    ) async throws(CarillonError) -> [OutcomeCount]
}

/// The properties that runs are counted by.
package struct OutcomeKey: Hashable, Sendable {
    /// Days since 1970-01-01, in UTC.
    package var day: Int64
    /// The task, if known.
    package var task: TaskName?
    /// How they ended.
    package let outcome: Outcome
    /// How late they began.
    package let lateness: Lateness

    /// Creates a key.
    package init(day: Int64, task: TaskName?, outcome: Outcome, lateness: Lateness) {
        self.day = day
        self.task = task
        self.outcome = outcome
        self.lateness = lateness
    }

    /// Creates the key of a run that has ended; `nil` for an open one.
    package init?(_ run: Run, of task: TaskName?) {
        guard case .finished(let outcome) = run.state else { return nil }
        self.init(
            day: Self.day(of: run.finished ?? run.due), task: task, outcome: outcome, lateness: run.lateness)
    }

    /// Returns the UTC day of a time, in days since 1970-01-01.
    package static func day(of time: Instant) -> Int64 {
        time.microseconds.flooredQuotient(by: 86_400_000_000)
    }
}

extension OutcomeGrouping {
    /// Groups and sorts counts.
    package func counts(_ found: some Sequence<(key: OutcomeKey, runs: Int)>) -> [OutcomeCount] {
        var sums: [OutcomeKey: Int] = [:]
        for (key, runs) in found {
            var key = key
            switch self {
            case .byDay: key.task = nil
            case .byTask: key.day = 0
            }
            sums[key, default: 0] += runs
        }
        return sums.filter { $0.value != 0 }.sorted { Self.isBefore($0.key, $1.key) }.map { key, runs in
            OutcomeCount(
                day: self == .byDay ? Instant(microseconds: key.day * 86_400_000_000) : nil,
                task: key.task,
                outcome: key.outcome,
                lateness: key.lateness,
                runs: runs
            )
        }
    }

    private static func isBefore(_ left: OutcomeKey, _ right: OutcomeKey) -> Bool {
        if left.day != right.day { return left.day < right.day }
        if left.task != right.task {
            guard let first = left.task, let second = right.task else { return right.task == nil }
            return first < second
        }
        if left.outcome != right.outcome { return left.outcome.place < right.outcome.place }
        return left.lateness < right.lateness
    }
}

extension Outcome {
    /// Its place in the order of `allCases`.
    package var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
