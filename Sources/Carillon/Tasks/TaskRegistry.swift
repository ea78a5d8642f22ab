import Synchronization

/// What a scheduler or a worker process can run, by name: registered tasks, and functions that jobs were added with.
///
/// A task is kept as long as the scheduler. A function belongs to one job, has a name that no task can have
/// (`TaskName.init(functionOf:)`), and is released with its job; a run at work keeps it until it has ended.
public final class TaskRegistry: Sendable {
    /// The job that a function belongs to.
    private struct Owner {
        let job: JobID
        let store: String
    }

    private struct State {
        var tasks: [TaskName: RegisteredTask] = [:]
        /// All names, kept because every pass asks for them.
        var names: Set<TaskName> = []
        /// The jobs that the functions belong to.
        var owners: [TaskName: Owner] = [:]

        mutating func set(_ task: RegisteredTask?, for name: TaskName) {
            tasks[name] = task
            if task == nil { names.remove(name) } else { names.insert(name) }
        }
    }

    private let state = Mutex(State())

    /// Creates a registry of the tasks of decorated functions. A decoration whose name is no task's is reported when a
    /// scheduler starts.
    init() {
        for task in DecorationCollector.collect().tasks { try? task.register(with: self) }
    }

    /// Registers the tasks of decorated functions of a library that was loaded since. A task that a user has registered
    /// under such a name stays.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    func register(_ tasks: [DecoratedTask]) throws(CarillonError) {
        for task in tasks where self[try TaskName(task.name)] == nil { try task.register(with: self) }
    }

    /// Registers a task, or replaces the one of its name.
    ///
    /// - Returns: Whether there was one of its name.
    /// - Throws: `CarillonError` with `invalidName` if the name is one for functions of jobs.
    func register(_ task: RegisteredTask) throws(CarillonError) -> Bool {
        guard !task.name.isOfFunction else {
            throw CarillonError(
                .invalidName,
                "task names that begin with '\(TaskName.functionPrefix)' are those of functions that jobs are added with; "
                    + "register '\(task.name)' under another name"
            )
        }
        return state.withLock { state in
            let isThere = state.tasks[task.name] != nil
            state.set(task, for: task.name)
            return isThere
        }
    }

    /// Keeps the function of a job, in place of its former one.
    ///
    /// - Returns: The former function; `nil` if there was none.
    @discardableResult
    func keep(_ function: RegisteredTask, of job: JobID, in store: String) -> RegisteredTask? {
        state.withLock { state in
            let former = state.tasks[function.name]
            state.set(function, for: function.name)
            state.owners[function.name] = Owner(job: job, store: store)
            return former
        }
    }

    /// Releases the functions of jobs.
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

    /// Returns the jobs of a store that have functions here.
    func jobsWithFunctions(in store: String) -> [JobID] {
        state.withLock { $0.owners.values.filter { $0.store == store }.map(\.job) }
    }

    /// The task, or the function of a job, of a name; `nil` if there is none.
    subscript(name: TaskName) -> RegisteredTask? { state.withLock { $0.tasks[name] } }

    /// The registered task of a name; `nil` if there is none.
    subscript(task name: TaskName) -> RegisteredTask? { name.isOfFunction ? nil : self[name] }

    /// The keys of a task's arguments whose values are secrets; none if it is not registered.
    package func secretKeys(of task: TaskName) -> Set<String> { self[task]?.secretKeys ?? [] }

    /// All tasks and functions, by name.
    var all: [TaskName: RegisteredTask] { state.withLock { $0.tasks } }

    /// The names of all tasks and functions.
    var names: Set<TaskName> { state.withLock { $0.names } }

    /// The names of the registered tasks.
    var registered: [TaskName] { state.withLock { state in state.names.filter { !$0.isOfFunction } }.sorted() }
}
