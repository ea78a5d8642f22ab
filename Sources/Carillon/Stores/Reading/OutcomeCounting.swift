public import CarillonTriggers

/// How many runs ended in one way.
public struct OutcomeCount: Hashable, Sendable {
    /// Midnight UTC at the beginning of the day; `nil` where days are put together.
    public let day: Instant?
    /// The task; `nil` where tasks are put together, and for runs whose task was not known when they ended.
    public let task: TaskName?
    /// How they ended.
    public let outcome: Outcome
    /// How late they began.
    public let lateness: Lateness
    /// How many there are.
    public let runs: Int

    /// Puts a count together.
    public init(day: Instant?, task: TaskName?, outcome: Outcome, lateness: Lateness, runs: Int) {
        self.day = day
        self.task = task
        self.outcome = outcome
        self.lateness = lateness
        self.runs = runs
    }
}

/// How counts are put together.
public enum OutcomeGrouping: Hashable, Sendable, CaseIterable {
    /// A count for each day, whatever the task.
    case byDay
    /// A count for each task, whatever the day.
    case byTask
}

/// A store that counts how runs end, in the step in which they do.
///
/// A run counts on the UTC day of its end, for its task, outcome and lateness, once: when it is written as ended, be it by a
/// commit, with the removal of its job, or brought from another store. What is pruned stays counted, and counts are never
/// pruned: there are as many as days, tasks and ways to end, whatever the number of runs. There are none for each job.
public protocol OutcomeCounting: Sendable {
    /// Counts from the day of a time through the day of another one, in the order of days, tasks, outcomes and lateness.
    ///
    /// - Parameter task: Only runs of this task.
    func outcomeCounts(
        from first: Instant, through last: Instant, task: TaskName?, grouping: OutcomeGrouping
    ) async throws(CarillonError) -> [OutcomeCount]
}

/// What runs are counted by.
package struct OutcomeKey: Hashable, Sendable {
    /// Days since 1970-01-01, in UTC.
    package var day: Int64
    /// The task, where it is known.
    package var task: TaskName?
    /// How they ended.
    package let outcome: Outcome
    /// How late they began.
    package let lateness: Lateness

    /// Puts a key together.
    package init(day: Int64, task: TaskName?, outcome: Outcome, lateness: Lateness) {
        self.day = day
        self.task = task
        self.outcome = outcome
        self.lateness = lateness
    }

    /// The key of a run that has ended; `nil` for an open one.
    package init?(_ run: Run, of task: TaskName?) {
        guard case .finished(let outcome) = run.state else { return nil }
        self.init(
            day: Self.day(of: run.finished ?? run.due), task: task, outcome: outcome, lateness: run.lateness)
    }

    /// The UTC day of a time.
    package static func day(of time: Instant) -> Int64 {
        time.microseconds.flooredQuotient(by: 86_400_000_000)
    }
}

extension OutcomeGrouping {
    /// Puts counts together, and in order.
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
