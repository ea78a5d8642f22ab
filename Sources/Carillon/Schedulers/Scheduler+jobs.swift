public import CarillonTriggers
import Synchronization

/// Changing and listing jobs. Every call throws `CarillonError`: `jobNotFound`, or the store's error.
extension Scheduler {
    /// Returns a job.
    public func job(_ id: JobID) async throws(CarillonError) -> ListedJob {
        let (store, job) = try await engine.job(id)
        return ListedJob(job: job, store: store, parked: engine.reasonToPark(job))
    }

    /// Returns all jobs that match a filter, by store and id.
    public func jobs(in store: String? = nil, _ filter: JobFilter = JobFilter()) async throws(CarillonError)
        -> [ListedJob]
    {
        try await engine.jobs(in: store, filter).map {
            ListedJob(job: $0.job, store: $0.store, parked: engine.reasonToPark($0.job))
        }
    }

    /// Returns all jobs that cannot be read, by store and id.
    ///
    /// No other listing contains them. They stay as they are until a user repairs them in the store or removes them.
    public func unreadableJobs(in store: String? = nil) async throws(CarillonError) -> [UnreadableJob] {
        try await engine.unreadableJobs(in: store)
    }

    /// Prints all jobs, one a line, with their triggers and next times, and then those that cannot be read.
    public func printJobs(in store: String? = nil) async throws(CarillonError) {
        for listed in try await jobs(in: store) { print(listed) }
        for unreadable in try await unreadableJobs(in: store) { print(unreadable) }
    }

    /// Changes a job's definition: `try await scheduler.modifyJob("report") { $0.tags = ["daily"] }`.
    ///
    /// A trigger that stays the same keeps its phase.
    ///
    /// - Parameter change: Changes the definition. Called again if the job was changed concurrently.
    /// - Throws: `CarillonError`: `jobNotFound`; for what is changed, as `addJob` does: `taskNotFound`,
    ///   `invalidArguments`, `aliasNotFound`, `invalidPolicy`; or the store's error.
    public func modifyJob(
        _ id: JobID,
        _ change: @escaping @Sendable (inout JobDefinition) -> Void
    ) async throws(CarillonError) {
        try await engine.modify(id) { (definition) throws(CarillonError) in change(&definition) }
    }

    /// Changes a job's definition, unless the change throws.
    ///
    ///     try await scheduler.modifyJob("report") { $0.trigger = try .crontab(text) }
    ///
    /// - Parameter change: Changes the definition. Called again if the job was changed concurrently.
    /// - Throws: The error of the change, and then nothing is changed; otherwise as the form whose change does not
    ///   throw.
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

    /// Replaces a job's trigger. The new one starts now.
    public func rescheduleJob(_ id: JobID, trigger: Trigger) async throws(CarillonError) {
        try await modifyJob(id) { $0.trigger = trigger }
    }

    /// Pauses a job: it fires nothing until it is resumed.
    ///
    /// - Returns: `false` if the job is paused already or has ended.
    @discardableResult
    public func pauseJob(_ id: JobID) async throws(CarillonError) -> Bool {
        try await engine.edit(id, event: { .jobPaused(id, store: $0) }, { $0.paused(at: $1) })
    }

    /// Resumes a job: it fires again from its next future time.
    ///
    /// - Returns: `false` if the job is not paused.
    @discardableResult
    public func resumeJob(_ id: JobID) async throws(CarillonError) -> Bool {
        let edit: Engine.Edit = { (snapshot, now) throws(CarillonError) in snapshot.resumed(at: now) }
        return try await engine.edit(id, event: { .jobResumed(id, store: $0) }, rechecks: true, edit)
    }

    /// Removes a job. Its running runs go on.
    public func removeJob(_ id: JobID) async throws(CarillonError) { try await engine.remove(id) }

    /// Removes all jobs of a store, or of all stores.
    public func removeAllJobs(from store: String? = nil) async throws(CarillonError) {
        try await engine.removeAll(from: store)
    }

    /// Runs a job once more, as soon as possible. If the job has `maxInstances` runs, it waits for them.
    ///
    /// - Returns: The id of the run, for `run(_:)` and `cancelRun(_:)`.
    @discardableResult
    public func runJob(_ id: JobID) async throws(CarillonError) -> Run.ID { try await engine.runNow(id) }
}

extension Engine {
    /// Why this node cannot run a job; `nil` if it can.
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
