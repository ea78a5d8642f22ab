/// Adding and removing job stores and executors, while the scheduler runs or before.
extension Scheduler {
    /// Adds a job store under an alias. If the scheduler runs, its jobs fire from now on.
    ///
    /// All its ids are looked up in the other stores, since an id belongs to one job.
    ///
    /// - Throws: `CarillonError` with `aliasTaken`; `jobExists` if another store has a job of the same id; or a store's
    ///   error.
    public func addStore(_ store: any JobStore, as alias: String) async throws(CarillonError) {
        try await engine.addStore(store, as: alias)
    }

    /// Removes a job store from the scheduler; its contents stay in it.
    ///
    /// Nothing of it is started any more, and its running runs are drained: this waits for them and for their ends to
    /// be written. Other stores go on meanwhile.
    ///
    /// Any store but the last may be removed, even `default`: then a job that names no store is refused. Called from
    /// inside a run of that store, it returns at once, and the store leaves when the run has ended.
    ///
    /// - Parameter deadline: The time after which its runs are asked to end; those that do are recovered like runs that
    ///   `shutdown` ends. What has not ended or cannot be written after the same time again, at least 1 s, is left
    ///   behind: other nodes take it over, or this one does when a later process adds the store again.
    /// - Throws: `CarillonError` with `aliasNotFound`, or `wrongState` if it is the only store.
    public func removeStore(_ alias: String, deadline: Duration? = nil) async throws(CarillonError) {
        try await engine.removeStore(alias, deadline: deadline)
    }

    /// Closes all job stores of the scheduler, which is not started again.
    ///
    ///     let scheduler = try await BackgroundScheduler(configuration)
    ///     …
    ///     await scheduler.shutdown()
    ///     try await scheduler.closeStores()
    ///
    /// This is for stores that nobody else holds, such as those that a configuration names. A program may use a
    /// store that it opened itself for something else, so a scheduler closes none by itself.
    ///
    /// - Throws: `CarillonError` with `wrongState` while the scheduler runs.
    public func closeStores() async throws(CarillonError) { try await engine.closeStores() }

    /// Adds an executor under an alias. Runs that wait for that alias are taken at once.
    ///
    /// - Throws: `CarillonError` with `aliasTaken`.
    public func addExecutor(_ executor: any JobExecutor, as alias: String) async throws(CarillonError) {
        try await engine.addExecutor(executor, as: alias)
    }

    /// Removes an executor: nothing more is taken for it, and this returns when its runs have ended and it has released
    /// its threads. Called from inside one of its runs, it returns at once, and the executor leaves later.
    ///
    /// Any executor may be removed. Jobs that name it go on firing; their runs wait until this or another node has an
    /// executor of that alias, and their later occurrences meet the limit of their job.
    ///
    /// - Throws: `CarillonError` with `aliasNotFound`.
    public func removeExecutor(_ alias: String) async throws(CarillonError) {
        try await engine.removeExecutor(alias)
    }
}
