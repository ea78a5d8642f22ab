public import CarillonTriggers

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Running what was not run, or running it again.
extension Scheduler {
    /// Runs a job once for each time that its trigger names in a past range, both ends included: a day that a machine
    /// was down, or a month whose data were corrected.
    ///
    /// The runs are of the kind `backfill`, and their `scheduled` time is that of the trigger. They wait like others of
    /// the job: as many are at work as `maxInstances` says, the earliest first, and while some wait, what falls due is
    /// at the job's limit. A job has at most `JobPolicies.backfillLimit` (1,000) of them at a time. A range that is
    /// asked for twice runs twice, whatever became of its times before. A paused job has them wait until it is resumed.
    /// An interval names no time before its start, which is when it was added where none was given.
    ///
    /// - Returns: The runs, in the order of their times; none where the trigger names no time in the range.
    /// - Throws: `CarillonError` with `jobNotFound`; `invalidRange` where the range ends before it begins or in the
    ///   future, or where there are too many times in it; or as the store does.
    @discardableResult
    public func backfillJob(
        _ id: JobID,
        from first: Instant,
        through last: Instant
    ) async throws(CarillonError) -> [Run.ID] {
        try await engine.backfill(id, from: first, through: last)
    }

    /// Runs a job once for each time that its trigger names in a past range; see the form that takes instants.
    @discardableResult
    public func backfillJob(
        _ id: JobID,
        from first: Date,
        through last: Date
    ) async throws(CarillonError) -> [Run.ID] {
        try await backfillJob(id, from: Instant(first), through: Instant(last))
    }
}
