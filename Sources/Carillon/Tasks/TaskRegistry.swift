import Synchronization

/// What a scheduler can run, by name: the tasks that were registered, and the functions that jobs were added with.
///
/// A task stays for as long as the scheduler. A function belongs to one job, is known by a name that no task can have
/// (`TaskName.init(functionOf:)`), and goes with its job; a run that is at work keeps it until it has ended.
final class TaskRegistry: Sendable {
    /// The job that a function belongs to.
    private struct Owner {
        let job: JobID
        let store: String
    }

    private struct State {
        var tasks: [TaskName: RegisteredTask] = [:]
        /// The names of all of them, kept since every pass asks for them.
        var names: Set<TaskName> = []
        /// The jobs of those that are functions.
        var owners: [TaskName: Owner] = [:]

        mutating func set(_ task: RegisteredTask?, for name: TaskName) {
            tasks[name] = task
            if task == nil { names.remove(name) } else { names.insert(name) }
        }
    }

    private let state = Mutex(State())

    /// Adds a task, or puts another one in its place.
    ///
    /// - Throws: `CarillonError` with `invalidName` where the name is one that functions of jobs have.
    func register(_ task: RegisteredTask) throws(CarillonError) {
        guard !task.name.isOfFunction else {
            throw CarillonError(
                .invalidName,
                "task names that begin with '\(TaskName.functionPrefix)' are those of functions that jobs are added with; "
                    + "register '\(task.name)' under another name"
            )
        }
        state.withLock { $0.set(task, for: task.name) }
    }

    /// Keeps the function of a job, in place of the one that the job had.
    ///
    /// - Returns: The function that the job had.
    @discardableResult
    func keep(_ function: RegisteredTask, of job: JobID, in store: String) -> RegisteredTask? {
        state.withLock { state in
            let former = state.tasks[function.name]
            state.set(function, for: function.name)
            state.owners[function.name] = Owner(job: job, store: store)
            return former
        }
    }

    /// Forgets the functions of jobs.
    func release(_ jobs: some Sequence<JobID>) {
        state.withLock { state in
            guard !state.owners.isEmpty else { return }
            for job in jobs {
                let name = TaskName(functionOf: job)
                guard state.owners.removeValue(forKey: name) != nil else { continue }
                state.set(nil, for: name)
            }
        }
    }

    /// The jobs of a store that have functions here.
    func jobsWithFunctions(in store: String) -> [JobID] {
        state.withLock { $0.owners.values.filter { $0.store == store }.map(\.job) }
    }

    /// A task, or the function of a job.
    subscript(name: TaskName) -> RegisteredTask? { state.withLock { $0.tasks[name] } }

    /// A registered task.
    subscript(task name: TaskName) -> RegisteredTask? { name.isOfFunction ? nil : self[name] }

    /// All of them, as they are now.
    var all: [TaskName: RegisteredTask] { state.withLock { $0.tasks } }

    /// The names of all of them.
    var names: Set<TaskName> { state.withLock { $0.names } }

    /// The names of the registered tasks.
    var registered: [TaskName] { state.withLock { state in state.names.filter { !$0.isOfFunction } }.sorted() }
}
