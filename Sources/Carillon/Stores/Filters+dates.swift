import CarillonTriggers

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Filters with ranges of dates; see the forms that take instants. A filter that exists gets one by
/// `filter.scheduled = ClosedRange(from...to)`.
extension RunFilter {
    /// Creates a filter that matches the runs scheduled in a range, with the given values.
    public init(
        job: JobID? = nil,
        state: State? = nil,
        node: NodeID? = nil,
        kind: Occurrence.Kind? = nil,
        scheduled: ClosedRange<Date>
    ) {
        self.init(job: job, state: state, node: node, kind: kind, scheduled: ClosedRange<Instant>(scheduled))
    }
}

extension RunSearch {
    /// Creates a search for the ended runs scheduled in a range, with the given values.
    public init(
        job: JobID? = nil,
        task: TaskName? = nil,
        node: NodeID? = nil,
        outcomes: Set<Outcome> = Set(Outcome.allCases),
        lateness: Lateness = .onTime,
        error: ErrorFingerprint? = nil,
        scheduled: ClosedRange<Date>,
        order: Order = .newestFirst
    ) {
        self.init(
            job: job, task: task, node: node, outcomes: outcomes, lateness: lateness, error: error,
            scheduled: ClosedRange<Instant>(scheduled), order: order)
    }
}

extension JobFilter {
    /// Creates a filter that matches the jobs whose next occurrence is due in a range, with the given values.
    public init(
        state: State? = nil,
        tasks: Set<TaskName>? = nil,
        exceptTasks: Set<TaskName> = [],
        tag: String? = nil,
        text: String? = nil,
        due: ClosedRange<Date>,
        origin: String? = nil
    ) {
        self.init(
            state: state, tasks: tasks, exceptTasks: exceptTasks, tag: tag, text: text,
            due: ClosedRange<Instant>(due), origin: origin)
    }
}

extension OutcomeCounting {
    /// Returns the counts from the day of one date through the day of another; see the form that takes instants.
    public func outcomeCounts(
        from first: Date, through last: Date, task: TaskName?, grouping: OutcomeGrouping
    ) async throws(CarillonError) -> [OutcomeCount] {
        try await outcomeCounts(from: Instant(first), through: Instant(last), task: task, grouping: grouping)
    }
}
