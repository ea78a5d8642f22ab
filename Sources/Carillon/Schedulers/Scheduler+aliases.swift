/// Adding and removing job stores and executors, while the scheduler runs or before.
extension Scheduler {
    /// Adds a job store under an alias; its jobs fire from now on where the scheduler runs. All ids in it are looked up
    /// in the other stores, since an id is that of one job.
    ///
    /// - Throws: `CarillonError` with `aliasTaken`; `jobExists` where another store has a job of the same id; or as the
    ///   stores do.
    public func addStore(_ store: any JobStore, as alias: String) async throws(CarillonError) {
        try await engine.addStore(store, as: alias)
    }

    /// Removes a job store. Nothing of it is started any more, its runs that are at work are waited for and their ends
    /// written, and other stores go on meanwhile. What the store holds stays in it.
    ///
    /// Any store but the last may be removed, `default` too: what is added without naming a store is refused then. Called
    /// from inside a run of that very store it returns at once, and the store leaves when the run has ended.
    ///
    /// - Parameter deadline: After so long its runs are asked to end; those that do are recovered like runs that
    ///   `shutdown` ends. What has not ended or cannot be written after as long again, 1 s at the least, is left behind:
    ///   other nodes take it over, or this one does when the store is added again by a later process.
    /// - Throws: `CarillonError` with `aliasNotFound`, or `wrongState` where it is the only one.
    public func removeStore(_ alias: String, deadline: Duration? = nil) async throws(CarillonError) {
        try await engine.removeStore(alias, deadline: deadline)
    }

    /// Adds an executor under an alias. Runs that have waited for one of that name are taken at once.
    ///
    /// - Throws: `CarillonError` with `aliasTaken`.
    public func addExecutor(_ executor: any JobExecutor, as alias: String) async throws(CarillonError) {
        try await engine.addExecutor(executor, as: alias)
    }

    /// Removes an executor: nothing is taken for it any more, and this returns when its runs have ended and it has let go
    /// of its threads. Called from inside one of its runs it returns at once, and the executor leaves later.
    ///
    /// Any executor may be removed. Jobs that name it go on firing; their runs wait, also for another node, until one is
    /// added under the alias, and what falls due meanwhile is at the limit of its job.
    ///
    /// - Throws: `CarillonError` with `aliasNotFound`.
    public func removeExecutor(_ alias: String) async throws(CarillonError) {
        try await engine.removeExecutor(alias)
    }
}
