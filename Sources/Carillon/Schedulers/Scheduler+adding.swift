public import CarillonTriggers
import Foundation
import Synchronization

/// Adding jobs. Every form comes twice: without `async` for use before the scheduler is started, when the job is kept
/// until then, and with `async` at any time.
extension Scheduler {
    /// Adds a job that runs a registered task. Without a trigger it runs once, at once.
    ///
    /// - Throws: `CarillonError`: `jobExists` where the id is taken, `invalidArguments` where they do not decode as what
    ///   the task takes, `aliasNotFound`, `invalidName`, `invalidPolicy`; or as the store does.
    @discardableResult
    public func addJob(
        id: String,
        task: String,
        arguments: some Encodable & Sendable = NoArguments(),
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions()
    ) async throws -> Job {
        try await engine.add(try pending(id, task, RegisteredTask.json(arguments), trigger, options))
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
        try keep(try pending(id, task, RegisteredTask.json(arguments), trigger, options))
    }

    /// Adds a job that runs a function that blocks. The function is registered as a task under the job's id: a job that
    /// a store has kept is run again once the same id is added anew.
    @discardableResult
    public func addJob(
        id: String,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () throws -> Void
    ) async throws -> Job {
        let job = try pending(id, id, JobDefinition.noArguments, trigger, options)
        try register(id) { (_: TaskContext) in try body() }
        return try await engine.add(job)
    }

    /// Adds a job that runs a function that suspends; see the form for one that blocks.
    @discardableResult
    public func addJob(
        id: String,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws -> Job {
        let job = try pending(id, id, JobDefinition.noArguments, trigger, options)
        try register(id) { (_: TaskContext) in try await body() }
        return try await engine.add(job)
    }

    /// Adds a job that runs a function that blocks, before the scheduler is started.
    public func addJob(
        id: String,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () throws -> Void
    ) throws {
        let job = try pending(id, id, JobDefinition.noArguments, trigger, options)
        try register(id) { (_: TaskContext) in try body() }
        try keep(job)
    }

    /// Adds a job that runs a function that suspends, before the scheduler is started.
    public func addJob(
        id: String,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () async throws -> Void
    ) throws {
        let job = try pending(id, id, JobDefinition.noArguments, trigger, options)
        try register(id) { (_: TaskContext) in try await body() }
        try keep(job)
    }

    private func pending(
        _ id: String,
        _ task: String,
        _ arguments: [UInt8],
        _ trigger: Trigger?,
        _ options: JobOptions
    ) throws(CarillonError) -> PendingJob {
        let definition = JobDefinition(
            task: try TaskName(task),
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
        if let task = engine.registry[job.definition.task] {
            try task.check(job.definition.arguments, of: job.definition, engine.options.environment)
        }
        engine.pending.withLock { $0.append(job) }
    }
}
