public import CarillonTriggers
import Foundation
import Synchronization

/// Adding jobs. Every form comes twice: without `async` for use before the scheduler is started, when the job is kept
/// until then, and with `async` at any time.
extension Scheduler {
    /// Adds a job that runs a registered task. Without a trigger it runs once, at once.
    ///
    /// A task that is not registered is refused where the store is this process's alone, since nobody else could run it.
    /// Where others share the store they may have the task: the job is added, and waits for one of them. A warning is
    /// logged if no live node has it.
    ///
    /// - Throws: `CarillonError`: `jobExists` where the id is taken, `taskNotFound`, `invalidArguments` where they do not
    ///   decode as what the task takes, `aliasNotFound`, `invalidName`, `invalidPolicy`; or as the store does.
    @discardableResult
    public func addJob(
        id: String,
        task: String,
        arguments: some Encodable & Sendable = NoArguments(),
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions()
    ) async throws -> Job {
        try await engine.add(try pending(id, TaskName(task), RegisteredTask.json(arguments), trigger, options))
    }

    /// Adds a job before the scheduler is started; see the form with `async`.
    ///
    /// - Throws: `CarillonError` as that does, with `wrongState` once the scheduler has been started. What only the store
    ///   can tell, `start` throws.
    public func addJob(
        id: String,
        task: String,
        arguments: some Encodable & Sendable = NoArguments(),
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions()
    ) throws {
        try keep(try pending(id, TaskName(task), RegisteredTask.json(arguments), trigger, options))
    }

    /// Adds a job that runs a function that blocks.
    ///
    /// The function belongs to the job alone, and is released with it: once the job is removed, and its last run has
    /// ended. A store cannot keep it: a job that is still there after a restart runs again once the same id is added
    /// anew, with `ifExists` of `.keep` or `.replace`. The job's task is named `closure:` and its id.
    @discardableResult
    public func addJob(
        id: String,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () throws -> Void
    ) async throws -> Job {
        try await engine.add(try pending(id, .blocking(functionOf: JobID(id), body), trigger, options))
    }

    /// Adds a job that runs a function that suspends; see the form for one that blocks.
    @discardableResult
    public func addJob(
        id: String,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws -> Job {
        try await engine.add(try pending(id, .async(functionOf: JobID(id), body), trigger, options))
    }

    /// Adds a job that runs a function that blocks, before the scheduler is started.
    public func addJob(
        id: String,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () throws -> Void
    ) throws {
        try keep(try pending(id, .blocking(functionOf: JobID(id), body), trigger, options))
    }

    /// Adds a job that runs a function that suspends, before the scheduler is started.
    public func addJob(
        id: String,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () async throws -> Void
    ) throws {
        try keep(try pending(id, .async(functionOf: JobID(id), body), trigger, options))
    }

    private func pending(
        _ id: String,
        _ function: RegisteredTask,
        _ trigger: Trigger?,
        _ options: JobOptions
    ) throws(CarillonError) -> PendingJob {
        var job = try pending(id, function.name, JobDefinition.noArguments, trigger, options)
        job.function = function
        return job
    }

    private func pending(
        _ id: String,
        _ task: TaskName,
        _ arguments: [UInt8],
        _ trigger: Trigger?,
        _ options: JobOptions
    ) throws(CarillonError) -> PendingJob {
        let definition = JobDefinition(
            task: task,
            arguments: arguments,
            trigger: trigger ?? .date(engine.clock.now.date),
            policies: options.policies ?? engine.options.policies,
            tags: options.tags,
            executor: options.executor
        )
        try definition.policies.validate()
        return PendingJob(
            id: try JobID(id),
            definition: definition,
            store: options.store,
            ifExists: options.ifExists,
            isPaused: options.isPaused
        )
    }

    private func keep(_ job: PendingJob) throws(CarillonError) {
        if isRunning {
            throw CarillonError(
                .wrongState,
                "the scheduler runs; add job '\(job.id)' with 'try await', from an async function"
            )
        }
        // A task that is missing may be registered until the start, which looks for it.
        try engine.checkArguments(of: job.definition)
        engine.pending.withLock { $0.append(job) }
    }
}
