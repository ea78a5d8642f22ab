public import CarillonTriggers

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Running past occurrences that were not run, or running them again.
extension Scheduler {
    /// Runs a job once for each time of its trigger in a past range, both ends included: a day that a machine was down,
    /// or a month whose data were corrected.
    ///
    /// The runs are of the kind `backfill`, and their `scheduled` time is the trigger's. They wait like other runs of
    /// the job: `maxInstances` of them run at a time, the earliest first, and while some wait, new occurrences meet the
    /// job's limit. A job has at most `JobPolicies.backfillLimit` (1,000) of them at a time. A range that is requested
    /// twice runs twice, whatever the outcomes of its earlier runs. If the job is paused, they wait until it is
    /// resumed. An interval has no times before its start, which is when it was added if none was given.
    ///
    /// - Returns: The runs, in the order of their times; empty if the trigger has no time in the range.
    /// - Throws: `CarillonError` with `jobNotFound`; `invalidRange` if the range ends before it begins or in the
    ///   future, or contains too many times; or the store's error.
    @discardableResult
    public func backfillJob(
        _ id: JobID,
        from first: Instant,
        through last: Instant
    ) async throws(CarillonError) -> [Run.ID] {
        try await engine.backfill(id, from: first, through: last)
    }

    /// Runs a job once for each time of its trigger in a past range; see the form that takes instants.
    @discardableResult
    public func backfillJob(
        _ id: JobID,
        from first: Date,
        through last: Date
    ) async throws(CarillonError) -> [Run.ID] {
        try await backfillJob(id, from: Instant(first), through: Instant(last))
    }
}
