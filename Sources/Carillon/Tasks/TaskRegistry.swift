import Synchronization

/// The tasks that a scheduler can run, by name.
final class TaskRegistry: Sendable {
    private let tasks = Mutex<[TaskName: RegisteredTask]>([:])

    /// Adds a task, or puts another one in its place.
    func register(_ task: RegisteredTask) { tasks.withLock { $0[task.name] = task } }

    subscript(name: TaskName) -> RegisteredTask? { tasks.withLock { $0[name] } }

    /// All of them, as they are now.
    var all: [TaskName: RegisteredTask] { tasks.withLock { $0 } }

    var names: Set<TaskName> { tasks.withLock { Set($0.keys) } }
}
