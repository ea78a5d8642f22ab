import Foundation

/// A task as the scheduler runs it: arguments and result as JSON. All its runs share it.
final class RegisteredTask: Sendable {
    /// What a task is made of.
    enum Body: Sendable {
        /// It keeps a thread until it returns.
        case blocking(@Sendable ([UInt8], TaskContext) throws -> [UInt8]?)
        /// It suspends.
        case async(@Sendable ([UInt8], TaskContext) async throws -> [UInt8]?)
    }

    let name: TaskName
    let body: Body
    /// Throws where the arguments do not decode.
    let check: @Sendable ([UInt8]) throws(CarillonError) -> Void
    /// The keys of its arguments whose values are secrets.
    let secretKeys: Set<String>

    private init(
        _ name: TaskName, _ body: Body, secretKeys: Set<String> = [],
        check: @escaping @Sendable ([UInt8]) throws(CarillonError) -> Void = { (_) throws(CarillonError) in }
    ) {
        self.name = name
        self.body = body
        self.check = check
        self.secretKeys = secretKeys
    }

    /// Looks whether the task can take the arguments of a job, as far as they are known before it runs.
    func check(
        _ arguments: [UInt8], of job: JobDefinition, _ environment: () -> [String: String]
    ) throws(CarillonError) {
        let resolution = ArgumentResolution(of: job, secretKeys: secretKeys)
        guard resolution.isNeeded(for: arguments) else { return try check(arguments) }
        try resolution.check(arguments, environment(), check)
    }

    var isBlocking: Bool {
        if case .blocking = body { true } else { false }
    }

    /// A task that takes arguments of a type, and blocks.
    static func blocking<Arguments: Decodable & Sendable>(
        _ name: TaskName,
        _ type: Arguments.Type,
        _ body: @escaping @Sendable (Arguments, TaskContext) throws -> [UInt8]?
    ) -> RegisteredTask {
        let reader = ArgumentReader<Arguments>(task: name)
        return RegisteredTask(
            name, .blocking { try body(try reader.arguments($0), $1) },
            secretKeys: (type as? any SecretArguments.Type)?.secretKeys ?? []
        ) { (bytes) throws(CarillonError) in _ = try reader.arguments(bytes) }
    }

    /// A task that takes arguments of a type, and suspends.
    static func async<Arguments: Decodable & Sendable>(
        _ name: TaskName,
        _ type: Arguments.Type,
        _ body: @escaping @Sendable (Arguments, TaskContext) async throws -> [UInt8]?
    ) -> RegisteredTask {
        let reader = ArgumentReader<Arguments>(task: name)
        return RegisteredTask(
            name, .async { try await body(try reader.arguments($0), $1) },
            secretKeys: (type as? any SecretArguments.Type)?.secretKeys ?? []
        ) { (bytes) throws(CarillonError) in _ = try reader.arguments(bytes) }
    }

    /// A task without arguments that blocks and returns nothing.
    static func blocking(_ name: TaskName, _ body: @escaping @Sendable (TaskContext) throws -> Void) -> RegisteredTask {
        RegisteredTask(
            name,
            .blocking { _, context in
                try body(context)
                return nil
            })
    }

    /// A task without arguments that suspends and returns nothing.
    static func async(
        _ name: TaskName, _ body: @escaping @Sendable (TaskContext) async throws -> Void
    ) -> RegisteredTask {
        RegisteredTask(
            name,
            .async { _, context in
                try await body(context)
                return nil
            })
    }

    /// The function that a job is added with, which blocks.
    static func blocking(
        functionOf job: JobID, _ body: @escaping @Sendable (TaskContext) throws -> Void
    ) -> RegisteredTask {
        .blocking(TaskName(functionOf: job), body)
    }

    /// The function that a job is added with, which suspends.
    static func async(
        functionOf job: JobID, _ body: @escaping @Sendable (TaskContext) async throws -> Void
    ) -> RegisteredTask {
        .async(TaskName(functionOf: job), body)
    }

    /// A result as JSON.
    static func json(_ result: some Encodable) throws -> [UInt8] {
        // An encoder takes longer than the rest of adding a job.
        if result is NoArguments { return JobDefinition.noArguments }
        return Array(try JSONEncoder().encode(result))
    }
}

/// The arguments of a task that takes none; any JSON object will do.
public struct NoArguments: Codable, Sendable {
    /// There is nothing to say.
    public init() {}
}

/// Decodes the arguments of one task.
private struct ArgumentReader<Arguments: Decodable & Sendable>: Sendable {
    let task: TaskName
    /// The arguments of a task that takes none: a decoder takes longer than the rest of a run.
    private let none = NoArguments() as? Arguments

    init(task: TaskName) { self.task = task }

    func arguments(_ bytes: [UInt8]) throws(CarillonError) -> Arguments {
        if let none { return none }
        do {
            return try JSONDecoder().decode(Arguments.self, from: Data(bytes))
        } catch {
            throw CarillonError(
                .invalidArguments,
                "the arguments do not decode as those of task '\(task)': \(Self.reason(error))"
            )
        }
    }

    private static func reason(_ error: any Error) -> String {
        let context: DecodingError.Context
        let problem: String
        switch error as? DecodingError {
        case .keyNotFound(let key, let found): (context, problem) = (found, "the key '\(key.stringValue)' is missing")
        case .valueNotFound(let type, let found), .typeMismatch(let type, let found):
            (context, problem) = (found, "there is not \(Self.words(for: type))")
        case .dataCorrupted(let found): (context, problem) = (found, found.debugDescription)
        default: return "\(error)"
        }
        // By position in a list, by key in an object.
        let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        return path.isEmpty ? problem : "at '\(path)' \(problem)"
    }

    /// What JSON calls the values that a type is read from.
    private static func words(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any FixedWidthInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is [Any].Type: "a list"
        default: "what the task takes there"
        }
    }
}
