import Logging

/// Registering tasks, which jobs refer to by name so that they can be stored. Registering a name again replaces its
/// function, which is logged. Names that begin with `closure:` are refused: they belong to functions that jobs are added
/// with.
///
///     try scheduler.register("clean") { print("no arguments") }
///     try scheduler.register("tell") { context in print("run \(context.runID)") }
///     try scheduler.register("greet") { (name: String, context) in print("Hello, \(name)!") }
extension TaskHost {
    /// Registers a blocking task.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    public func register<Arguments: Decodable & Sendable, Output: Encodable & SendableMetatype>(
        _ name: String,
        _ task: @escaping @Sendable (Arguments, TaskContext) throws -> Output
    ) throws(CarillonError) {
        try keep(
            .blocking(try TaskName(name), Arguments.self) { try RegisteredTask.json(try task($0, $1)) }
        )
    }

    /// Registers a blocking task that returns nothing.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    public func register<Arguments: Decodable & Sendable>(
        _ name: String,
        _ task: @escaping @Sendable (Arguments, TaskContext) throws -> Void
    ) throws(CarillonError) {
        try keep(
            .blocking(try TaskName(name), Arguments.self) {
                try task($0, $1)
                return nil
            }
        )
    }

    /// Registers an `async` task.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    public func register<Arguments: Decodable & Sendable, Output: Encodable & SendableMetatype>(
        _ name: String,
        _ task: @escaping @Sendable (Arguments, TaskContext) async throws -> Output
    ) throws(CarillonError) {
        try keep(
            .async(try TaskName(name), Arguments.self) { try RegisteredTask.json(try await task($0, $1)) }
        )
    }

    /// Registers an `async` task that returns nothing.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    public func register<Arguments: Decodable & Sendable>(
        _ name: String,
        _ task: @escaping @Sendable (Arguments, TaskContext) async throws -> Void
    ) throws(CarillonError) {
        try keep(
            .async(try TaskName(name), Arguments.self) {
                try await task($0, $1)
                return nil
            }
        )
    }

    /// Registers a blocking task without arguments.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    public func register(
        _ name: String,
        _ task: @escaping @Sendable (TaskContext) throws -> Void
    ) throws(CarillonError) {
        try keep(.blocking(try TaskName(name), task))
    }

    /// Registers an `async` task without arguments.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    public func register(
        _ name: String,
        _ task: @escaping @Sendable (TaskContext) async throws -> Void
    ) throws(CarillonError) {
        try keep(.async(try TaskName(name), task))
    }

    /// Registers a blocking task without arguments, which is not told which run it is.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    public func register(_ name: String, _ task: @escaping @Sendable () throws -> Void) throws(CarillonError) {
        try keep(.blocking(try TaskName(name)) { _ in try task() })
    }

    /// Registers an `async` task without arguments, which is not told which run it is.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    public func register(_ name: String, _ task: @escaping @Sendable () async throws -> Void) throws(CarillonError) {
        try keep(.async(try TaskName(name)) { _ in try await task() })
    }

    /// The names of the registered tasks, sorted.
    public var tasks: [String] { registry.registered.map(\.description) }
}

extension TaskHost {
    /// Registers a task, and logs if it takes the place of another.
    private func keep(_ task: RegisteredTask) throws(CarillonError) {
        guard try registry.register(task) else { return }
        let logger = (self as? any Scheduler)?.engine.logger ?? Logger(label: "carillon")
        logger.notice(
            "a task was registered again, and runs its new function from now on", metadata: ["task": "\(task.name)"])
    }
}
