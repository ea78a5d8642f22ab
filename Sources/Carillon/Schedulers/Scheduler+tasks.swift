/// Registering tasks: jobs name them, so that they can be stored. Registering a name again puts another function in its
/// place. Names that begin with `closure:` are refused: they belong to the functions that jobs are added with.
extension Scheduler {
    /// Registers a task that blocks.
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

    /// Registers a task that blocks and returns nothing.
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

    /// Registers a task that suspends.
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

    /// Registers a task that suspends and returns nothing.
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

    /// Registers a task without arguments that blocks.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    public func register(
        _ name: String,
        _ task: @escaping @Sendable (TaskContext) throws -> Void
    ) throws(CarillonError) {
        try engine.registry.register(.blocking(try TaskName(name), task))
    }

    /// Registers a task without arguments that suspends.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    public func register(
        _ name: String,
        _ task: @escaping @Sendable (TaskContext) async throws -> Void
    ) throws(CarillonError) {
        try engine.registry.register(.async(try TaskName(name), task))
    }

    /// The names of the registered tasks, in order.
    public var tasks: [String] { engine.registry.registered.map(\.description) }
}
