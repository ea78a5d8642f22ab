/// The jobs that an import added, replaced or kept, each in the order of the text.
public struct ImportedJobs: Hashable, Sendable {
    /// The jobs whose ids were free.
    public let added: [JobID]
    /// The existing jobs that were given another definition.
    public let replaced: [JobID]
    /// The existing jobs that were left as they were.
    public let kept: [JobID]
}

/// Exporting jobs as JSON, and importing them.
extension Scheduler {
    /// Returns all jobs of a store, or of all stores, as JSON that `importJobs` reads; see `JobExport`.
    ///
    /// Paused jobs are exported as paused, and intervals keep their phase. Runs and history are not exported.
    ///
    /// - Parameters:
    ///   - store: The alias of the store; all stores if `nil`.
    ///   - leavingOutUnreadable: Whether a job that cannot be read is left out instead of being an error.
    /// - Throws: `CarillonError` with `aliasNotFound`; `jobUnreadable`; `invalidExport` if arguments are not JSON; or
    ///   the store's error.
    public func exportJobs(
        from store: String? = nil,
        leavingOutUnreadable: Bool = false
    ) async throws(CarillonError) -> String {
        let export = try await engine.export(from: store, leavingOutUnreadable: leavingOutUnreadable)
        return String(decoding: try export.json(), as: UTF8.self)
    }

    /// Adds jobs from JSON in the form of `JobExport`, before or after the scheduler is started.
    ///
    /// If anything is wrong with one of them, none is added. A recurring trigger continues from now, an interval in its
    /// phase; a date that has passed and had not run when it was exported runs late.
    ///
    /// - Parameters:
    ///   - json: The text.
    ///   - ifExists: What to do if a job's id is taken in the same store. `replace` gives the existing job the
    ///     definition and keeps its state. An id that another store has is always refused.
    ///   - store: The alias of the store for all of them; if `nil`, each goes to the store that it names.
    /// - Returns: What was done with each job.
    /// - Throws: `CarillonError` with `invalidExport`, `aliasNotFound`, `invalidArguments` or `jobExists`, naming the
    ///   job and key; or a store's error. After a store's error some jobs may have been added: import again with
    ///   `.keep`.
    @discardableResult
    public func importJobs(
        _ json: String,
        ifExists: IfExists = .fail,
        into store: String? = nil
    ) async throws(CarillonError) -> ImportedJobs {
        try await engine.importJobs(JobExport(json: Array(json.utf8)), ifExists: ifExists, into: store)
    }
}
