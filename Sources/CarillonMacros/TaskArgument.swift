#if Macros
/// A parameter of a task, as its jobs are stored. `@JobTask` expands to this; nobody else needs it.
public struct TaskArgument<Value>: Sendable {
    fileprivate let name: ArgumentName
    fileprivate let formerNames: [ArgumentName]
    fileprivate let read: @Sendable (KeyedDecodingContainer<ArgumentName>, ArgumentName) throws -> Value
    fileprivate let write: @Sendable (Value, inout KeyedEncodingContainer<ArgumentName>) throws -> Void
}

/// Parameters by name. `@JobTask` expands to this; nobody else needs it.
public enum TaskArguments {
    /// A parameter of a type that can be stored.
    public static func parameter<Value: Codable & Sendable>(
        _ type: Value.Type, _ name: String, _ formerNames: [String] = []
    ) -> TaskArgument<Value> {
        let key = ArgumentName(name)
        return TaskArgument(
            name: key, formerNames: formerNames.map { ArgumentName($0) },
            read: { try $0.decode(Value.self, forKey: $1) },
            write: { try $1.encode($0, forKey: key) })
    }

    /// A parameter of any other type: found by the compiler where the first one does not do.
    @available(
        *, unavailable,
        message:
            "the arguments of a task are stored with its jobs: make the type of the parameter 'Codable' and 'Sendable'"
    )
    public static func parameter<Value>(
        _ type: Value.Type, _ name: String, _ formerNames: [String] = []
    ) -> TaskArgument<Value> {
        TaskArgument(
            name: ArgumentName(name), formerNames: [], read: { throw DecodingError.noArgument($0, $1) },
            write: { _, _ in })
    }
}

/// The result of a task, as its runs store it. `@JobTask` expands to this; nobody else needs it.
public struct TaskResult: Sendable {}

extension TaskArguments {
    /// A result of a type that can be stored.
    public static func result<Value: Encodable>(_ type: Value.Type) -> TaskResult { TaskResult() }

    /// A result of any other type.
    @available(
        *, unavailable,
        message: "the result of a task is stored with its run: make its type 'Encodable', or return nothing"
    )
    public static func result<Value>(_ type: Value.Type) -> TaskResult { TaskResult() }
}

/// Arguments that are read. `@JobTask` expands to this; nobody else needs it.
public struct StoredArguments {
    private let values: KeyedDecodingContainer<ArgumentName>

    /// Begins to read.
    public init(_ decoder: any Decoder) throws { values = try decoder.container(keyedBy: ArgumentName.self) }

    /// Returns the value of a parameter without a default.
    public func value<Value>(_ argument: TaskArgument<Value>) throws -> Value {
        try argument.read(values, name(of: argument) ?? argument.name)
    }

    /// Returns the value of a parameter, which has its default if none is stored.
    public func value<Value>(_ argument: TaskArgument<Value>, default: @autoclosure () throws -> Value) throws -> Value
    {
        guard let name = name(of: argument) else { return try `default`() }
        return try argument.read(values, name)
    }

    /// The name that the value is stored by.
    private func name<Value>(of argument: TaskArgument<Value>) -> ArgumentName? {
        ([argument.name] + argument.formerNames).first { values.contains($0) }
    }
}

/// Arguments that are written. `@JobTask` expands to this; nobody else needs it.
public struct WrittenArguments {
    private var values: KeyedEncodingContainer<ArgumentName>

    /// Begins to write.
    public init(_ encoder: any Encoder) { values = encoder.container(keyedBy: ArgumentName.self) }

    /// Writes the value of a parameter, `nil` as well: it is not the default.
    public mutating func set<Value>(_ argument: TaskArgument<Value>, _ value: Value) throws {
        try argument.write(value, &values)
    }
}

private struct ArgumentName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}

extension DecodingError {
    fileprivate static func noArgument(_ values: KeyedDecodingContainer<ArgumentName>, _ key: ArgumentName)
        -> DecodingError
    {
        .keyNotFound(key, Context(codingPath: values.codingPath, debugDescription: "it is not stored"))
    }
}
#endif
