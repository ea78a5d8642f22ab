/// Something that tasks are registered with: a scheduler, or a worker process of a pool.
///
/// A function that takes any of them registers the same tasks with both:
///
///     func registerTasks(_ host: some TaskHost) throws {
///         try host.register("greet") { (name: String, context) in print("Hello, \(name)!") }
///     }
public protocol TaskHost: Sendable {
    /// The tasks that have been registered.
    var registry: TaskRegistry { get }
}

extension TaskRegistry: TaskHost {
    /// Itself.
    public var registry: TaskRegistry { self }
}

extension Scheduler {
    /// The tasks of the scheduler.
    public var registry: TaskRegistry { engine.registry }
}
