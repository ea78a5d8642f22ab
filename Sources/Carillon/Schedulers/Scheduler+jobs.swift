public import CarillonTriggers

/// Changing and listing jobs. Every call throws `CarillonError`: `jobNotFound`, `invalidName` where a text is no id, or
/// as the store does.
extension Scheduler {
    /// A job.
    public func job(_ id: String) async throws(CarillonError) -> ListedJob {
        let (store, job) = try await engine.job(try JobID(id))
        return ListedJob(job: job, store: store, parked: engine.reasonToPark(job))
    }

    /// All jobs, by store and id.
    public func jobs(in store: String? = nil, _ filter: JobFilter = JobFilter()) async throws(CarillonError)
        -> [ListedJob]
    {
        try await engine.jobs(in: store, filter).map {
            ListedJob(job: $0.job, store: $0.store, parked: engine.reasonToPark($0.job))
        }
    }

    /// All jobs that cannot be read, by store and id. They are in no other listing, and stay as they are until somebody
    /// mends them in the store or removes them.
    public func unreadableJobs(in store: String? = nil) async throws(CarillonError) -> [UnreadableJob] {
        try await engine.unreadableJobs(in: store)
    }

    /// Prints all jobs, one a line, with their triggers and next times; those that cannot be read last.
    public func printJobs(in store: String? = nil) async throws(CarillonError) {
        for listed in try await jobs(in: store) { print(listed) }
        for unreadable in try await unreadableJobs(in: store) { print(unreadable) }
    }

    /// Changes what is said of a job: `try await scheduler.modifyJob("report") { $0.tags = ["daily"] }`. A trigger that
    /// stays the same keeps its phase.
    ///
    /// - Throws: `CarillonError`: `jobNotFound`; for what is changed, as `addJob` does: `taskNotFound`,
    ///   `invalidArguments`, `aliasNotFound`, `invalidPolicy`; or as the store does.
    public func modifyJob(
        _ id: String,
        _ change: @escaping @Sendable (inout JobDefinition) -> Void
    ) async throws(CarillonError) {
        try await engine.modify(try JobID(id), change)
    }

    /// Gives a job another trigger, which begins now.
    public func rescheduleJob(_ id: String, trigger: Trigger) async throws(CarillonError) {
        try await modifyJob(id) { $0.trigger = trigger }
    }

    /// Has a job fire nothing until it is resumed; false where it is paused or has ended already.
    @discardableResult
    public func pauseJob(_ id: String) async throws(CarillonError) -> Bool {
        let id = try JobID(id)
        return try await engine.edit(id, event: { .jobPaused(id, store: $0) }, { $0.paused(at: $1) })
    }

    /// Has a job fire again from the next future time on; false where it is not paused.
    @discardableResult
    public func resumeJob(_ id: String) async throws(CarillonError) -> Bool {
        let id = try JobID(id)
        let edit: Engine.Edit = { (snapshot, now) throws(CarillonError) in snapshot.resumed(at: now) }
        return try await engine.edit(id, event: { .jobResumed(id, store: $0) }, rechecks: true, edit)
    }

    /// Removes a job. Its runs that are at work go on.
    public func removeJob(_ id: String) async throws(CarillonError) { try await engine.remove(try JobID(id)) }

    /// Removes all jobs of a store, or of all stores.
    public func removeAllJobs(from store: String? = nil) async throws(CarillonError) {
        try await engine.removeAll(from: store)
    }

    /// Runs a job once more, as soon as may be. Where it has as many runs as it may, the run waits for them.
    public func runJob(_ id: String) async throws(CarillonError) {
        try await engine.runNow(try JobID(id))
    }

    // MARK: Runs

    /// The latest runs of a job, the latest scheduled first.
    public func runs(of job: String, limit: Int = 50) async throws(CarillonError) -> [Run] {
        try await engine.runs(of: try JobID(job), limit: limit)
    }

    /// Asks a run to end, whichever node it runs on; false where it has ended.
    @discardableResult
    public func cancelRun(_ run: Run.ID) async throws(CarillonError) -> Bool { try await engine.cancel(run) }

    /// Tries a run that has ended once more; false where an attempt at its occurrence is open.
    @discardableResult
    public func retryRun(_ run: Run.ID) async throws(CarillonError) -> Bool { try await engine.retry(run) }

    /// Why a job ran at a time of its trigger, or did not.
    public func why(_ job: String, at scheduled: Instant) async throws(CarillonError) -> OccurrenceExplanation {
        try await engine.why(try JobID(job), at: scheduled)
    }
}

extension Engine {
    /// Why this node cannot run a job; nothing where it can.
    nonisolated func reasonToPark(_ job: Job) -> String? {
        guard let task = registry[job.definition.task] else {
            let task = job.definition.task
            if task.isOfFunction { return "its function is not here; add the job with it anew" }
            let hint = nearest(to: task.description, among: registry.registered.map(\.description))
            return "no task '\(task)' is registered" + (hint.map { "; did you mean '\($0)'?" } ?? "")
        }
        do throws(CarillonError) {
            try task.check(job.definition.arguments, of: job.definition, options.environment)
            return nil
        } catch {
            return error.reason
        }
    }
}
