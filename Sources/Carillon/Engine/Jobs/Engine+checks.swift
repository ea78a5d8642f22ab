import CarillonTriggers
import Synchronization

/// Checks of jobs that do not depend on what the stores hold: one set of rules for adding, editing and importing.
extension Engine {
    /// Checks that an executor of an alias takes runs, and can run a task.
    ///
    /// - Throws: `CarillonError` with `aliasNotFound` if there is none, or `unsupported` if the task is a function of a job
    ///   and the executor has none of those.
    nonisolated func checkExecutor(_ alias: String, for task: TaskName? = nil) throws(CarillonError) {
        let aliases = executorAliases.withLock { $0 }
        guard let runsFunctions = aliases[alias] else {
            let names = aliases.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
            throw CarillonError(.aliasNotFound, "there is no executor '\(alias)'; there are \(names)")
        }
        if let task, task.isOfFunction, !runsFunctions { throw Self.hasNoFunctions(alias) }
    }

    /// Returns the error for a function of a job on an executor that runs in other processes.
    nonisolated static func hasNoFunctions(_ executor: String) -> CarillonError {
        CarillonError(
            .unsupported,
            "the executor '\(executor)' runs tasks in worker processes, which do not have the functions that jobs are added "
                + "with; register a task, in the function that main passes to ProcessPoolExecutor.runWorkerIfAsked as well"
        )
    }

    /// Checks that the tasks of a job are registered, or may be on another node that shares its store.
    ///
    /// - Parameter function: The function that the job is added with.
    /// - Throws: `CarillonError` with `taskNotFound` if a task is missing.
    nonisolated func checkTasks(
        of definition: JobDefinition, of id: JobID, on lane: StoreLane, function: RegisteredTask? = nil
    ) throws(CarillonError) {
        try checkTasks(of: definition, of: id, isShared: lane.store.capabilities.isShared, function: function)
    }

    nonisolated func checkTasks(
        of definition: JobDefinition, of id: JobID, isShared: Bool, function: RegisteredTask? = nil
    ) throws(CarillonError) {
        let task = definition.task
        if task.isOfFunction {
            guard task == TaskName(functionOf: id) else { throw belongsToAnother(task) }
            guard function != nil || registry[task] != nil || isShared else {
                throw CarillonError(
                    .taskNotFound,
                    "job '\(id)' runs a function that this scheduler does not have; add the job with its function"
                )
            }
        } else if registry[task] == nil, !isShared {
            throw CarillonError(
                .taskNotFound, "\(missing(task).reason); call scheduler.register(\"\(task)\") { … } before the start")
        }
        guard let listener = definition.policies.onFailure?.task else { return }
        if listener.isOfFunction { throw belongsToAnother(listener) }
        guard registry[listener] == nil, !isShared else { return }
        throw CarillonError(.taskNotFound, "on_failure: \(missing(listener).reason)")
    }

    private nonisolated func belongsToAnother(_ function: TaskName) -> CarillonError {
        CarillonError(
            .taskNotFound,
            "'\(function)' is the function of one job, and no other job runs it; register a task for what several jobs do"
        )
    }

    /// Checks what an edit changes in a job. What it leaves unchanged was valid when the job was added.
    nonisolated func checkEdit(
        _ old: JobDefinition, _ new: JobDefinition, of id: JobID, isShared: Bool
    ) throws(CarillonError) {
        if new.executor != old.executor || new.task != old.task { try checkExecutor(new.executor, for: new.task) }
        let isAsBefore =
            new.task == old.task && new.arguments == old.arguments
            && new.policies.onFailure == old.policies.onFailure
        if isAsBefore { return }
        try checkTasks(of: new, of: id, isShared: isShared)
        try checkArguments(of: new)
    }

    /// Returns the error for a task that is not registered, with the name that was most likely meant and all names.
    nonisolated func missing(_ task: TaskName) -> CarillonError {
        let names = registry.registered.map(\.description)
        let hint = nearest(to: task.description, among: names).map { "did you mean '\($0)'? The" } ?? "the"
        let all = names.map { "'\($0)'" }.joined(separator: ", ")
        let words = names.isEmpty ? ", and no other one is" : "; \(hint) tasks are \(all)"
        return CarillonError(.taskNotFound, "no task '\(task)' is registered\(words)")
    }
}
