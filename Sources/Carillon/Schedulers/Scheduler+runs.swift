public import CarillonTriggers

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Looking at runs, and ending or repeating them. Every call throws `CarillonError`: `jobNotFound`, `runNotFound`, or as
/// the store does.
extension Scheduler {
    /// A run, with its result and log.
    ///
    ///     let id = try await scheduler.runJob("report")
    ///     let run = try await scheduler.run(id)
    ///     print(run.outcome.map { "\($0)" } ?? "not ended yet")
    ///
    /// - Throws: `CarillonError` with `runNotFound` where no store has it: there was none, or history is kept no longer.
    public func run(_ id: Run.ID) async throws(CarillonError) -> Run { try await engine.run(id) }

    /// The latest runs of a job, the latest scheduled first.
    public func runs(of job: JobID, limit: Int = 50) async throws(CarillonError) -> [Run] {
        try await engine.runs(of: job, limit: limit)
    }

    /// A page of runs of all jobs, the latest scheduled first. The next page begins behind the last run of this one:
    ///
    ///     var page = Page<Run.ID>(limit: 100)
    ///     repeat {
    ///         let runs = try await scheduler.runs(RunFilter(job: "report", state: .finished(.failed)), page: page)
    ///         for run in runs { print(run) }
    ///         page.after = runs.count < page.limit ? nil : runs.last?.id
    ///     } while page.after != nil
    ///
    /// - Parameters:
    ///   - filter: Which runs are shown.
    ///   - store: The alias of the store; all stores where none is given.
    ///   - page: Which part of them.
    /// - Throws: `CarillonError` with `aliasNotFound`; or as the store does.
    public func runs(
        _ filter: RunFilter,
        in store: String? = nil,
        page: Page<Run.ID> = Page()
    ) async throws(CarillonError) -> [Run] {
        try await engine.runs(filter, in: store, page: page)
    }

    /// A page of ended runs of all jobs, by task, node, outcome, lateness or kind of error. Each comes without its
    /// arguments, result and log, which `run(_:)` has.
    ///
    /// - Parameters:
    ///   - search: Which runs are found, and in which order.
    ///   - store: The alias of the store; all stores where none is given.
    ///   - page: Which part of them; the next page begins behind the last run of this one.
    /// - Throws: `CarillonError` with `aliasNotFound`; `unsupported` where a store cannot search; or as the store does.
    public func endedRuns(
        _ search: RunSearch,
        in store: String? = nil,
        page: Page<Run.ID> = Page()
    ) async throws(CarillonError) -> [Run] {
        try await engine.endedRuns(search, in: store, page: page)
    }

    /// Asks a run to end, whichever node it runs on; false where it has ended.
    @discardableResult
    public func cancelRun(_ run: Run.ID) async throws(CarillonError) -> Bool { try await engine.cancel(run) }

    /// Tries a run that has ended once more.
    ///
    /// - Returns: The new attempt; `nil` where an attempt at its occurrence is open.
    @discardableResult
    public func retryRun(_ run: Run.ID) async throws(CarillonError) -> Run.ID? { try await engine.retry(run) }

    /// Why a job ran at a time of its trigger, or did not.
    public func why(_ job: JobID, at scheduled: Instant) async throws(CarillonError) -> OccurrenceExplanation {
        try await engine.why(job, at: scheduled)
    }

    /// Why a job ran at a time of its trigger, or did not; see the form that takes an instant.
    public func why(_ job: JobID, at scheduled: Date) async throws(CarillonError) -> OccurrenceExplanation {
        try await why(job, at: Instant(scheduled))
    }
}
