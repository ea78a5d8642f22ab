/// A decorated function, which every registry of tasks has from its beginning.
public struct DecoratedTask: Sendable {
    /// The name under which the function is registered: its module and its own name, such as `App.tick`.
    public let name: String
    /// Where the function stands, such as `App/Jobs.swift:12`.
    public let place: String
    let file: String
    private let register: @Sendable (TaskRegistry, String) throws(CarillonError) -> Void

    private init(
        _ name: String, _ file: String, _ line: Int,
        _ register: @escaping @Sendable (TaskRegistry, String) throws(CarillonError) -> Void
    ) {
        self.name = name
        self.file = file
        place = "\(file):\(line)"
        self.register = register
    }

    /// Registers the function, or puts it in place of the task of its name.
    ///
    /// - Throws: `CarillonError` with `invalidName`.
    package func register(with registry: TaskRegistry) throws(CarillonError) { try register(registry, name) }
}

// What the macros expand to; nobody else needs these. The parameters are the same for all:
//
// - function: the function's name, with the types that it is in
// - file, line: where the function stands; the file as `#fileID` has it

extension DecoratedTask {
    private init(
        _ function: String, _ file: String, _ line: Int, _ task: @escaping @Sendable (TaskName) -> RegisteredTask
    ) {
        self.init("\(file.prefix { $0 != "/" }).\(function)", file, line) { (registry, name) throws(CarillonError) in
            _ = try registry.register(task(try TaskName(name)))
        }
    }

    /// Creates the task of a function that blocks.
    public init(
        _ function: String, file: String, line: Int, blocking body: @escaping @Sendable () throws -> Void
    ) {
        self.init(function, file, line) { .blocking($0) { _ in try body() } }
    }

    /// Creates the task of a function that blocks, and takes the context of its run.
    public init(
        _ function: String, file: String, line: Int, blocking body: @escaping @Sendable (TaskContext) throws -> Void
    ) {
        self.init(function, file, line) { .blocking($0, body) }
    }

    /// Creates the task of a function that suspends, or belongs to an actor.
    public init(
        _ function: String, file: String, line: Int, suspending body: @escaping @Sendable () async throws -> Void
    ) {
        self.init(function, file, line) { .async($0) { _ in try await body() } }
    }

    /// Creates the task of a function that suspends, or belongs to an actor, and takes the context of its run.
    public init(
        _ function: String, file: String, line: Int,
        suspending body: @escaping @Sendable (TaskContext) async throws -> Void
    ) {
        self.init(function, file, line) { .async($0, body) }
    }
}

// Functions with arguments. Their name is one that a store keeps, and may be given.

extension DecoratedTask {
    /// Creates a task with arguments that blocks and returns nothing.
    public init<Arguments: Decodable & Sendable>(
        named name: String, file: String, line: Int,
        blocking body: @escaping @Sendable (Arguments, TaskContext) throws -> Void
    ) {
        self.init(name, file, line) { (registry, name) throws(CarillonError) in try registry.register(name, body) }
    }

    /// Creates a task with arguments that blocks.
    public init<Arguments: Decodable & Sendable, Output: Encodable & SendableMetatype>(
        named name: String, file: String, line: Int,
        blocking body: @escaping @Sendable (Arguments, TaskContext) throws -> Output
    ) {
        self.init(name, file, line) { (registry, name) throws(CarillonError) in try registry.register(name, body) }
    }

    /// Creates a task with arguments that suspends, or belongs to an actor, and returns nothing.
    public init<Arguments: Decodable & Sendable>(
        named name: String, file: String, line: Int,
        suspending body: @escaping @Sendable (Arguments, TaskContext) async throws -> Void
    ) {
        self.init(name, file, line) { (registry, name) throws(CarillonError) in try registry.register(name, body) }
    }

    /// Creates a task with arguments that suspends, or belongs to an actor.
    public init<Arguments: Decodable & Sendable, Output: Encodable & SendableMetatype>(
        named name: String, file: String, line: Int,
        suspending body: @escaping @Sendable (Arguments, TaskContext) async throws -> Output
    ) {
        self.init(name, file, line) { (registry, name) throws(CarillonError) in try registry.register(name, body) }
    }
}
