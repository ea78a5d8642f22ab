package import Carillon
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A task that says over a socket what becomes of it, and does what it is told there: so a case controls runs in
/// whatever process they are performed.
package enum ControlledTask {
    /// Whether it holds a thread.
    enum Kind: String, CaseIterable, Sendable {
        case blocking, suspending

        /// The name of the task.
        var task: String { "executor conformance \(rawValue)" }

        var verb: String { self == .blocking ? "blocks" : "suspends" }
    }

    /// Where it reports, and as which run.
    struct Arguments: Codable, Sendable {
        var socket: String
        var name: String
    }

    /// What it is told to do.
    enum Order: String, Codable, Sendable {
        /// To return its name.
        case end
        /// To throw an error.
        case fail
        /// To throw `CancellationError`.
        case giveUp
    }

    /// What it says.
    struct Message: Codable, Sendable {
        enum Event: String, Codable, Sendable {
            case begun
            /// It was asked to end.
            case asked
        }

        var name: String
        var event: Event
        /// Whether it runs in a Swift task.
        var isInTask = false
        /// Whether it had been asked to end when it began.
        var isAsked = false
    }

    /// What it throws if it is told to fail.
    struct Trouble: Error, CustomStringConvertible {
        let name: String

        var description: String { "the trouble of \(name)" }
    }

    /// Performs what the blocking task does once more, for tests of executors that are wrong on purpose.
    package static func performAgain(_ work: RunWork) throws {
        let arguments = try JSONDecoder().decode(Arguments.self, from: Data(work.arguments))
        _ = try performBlocking(arguments) { false }
    }

    static func performBlocking(_ arguments: Arguments, _ context: TaskContext) throws -> String {
        context.log("log of \(arguments.name)")
        return try performBlocking(arguments) { context.isCancelled }
    }

    private static func performBlocking(_ arguments: Arguments, isAsked: () -> Bool) throws -> String {
        let line = try ControlLine(arguments)
        let wasAsked = isAsked()
        try line.send(.begun, isInTask: withUnsafeCurrentTask { $0 != nil }, isAsked: wasAsked)
        var hasSaid = wasAsked
        while true {
            if let order = try line.order(within: 10) { return try obey(order, arguments) }
            if !hasSaid, isAsked() {
                try line.send(.asked)
                hasSaid = true
            }
        }
    }

    static func performSuspending(_ arguments: Arguments, _ context: TaskContext) async throws -> String {
        context.log("log of \(arguments.name)")
        let line = try ControlLine(arguments)
        try line.send(.begun, isInTask: true, isAsked: Task.isCancelled)
        let order = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Order, any Error>) in
                NamedThread.start("carillon-suite", stackBytes: 1 << 18) {
                    continuation.resume(with: Result { try line.waitForOrder() })
                }
            }
        } onCancel: {
            // The case has ended if nobody listens any more.
            try? line.send(.asked)
        }
        return try obey(order, arguments)
    }

    private static func obey(_ order: Order, _ arguments: Arguments) throws -> String {
        switch order {
        case .end: return arguments.name
        case .fail: throw Trouble(name: arguments.name)
        case .giveUp: throw CancellationError()
        }
    }
}

/// A task's end of its connection.
private final class ControlLine: Sendable {
    private let name: String
    private let socket: Int32

    init(_ arguments: ControlledTask.Arguments) throws {
        name = arguments.name
        socket = try LocalSocket.connect(to: arguments.socket)
    }

    deinit { close(socket) }

    func send(_ event: ControlledTask.Message.Event, isInTask: Bool = false, isAsked: Bool = false) throws {
        let message = ControlledTask.Message(name: name, event: event, isInTask: isInTask, isAsked: isAsked)
        try LocalSocket.send(Array(try JSONEncoder().encode(message)) + [UInt8(ascii: "\n")], on: socket)
    }

    func waitForOrder() throws -> ControlledTask.Order {
        while true { if let order = try order(within: -1) { return order } }
    }

    /// Returns the order, if it comes within so many milliseconds; -1 waits without limit.
    func order(within milliseconds: Int32) throws -> ControlledTask.Order? {
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, milliseconds) > 0 else { return nil }
        // There is one order, which is so short that it comes as a whole.
        let bytes = try LocalSocket.receive(on: socket)
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
        guard let order = ControlledTask.Order(rawValue: text) else {
            throw ConformanceFailure("the case of run \(name) has ended")
        }
        return order
    }
}
