/// Registering tasks, which jobs refer to by name so that they can be stored. Registering a name again replaces its
/// function. Names that begin with `closure:` are refused: they belong to functions that jobs are added with.
///
///     try scheduler.register("clean") { _ in print("no arguments, and a context that is not used") }
///     try scheduler.register("greet") { (name: String, context) in print("Hello, \(name)!") }
extension Scheduler {
    /// Registers a blocking task.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    public func register<Arguments: Decodable & Sendable, Output: Encodable & SendableMetatype>(
        _ name: String,
        _ task: @escaping @Sendable (Arguments, TaskContext) throws -> Output
    ) throws(CarillonError) {
        try engine.registry.register(
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
        try engine.registry.register(
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
        try engine.registry.register(
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
        try engine.registry.register(
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
        try engine.registry.register(.blocking(try TaskName(name), task))
    }

    /// Registers an `async` task without arguments.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    public func register(
        _ name: String,
        _ task: @escaping @Sendable (TaskContext) async throws -> Void
    ) throws(CarillonError) {
        try engine.registry.register(.async(try TaskName(name), task))
    }

    /// The names of the registered tasks, sorted.
    public var tasks: [String] { engine.registry.registered.map(\.description) }
}
