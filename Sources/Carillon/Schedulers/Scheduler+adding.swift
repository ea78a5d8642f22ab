public import CarillonTriggers
import Foundation
import Synchronization

/// Adding jobs, before the scheduler is started or while it runs. A `main` that is not `async` declares them: `declareJob`.
///
/// Where no id is given, the job gets one of its own: its name, else that of its task, else `job`, then `-` and 13 letters
/// and digits that are drawn at random, such as `report-0z4ktq6m1bs3e`. In a store that outlives the process such a job is
/// added once more at each start; give an id there, and `ifExists` of `.keep` or `.replace`.
extension Scheduler {
    /// Adds a job that runs a registered task. Without a trigger it runs once, at once.
    ///
    ///     try await scheduler.addJob(id: "nightly", task: "backup", trigger: .cron(hour: 2))
    ///
    /// A task that is not registered is refused where the store is this process's alone, since nobody else could run it.
    /// Where others share the store they may have the task: the job is added, and waits for one of them. A warning is
    /// logged if no live node has it.
    ///
    /// - Throws: `CarillonError`: `jobExists` where the id is taken, `taskNotFound`, `invalidArguments` where they do not
    ///   decode as what the task takes, `aliasNotFound`, `invalidName`, `invalidPolicy`; or as the store does. An encoder's
    ///   error where the arguments do not encode.
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

    /// Adds a job that runs a function that blocks.
    ///
    ///     try await scheduler.addJob(id: "tick", trigger: .interval(seconds: 1)) { print("tick") }
    ///
    /// The function belongs to the job alone, and is released with it: once the job is removed, and its last run has
    /// ended. A store cannot keep it: a job that is still there after a restart runs again once the same id is added
    /// anew, with `ifExists` of `.keep` or `.replace`. The job's task is named `closure:` and its id.
    ///
    /// - Throws: `CarillonError`: `jobExists` where the id is taken, `aliasNotFound`, `invalidName`, `invalidPolicy`; or as
    ///   the store does.
    @discardableResult
    public func addJob(
        id: JobID? = nil,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () throws -> Void
    ) async throws(CarillonError) -> Job {
        try await engine.add(try pending(id, trigger, options) { .blocking(functionOf: $0) { _ in try body() } })
    }

    /// Adds a job that runs a function that suspends; see the form for one that blocks.
    @discardableResult
    public func addJob(
        id: JobID? = nil,
        trigger: Trigger? = nil,
        _ options: JobOptions = JobOptions(),
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws(CarillonError) -> Job {
        try await engine.add(try pending(id, trigger, options) { .async(functionOf: $0) { _ in try await body() } })
    }

    /// Adds a job that runs a function that blocks, and that is told which run it is.
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

    /// Adds a job that runs a function that suspends, and that is told which run it is.
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
        var policies = options.policies ?? engine.options.policies
        // One that is added at each start, and kept or replaced, would run again.
        if options.ifExists == .fail, trigger.isOneOff { policies.whenEnded = policies.whenEnded ?? .remove }
        let definition = JobDefinition(
            task: task,
            arguments: arguments,
            trigger: trigger,
            policies: policies,
            tags: options.tags,
            executor: options.executor,
            name: options.name
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
    /// The id that a job is given; where that is none, one that is made for its name or else for its task.
    fileprivate func id(_ given: JobID?, else task: String) throws(CarillonError) -> JobID {
        if let given { return given }
        guard let name else { return JobID(madeFor: task) }
        return JobID(madeFor: try NameText(name, of: "name of a job").value)
    }
}
