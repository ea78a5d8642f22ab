public import CarillonTriggers
import Synchronization

/// Declaring jobs before the scheduler is started. Nothing is awaited, so a `main` that is not `async` can call these.
/// Once the scheduler runs, add jobs with `addJob`.
///
/// `removeJob` takes a declared job back before the start. A second declaration of the same id is refused by the start,
/// unless its `ifExists` is `.replace`, which puts it in place of the first, or `.keep`, which leaves the first.
extension Scheduler {
    /// Declares a job that runs a registered task; `start` adds it to its store. Without a trigger it runs once, at
    /// once.
    ///
    ///     let scheduler = BlockingScheduler()
    ///     try scheduler.declareJob(id: "nightly", task: "backup", trigger: .cron(hour: 2))
    ///     try scheduler.start()
    ///
    /// - Returns: The job's id; if none was given, one made as by `addJob`.
    /// - Throws: `CarillonError`: `wrongState` once the scheduler has been started; `invalidArguments`, `invalidName`,
    ///   `invalidPolicy`. Errors that only the store can find are thrown by `start`: `jobExists`, `taskNotFound`,
    ///   `aliasNotFound`. An encoder's error if the arguments do not encode.
    @discardableResult
    public func declareJob(
        id: JobID? = nil,
        task: String,
        arguments: some Encodable & Sendable = NoArguments(),
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions()
    ) throws -> JobID {
        try keep(try pending(id, TaskName(task), RegisteredTask.json(arguments), trigger, options))
    }

    /// Declares a job that runs a blocking function; `start` adds it to its store.
    ///
    ///     try scheduler.declareJob(id: "tick", trigger: .interval(seconds: 1)) { print("tick") }
    ///
    /// - Throws: `CarillonError`: `wrongState` once the scheduler has been started; `invalidPolicy`.
    @discardableResult
    public func declareJob(
        id: JobID? = nil,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () throws -> Void
    ) throws(CarillonError) -> JobID {
        try keep(try pending(id, trigger, options) { .blocking(functionOf: $0) { _ in try body() } })
    }

    /// Declares a job that runs an `async` function; `start` adds it to its store.
    @discardableResult
    public func declareJob(
        id: JobID? = nil,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () async throws -> Void
    ) throws(CarillonError) -> JobID {
        try keep(try pending(id, trigger, options) { .async(functionOf: $0) { _ in try await body() } })
    }

    /// Declares a job that runs a blocking function, which receives the context of its run.
    @discardableResult
    public func declareJob(
        id: JobID? = nil,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable (TaskContext) throws -> Void
    ) throws(CarillonError) -> JobID {
        try keep(try pending(id, trigger, options) { .blocking(functionOf: $0, body) })
    }

    /// Declares a job that runs an `async` function, which receives the context of its run.
    @discardableResult
    public func declareJob(
        id: JobID? = nil,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable (TaskContext) async throws -> Void
    ) throws(CarillonError) -> JobID {
        try keep(try pending(id, trigger, options) { .async(functionOf: $0, body) })
    }

    private func keep(_ job: PendingJob) throws(CarillonError) -> JobID {
        if isRunning {
            throw CarillonError(
                .wrongState,
                "the scheduler has been started, and jobs are declared before; add job '\(job.id)' with "
                    + "'try await addJob', from an async function"
            )
        }
        // A missing task may still be registered before the start, which checks it.
        try engine.checkArguments(of: job.definition)
        engine.pending.withLock { jobs in
            // An earlier declaration of the id counts as the job that exists; the start refuses two for `fail`.
            guard job.ifExists != .fail, let index = jobs.firstIndex(where: { $0.id == job.id }) else {
                return jobs.append(job)
            }
            if job.ifExists == .replace { jobs[index] = job }
        }
        return job.id
    }
}
