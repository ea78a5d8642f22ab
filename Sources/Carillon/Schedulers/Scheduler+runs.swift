public import CarillonTriggers

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Reading runs, and cancelling or repeating them. Every call throws `CarillonError`: `jobNotFound`, `runNotFound`, or
/// the store's error.
extension Scheduler {
    /// Returns a run, with its result and log.
    ///
    ///     let id = try await scheduler.runJob("report")
    ///     let run = try await scheduler.run(id)
    ///     print(run.outcome.map { "\($0)" } ?? "not ended yet")
    ///
    /// - Throws: `CarillonError` with `runNotFound` if no store has it: it never existed, or has been pruned.
    public func run(_ id: Run.ID) async throws(CarillonError) -> Run { try await engine.run(id) }

    /// Returns the latest runs of a job, the latest scheduled first.
    public func runs(of job: JobID, limit: Int = 50) async throws(CarillonError) -> [Run] {
        try await engine.runs(of: job, limit: limit)
    }

    /// Returns a page of runs of all jobs, the latest scheduled first. The next page begins after the last run of this
    /// one:
    ///
    ///     var page = Page<Run.ID>(limit: 100)
    ///     repeat {
    ///         let runs = try await scheduler.runs(RunFilter(job: "report", state: .finished(.failed)), page: page)
    ///         for run in runs { print(run) }
    ///         page.after = runs.count < page.limit ? nil : runs.last?.id
    ///     } while page.after != nil
    ///
    /// - Parameters:
    ///   - filter: Which runs to return.
    ///   - store: The alias of the store; all stores if `nil`.
    ///   - page: Which part of them.
    /// - Throws: `CarillonError` with `aliasNotFound`; or the store's error.
    public func runs(
        _ filter: RunFilter,
        in store: String? = nil,
        page: Page<Run.ID> = Page()
    ) async throws(CarillonError) -> [Run] {
        try await engine.runs(filter, in: store, page: page)
    }

    /// Returns a page of ended runs of all jobs, by task, node, outcome, lateness or kind of error.
    ///
    /// They come without arguments, result and log, which `run(_:)` returns.
    ///
    /// - Parameters:
    ///   - search: Which runs to find, and in which order.
    ///   - store: The alias of the store; all stores if `nil`.
    ///   - page: Which part of them; the next page begins after the last run of this one.
    /// - Throws: `CarillonError` with `aliasNotFound`; `unsupported` if a store cannot search; or the store's error.
    public func endedRuns(
        _ search: RunSearch,
        in store: String? = nil,
        page: Page<Run.ID> = Page()
    ) async throws(CarillonError) -> [Run] {
        try await engine.endedRuns(search, in: store, page: page)
    }

    /// Asks a run to end, on whichever node it runs.
    ///
    /// - Returns: `false` if the run has ended.
    @discardableResult
    public func cancelRun(_ run: Run.ID) async throws(CarillonError) -> Bool { try await engine.cancel(run) }

    /// Tries an ended run once more.
    ///
    /// - Returns: The new attempt; `nil` if an attempt at its occurrence is open.
    @discardableResult
    public func retryRun(_ run: Run.ID) async throws(CarillonError) -> Run.ID? { try await engine.retry(run) }

    /// Explains why a job ran at a time of its trigger, or did not.
    public func why(_ job: JobID, at scheduled: Instant) async throws(CarillonError) -> OccurrenceExplanation {
        try await engine.why(job, at: scheduled)
    }

    /// Explains why a job ran at a time of its trigger, or did not; see the form that takes an instant.
    public func why(_ job: JobID, at scheduled: Date) async throws(CarillonError) -> OccurrenceExplanation {
        try await why(job, at: Instant(scheduled))
    }
}
