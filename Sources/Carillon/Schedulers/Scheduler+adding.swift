public import CarillonTriggers
import Foundation
import Synchronization

/// Adding jobs, before the scheduler is started or while it runs. A `main` that is not `async` uses `declareJob`.
///
/// A job without an id gets one: its name, else the name of its task, else `job`, followed by `-` and 13 random letters
/// and digits, such as `report-0z4ktq6m1bs3e`. In a store that outlives the process, such a job is added again at each
/// start; give it an id, and `ifExists` of `.keep` or `.replace`.
///
/// A job that is added after a `shutdown` is kept in its store, and fires when a scheduler serves that store again.
extension Scheduler {
    /// Adds a job that runs a registered task. Without a trigger it runs once, at once.
    ///
    /// A job without a trigger, or with a date, is removed when it has ended, unless `JobPolicies.whenEnded` or
    /// `ifExists` says otherwise; its runs stay in the history.
    ///
    ///     try await scheduler.addJob(id: "nightly", task: "backup", trigger: .cron(hour: 2))
    ///
    /// If the store belongs to this process alone, a task that is not registered is refused, since no other node could
    /// run it. In a shared store the job is added, and waits for a node that has the task; a warning is logged if no
    /// live node has it.
    ///
    /// - Throws: `CarillonError`: `jobExists` if the id is taken, `taskNotFound`, `invalidArguments` if the arguments
    ///   do not decode as the type the task takes, `aliasNotFound`, `invalidName`, `invalidPolicy`; or the store's
    ///   error. An encoder's error if the arguments do not encode.
    @discardableResult
    public func addJob(
        id: JobID? = nil,
        task: String,
        arguments: some Encodable & Sendable = NoArguments(),
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions()
    ) async throws -> Job {
        try await engine.add(try pending(id, TaskName(task), RegisteredTask.json(arguments), trigger, options))
    }

    /// Adds a job that runs a blocking function.
    ///
    ///     try await scheduler.addJob(id: "tick", trigger: .interval(seconds: 1)) { print("tick") }
    ///
    /// The function belongs to this job alone, and is released when the job is removed and its last run has ended. A
    /// store cannot keep it: after a restart the job runs again once the same id is added again, with `ifExists` of
    /// `.keep` or `.replace`. The job's task is named `closure:` followed by the id.
    ///
    /// - Throws: `CarillonError`: `jobExists` if the id is taken, `aliasNotFound`, `invalidName`, `invalidPolicy`; or
    ///   the store's error.
    @discardableResult
    public func addJob(
        id: JobID? = nil,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () throws -> Void
    ) async throws(CarillonError) -> Job {
        try await engine.add(try pending(id, trigger, options) { .blocking(functionOf: $0) { _ in try body() } })
    }

    /// Adds a job that runs an `async` function; see the blocking form.
    @discardableResult
    public func addJob(
        id: JobID? = nil,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws(CarillonError) -> Job {
        try await engine.add(try pending(id, trigger, options) { .async(functionOf: $0) { _ in try await body() } })
    }

    /// Adds a job that runs a blocking function, which receives the context of its run.
    ///
    ///     try await scheduler.addJob(id: "sweep", trigger: .interval(minutes: 5)) { context in
    ///         context.log("attempt \(context.attempt)")
    ///     }
    @discardableResult
    public func addJob(
        id: JobID? = nil,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable (TaskContext) throws -> Void
    ) async throws(CarillonError) -> Job {
        try await engine.add(try pending(id, trigger, options) { .blocking(functionOf: $0, body) })
    }

    /// Adds a job that runs an `async` function, which receives the context of its run.
    @discardableResult
    public func addJob(
        id: JobID? = nil,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable (TaskContext) async throws -> Void
    ) async throws(CarillonError) -> Job {
        try await engine.add(try pending(id, trigger, options) { .async(functionOf: $0, body) })
    }

    func pending(
        _ id: JobID?,
        _ trigger: Trigger?,
        _ options: JobOptions,
        _ function: (JobID) -> RegisteredTask
    ) throws(CarillonError) -> PendingJob {
        let id = try options.id(id, else: "job")
        let function = function(id)
        var job = try pending(id, function.name, JobDefinition.noArguments, trigger, options)
        job.function = function
        return job
    }

    func pending(
        _ id: JobID?,
        _ task: TaskName,
        _ arguments: [UInt8],
        _ trigger: Trigger?,
        _ options: JobOptions
    ) throws(CarillonError) -> PendingJob {
        let trigger = trigger ?? .date(engine.clock.now.date)
        var policies = options.policies ?? engine.policies
        // A job that is added at each start with `.keep` or `.replace` would run again if it had been removed.
        if options.ifExists == .fail, trigger.isOneOff { policies.whenEnded = policies.whenEnded ?? .remove }
        let definition = JobDefinition(
            task: task,
            arguments: arguments,
            trigger: trigger,
            policies: policies,
            tags: options.tags,
            executor: options.executor,
            name: options.name,
            trace: engine.options.middleware.reduce(into: [:]) { $0.merge($1.currentTrace()) { first, _ in first } }
        )
        try definition.validate()
        return PendingJob(
            id: try options.id(id, else: task.description),
            definition: definition,
            store: options.store,
            ifExists: options.ifExists,
            isPaused: options.isPaused
        )
    }
}

extension JobOptions {
    /// The id that the job is given, else one made from its name, else from its task.
    fileprivate func id(_ given: JobID?, else task: String) throws(CarillonError) -> JobID {
        if let given { return given }
        guard let name else { return JobID(madeFor: task) }
        return JobID(madeFor: try NameText(name, of: "name of a job").value)
    }
}
