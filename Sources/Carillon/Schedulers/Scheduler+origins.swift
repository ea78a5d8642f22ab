import CarillonTriggers

/// Keeping jobs equal to a set, such as those of a configuration file.
extension Scheduler {
    /// Makes the jobs of some origins equal to a set of jobs, before the scheduler is started or while it runs.
    ///
    /// Jobs of other origins are left alone, but a job under a wanted id is taken over. Jobs that are as wanted are not
    /// written; a trigger that stays the same keeps its phase. All jobs are checked before anything is written. Writing
    /// happens in parts: if a store fails in between, calling this again does the rest.
    ///
    /// - Parameters:
    ///   - origins: The origins whose other jobs are removed; the origins of `jobs` are included.
    ///   - jobs: The wanted jobs, each id once.
    ///   - progress: Called with the number of jobs that are finished.
    /// - Returns: What was changed.
    /// - Throws: `CarillonError` as `check(_:)`; `aliasNotFound` if there is no such store; `jobExists` if another
    ///   store has the id, or it is wanted twice; or a store's error.
    public func keepJobs(
        ofOrigins origins: Set<String>,
        equalTo jobs: [OriginJob],
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws(CarillonError) -> JobsDifference {
        try await engine.keep(jobs, ofOrigins: origins, progress: progress)
    }

    /// Checks whether this scheduler can run a job, with its current tasks and executors.
    ///
    /// - Throws: `CarillonError` with `taskNotFound`, `invalidArguments`, `aliasNotFound` if there is no such executor,
    ///   or `invalidPolicy`.
    public func check(_ definition: JobDefinition) throws(CarillonError) { try engine.check(definition) }
}

extension Engine {
    /// See `Scheduler.check(_:)`.
    nonisolated func check(_ definition: JobDefinition) throws(CarillonError) {
        try definition.validate()
        try checkExecutor(definition.executor, for: definition.task)
        guard let task = registry[task: definition.task] else { throw missing(definition.task) }
        try task.check(definition.arguments, of: definition, options.environment)
        try checkFailureTask(of: definition)
    }

    /// Checks whether this scheduler can run a job's task for failed runs.
    package nonisolated func checkFailureTask(of definition: JobDefinition) throws(CarillonError) {
        guard let onFailure = definition.policies.onFailure else { return }
        guard registry[task: onFailure.task] != nil else {
            throw CarillonError(.taskNotFound, "on_failure: \(missing(onFailure.task).reason)")
        }
        try checkArguments(of: onFailure, definition)
    }

    /// Checks whether the tasks of a job can take their arguments, if they are registered here.
    nonisolated func checkArguments(of definition: JobDefinition) throws(CarillonError) {
        if let task = registry[definition.task] {
            try task.check(definition.arguments, of: definition, options.environment)
        }
        // A failure task without its own arguments may be registered here for another type than where it will run.
        if let onFailure = definition.policies.onFailure, onFailure.arguments != nil {
            try checkArguments(of: onFailure, definition)
        }
    }

    private nonisolated func checkArguments(
        of onFailure: FailureTask, _ job: JobDefinition
    ) throws(CarillonError) {
        guard let task = registry[onFailure.task] else { return }
        do throws(CarillonError) {
            try task.check(onFailure.sampleArguments, of: job, options.environment)
        } catch {
            let problem =
                onFailure.arguments == nil
                ? "task '\(onFailure.task)' cannot take the report of a failed run as its arguments, and is given none"
                : "task '\(onFailure.task)'"
            throw CarillonError(error.code, "on_failure: \(problem): \(error.reason)")
        }
    }
}
