import CarillonTriggers
import Foundation

/// A task as the scheduler runs it, with arguments and result as JSON. All its runs share it.
final class RegisteredTask: Sendable {
    /// The function of a task.
    enum Body: Sendable {
        /// Holds a thread until it returns.
        case blocking(@Sendable ([UInt8], TaskContext) throws -> [UInt8]?)
        /// Suspends.
        case async(@Sendable ([UInt8], TaskContext) async throws -> [UInt8]?)
    }

    let name: TaskName
    let body: Body
    /// Throws if the arguments do not decode.
    let check: @Sendable ([UInt8]) throws(CarillonError) -> Void
    /// The keys of its arguments whose values are secrets.
    let secretKeys: Set<String>

    private init(
        _ name: TaskName, _ body: Body, secretKeys: Set<String> = [],
        check: @escaping @Sendable ([UInt8]) throws(CarillonError) -> Void
    ) {
        self.name = name
        self.body = body
        self.check = check
        self.secretKeys = secretKeys
    }

    /// Creates a task without arguments, which has none by position either.
    private convenience init(_ name: TaskName, _ body: Body) {
        self.init(name, body) { (bytes) throws(CarillonError) in
            _ = try ArgumentOrder.byName.named(bytes, of: name)
        }
    }

    /// Checks that the task accepts the arguments of a job, as far as they are known before it runs.
    ///
    /// - Throws: `CarillonError` if it does not.
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

    /// Returns a task that takes arguments of a type, and blocks.
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

    /// Returns a task that takes arguments of a type, and suspends.
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

    /// Returns a task without arguments that blocks and has no result.
    static func blocking(_ name: TaskName, _ body: @escaping @Sendable (TaskContext) throws -> Void) -> RegisteredTask {
        RegisteredTask(
            name,
            .blocking { _, context in
                try body(context)
                return nil
            })
    }

    /// Returns a task without arguments that suspends and has no result.
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

    /// Returns the function that a job is added with, which blocks.
    static func blocking(
        functionOf job: JobID, _ body: @escaping @Sendable (TaskContext) throws -> Void
    ) -> RegisteredTask {
        .blocking(TaskName(functionOf: job), body)
    }

    /// Returns the function that a job is added with, which suspends.
    static func async(
        functionOf job: JobID, _ body: @escaping @Sendable (TaskContext) async throws -> Void
    ) -> RegisteredTask {
        .async(TaskName(functionOf: job), body)
    }

    /// Returns a result as JSON.
    static func json(_ result: some Encodable) throws -> [UInt8] {
        // Creating an encoder takes longer than the rest of adding a job.
        if result is NoArguments { return JobDefinition.noArguments }
        return Array(try JSONEncoder().encode(result))
    }
}

/// The arguments of a task that takes none; any JSON object is accepted.
public struct NoArguments: Codable, Sendable {
    /// Creates empty arguments.
    public init() {}
}

/// A decoder for the arguments of one task.
private struct ArgumentReader<Arguments: Decodable & Sendable>: Sendable {
    let task: TaskName
    private let order = ArgumentOrder(of: Arguments.self)
    /// Set for a task without arguments: decoding takes longer than the rest of a run.
    private let none = NoArguments() as? Arguments

    init(task: TaskName) { self.task = task }

    func arguments(_ bytes: [UInt8]) throws(CarillonError) -> Arguments {
        if let none { return none }
        let bytes = try order.named(bytes, of: task)
        do {
            return try JSONDecoder().decode(Arguments.self, from: Data(bytes))
        } catch {
            throw CarillonError(
                .invalidArguments,
                "the arguments do not decode as those of task '\(task)': \(Self.reason(error, bytes))"
            )
        }
    }

    private static func reason(_ error: any Error, _ bytes: [UInt8]) -> String {
        let context: DecodingError.Context
        let problem: String
        switch error as? DecodingError {
        case .keyNotFound(let key, let found): (context, problem) = (found, "the key '\(key.stringValue)' is missing")
        case .valueNotFound(let type, let found), .typeMismatch(let type, let found):
            let given = Self.given(found.codingPath, bytes).map { ", and \($0) was given" } ?? ""
            (context, problem) = (found, "\(Self.words(for: type)) is expected\(given)")
        case .dataCorrupted(let found): (context, problem) = (found, found.debugDescription)
        default: return "\(error)"
        }
        // By index in a list, by key in an object.
        let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        return path.isEmpty ? problem : "at '\(path)' \(problem)"
    }

    /// Returns what stands in the arguments at a place; `nil` if that is not known, or may be a secret.
    private static func given(_ path: [any CodingKey], _ bytes: [UInt8]) -> String? {
        let secretKeys = (Arguments.self as? any SecretArguments.Type)?.secretKeys ?? []
        guard !path.contains(where: { secretKeys.contains($0.stringValue) }) else { return nil }
        var value = try? JSONReader.value(of: bytes)
        for key in path {
            if let index = key.intValue {
                guard case .array(let items)? = value, items.indices.contains(index) else { return nil }
                value = items[index]
            } else {
                value = value?[key.stringValue]
            }
        }
        // Texts are only named: they may be secrets, or hold some.
        switch value {
        case .string?: return "a string"
        case .array?: return "a list"
        case .object?: return "an object"
        default: return value?.description
        }
    }

    /// Returns the JSON name of the values that a type is decoded from.
    private static func words(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any FixedWidthInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is [Any].Type: "a list"
        default: "another value"
        }
    }
}
