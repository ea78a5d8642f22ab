import CarillonTriggers

/// Jobs that are kept equal to a set, such as those of a configuration file.
extension Scheduler {
    /// Makes the jobs of some origins equal to a set of jobs, before the scheduler is started or while it runs, and
    /// touches no others. Jobs that are right already are not written; a trigger that stays the same keeps its phase; a
    /// job of another origin under a wanted id is taken over.
    ///
    /// All jobs are checked before anything is written. What is written is written in parts: where a store fails in
    /// between, calling it again does the rest.
    ///
    /// - Parameters:
    ///   - origins: Those whose other jobs are removed; those of the jobs themselves are among them.
    ///   - jobs: What is wanted, each id once.
    ///   - progress: Called with the number of jobs that are done with.
    /// - Throws: `CarillonError` as `check(_:)`; `aliasNotFound` where there is no such store; `jobExists` where another
    ///   store has the id, or it is wanted twice; or as a store does.
    public func keepJobs(
        ofOrigins origins: Set<String>,
        equalTo jobs: [OriginJob],
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws(CarillonError) -> JobsDifference {
        try await engine.keep(jobs, ofOrigins: origins, progress: progress)
    }

    /// Looks whether this scheduler can run a job, with the tasks and executors that it has now.
    ///
    /// - Throws: `CarillonError` with `taskNotFound`, `invalidArguments`, `aliasNotFound` where there is no such executor,
    ///   or `invalidPolicy`.
    public func check(_ definition: JobDefinition) throws(CarillonError) { try engine.check(definition) }
}

extension Engine {
    /// See `Scheduler.check(_:)`.
    nonisolated func check(_ definition: JobDefinition) throws(CarillonError) {
        try definition.validate()
        try checkExecutor(definition.executor)
        guard let task = registry[task: definition.task] else { throw missing(definition.task) }
        try task.check(definition.arguments, of: definition, options.environment)
        guard let onFailure = definition.policies.onFailure else { return }
        guard registry[task: onFailure.task] != nil else {
            throw CarillonError(.taskNotFound, "on_failure: \(missing(onFailure.task).reason)")
        }
        try checkArguments(of: onFailure, definition)
    }

    /// Looks whether the tasks of a job can take their arguments, as far as they are registered here.
    nonisolated func checkArguments(of definition: JobDefinition) throws(CarillonError) {
        if let task = registry[definition.task] {
            try task.check(definition.arguments, of: definition, options.environment)
        }
        // One without arguments of its own may be registered for another type here than where it will run.
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
