public import CarillonTriggers
import Synchronization

/// Changing and listing jobs. Every call throws `CarillonError`: `jobNotFound`, or as the store does.
extension Scheduler {
    /// A job.
    public func job(_ id: JobID) async throws(CarillonError) -> ListedJob {
        let (store, job) = try await engine.job(id)
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
    /// - Parameter change: Is called once more where somebody else has changed the job meanwhile.
    /// - Throws: `CarillonError`: `jobNotFound`; for what is changed, as `addJob` does: `taskNotFound`,
    ///   `invalidArguments`, `aliasNotFound`, `invalidPolicy`; or as the store does.
    public func modifyJob(
        _ id: JobID,
        _ change: @escaping @Sendable (inout JobDefinition) -> Void
    ) async throws(CarillonError) {
        try await engine.modify(id) { (definition) throws(CarillonError) in change(&definition) }
    }

    /// Changes what is said of a job, unless the change throws: then nothing is changed.
    ///
    ///     try await scheduler.modifyJob("report") { $0.trigger = try .crontab(text) }
    ///
    /// - Parameter change: Is called once more where somebody else has changed the job meanwhile.
    /// - Throws: What the change throws; otherwise as the form whose change does not throw.
    public func modifyJob(
        _ id: JobID,
        _ change: @escaping @Sendable (inout JobDefinition) throws -> Void
    ) async throws {
        let thrown = Mutex<(any Error)?>(nil)
        do throws(CarillonError) {
            try await engine.modify(id) { (definition) throws(CarillonError) in
                do {
                    try change(&definition)
                } catch {
                    thrown.withLock { $0 = error }
                    throw CarillonError(.jobChanged, "the change was given up")
                }
            }
        } catch {
            throw thrown.withLock { $0 } ?? error
        }
    }

    /// Gives a job another trigger, which begins now.
    public func rescheduleJob(_ id: JobID, trigger: Trigger) async throws(CarillonError) {
        try await modifyJob(id) { $0.trigger = trigger }
    }

    /// Has a job fire nothing until it is resumed; false where it is paused or has ended already.
    @discardableResult
    public func pauseJob(_ id: JobID) async throws(CarillonError) -> Bool {
        try await engine.edit(id, event: { .jobPaused(id, store: $0) }, { $0.paused(at: $1) })
    }

    /// Has a job fire again from the next future time on; false where it is not paused.
    @discardableResult
    public func resumeJob(_ id: JobID) async throws(CarillonError) -> Bool {
        let edit: Engine.Edit = { (snapshot, now) throws(CarillonError) in snapshot.resumed(at: now) }
        return try await engine.edit(id, event: { .jobResumed(id, store: $0) }, rechecks: true, edit)
    }

    /// Removes a job. Its runs that are at work go on.
    public func removeJob(_ id: JobID) async throws(CarillonError) { try await engine.remove(id) }

    /// Removes all jobs of a store, or of all stores.
    public func removeAllJobs(from store: String? = nil) async throws(CarillonError) {
        try await engine.removeAll(from: store)
    }

    /// Runs a job once more, as soon as may be. Where it has as many runs as it may, the run waits for them.
    ///
    /// - Returns: The run, which `run(_:)` shows and `cancelRun(_:)` ends.
    @discardableResult
    public func runJob(_ id: JobID) async throws(CarillonError) -> Run.ID { try await engine.runNow(id) }
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
