/// What an import did with jobs, each in the order of the text.
public struct ImportedJobs: Hashable, Sendable {
    /// Those whose ids were free.
    public let added: [JobID]
    /// Those that were there and have another definition now.
    public let replaced: [JobID]
    /// Those that were there and stay as they were.
    public let kept: [JobID]
}

/// Jobs as JSON, to keep or to carry elsewhere.
extension Scheduler {
    /// All jobs of a store, or of all stores, as JSON that `importJobs` reads: see `JobExport`. Paused jobs are paused
    /// in it, and intervals keep their phase. Runs and the history are not exported.
    ///
    /// - Parameter leavingOutUnreadable: Whether a job that cannot be read is left out instead of being an error.
    /// - Throws: `CarillonError` with `aliasNotFound`; `jobUnreadable`; `invalidExport` where arguments are no JSON; or as
    ///   the store does.
    public func exportJobs(
        from store: String? = nil,
        leavingOutUnreadable: Bool = false
    ) async throws(CarillonError) -> String {
        let export = try await engine.export(from: store, leavingOutUnreadable: leavingOutUnreadable)
        return String(decoding: try export.json(), as: UTF8.self)
    }

    /// Adds jobs from JSON in the form of `JobExport`, before or after the scheduler is started.
    ///
    /// Nothing is added where anything is wrong with one of them. What fires by its trigger goes on from now, an interval
    /// in its phase; a date that has passed and had not been run when it was exported is run, late.
    ///
    /// - Parameters:
    ///   - json: The text.
    ///   - ifExists: What becomes of a job whose id is taken in the same store. `replace` gives the one that is there the
    ///     definition and leaves its state; an id that another store has is refused in any case.
    ///   - store: The alias of the store for all of them; for each the one that it names, where this is nothing.
    /// - Returns: What was done with each.
    /// - Throws: `CarillonError` with `invalidExport`, `aliasNotFound`, `invalidArguments` or `jobExists`, saying which
    ///   job and key; or as a store does. After an error of a store some may be there: import again with `.keep`.
    @discardableResult
    public func importJobs(
        _ json: String,
        ifExists: IfExists = .fail,
        into store: String? = nil
    ) async throws(CarillonError) -> ImportedJobs {
        try await engine.importJobs(JobExport(json: Array(json.utf8)), ifExists: ifExists, into: store)
    }
}
