#if Command
import CarillonCommand
import CarillonTesting
import Foundation
import Testing

/// A `carillon serve` that was really started, and its output.
///
/// Its methods block, so it belongs on a thread of its own: `ServedProcess.onThread`.
final class ServedProcess {
    private let process = Process()
    private let output = Pipe()
    /// How long to wait for what is to come, however busy the machine is.
    static let patience = Duration.seconds(300)
    private var unread: [UInt8] = []

    /// The command beside the test bundle, or the one that `CARILLON_BINARY` names.
    static func binary() throws -> URL {
        try BuiltCommand.binary()
    }

    convenience init(_ arguments: String..., variables: [String: String] = [:]) throws {
        try self.init(arguments: arguments, variables: variables)
    }

    /// - Parameters:
    ///   - variables: What is added to its environment.
    ///   - folder: Where it runs, if not where the tests do.
    ///   - launcher: A program with its arguments that starts the command.
    init(
        arguments: [String], variables: [String: String] = [:], folder: String? = nil, launcher: [String] = []
    ) throws {
        let binary = try Self.binary()
        process.executableURL = launcher.first.map { URL(filePath: $0) } ?? binary
        process.arguments = (launcher.isEmpty ? [] : launcher.dropFirst() + [binary.path]) + ["serve"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(variables) { _, new in new }
        if let folder { process.currentDirectoryURL = URL(filePath: folder) }
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    /// A server that the test does not end would outlive it.
    deinit {
        if process.isRunning { send(SIGKILL) }
    }

    /// Runs a body that may block on a thread of its own. What it expects belongs to no test there, so it hands back
    /// what it saw.
    ///
    /// Some threads at a time, since Foundation's `Process` crashes in a process that has more than a thousand files
    /// open.
    static func onThread<Seen: Sendable>(_ body: @escaping @Sendable () throws -> Seen) async throws -> Seen {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Seen, any Error>) in
            Thread {
                places.wait()
                defer { places.signal() }
                continuation.resume(with: Result(catching: body))
            }.start()
        }
    }

    private static let places = DispatchSemaphore(value: 16)

    /// The next line of output; nothing at its end, or where none comes in time.
    func line(within limit: Duration = patience) -> String? {
        let deadline = ContinuousClock.now + limit
        let descriptor = output.fileHandleForReading.fileDescriptor
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeSubrange(...end) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = (deadline - .now) / .milliseconds(1)
            let news = poll(&entry, 1, Int32(max(0, left)))
            // The end of another child of the tests interrupts it.
            if news < 0, errno == EINTR { continue }
            guard news > 0 else { return nil }
            var block = [UInt8](repeating: 0, count: 4096)
            let count = read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            unread += block.prefix(count)
        }
    }

    /// The lines up to the first with a text, that one included; all that come in time where none has it.
    func lines(through text: String, within limit: Duration = patience) -> [String] {
        let deadline = ContinuousClock.now + limit
        var lines: [String] = []
        while .now < deadline, let line = line() {
            lines.append(line)
            if line.contains(text) { break }
        }
        return lines
    }

    /// Waits until a command has made a file.
    func waitForFile(_ path: String) {
        let deadline = ContinuousClock.now + Self.patience
        while .now < deadline, isRunning, !FileManager.default.fileExists(atPath: path) { poll(nil, 0, 5) }
    }

    /// Waits until it has read what was written to a pipe.
    func waitUntilRead(_ pipe: FileHandle) {
        let deadline = ContinuousClock.now + Self.patience
        var left: Int32 = 1
        while .now < deadline, isRunning, left > 0 {
            poll(nil, 0, 5)
            guard ioctl(pipe.fileDescriptor, UInt(FIONREAD), &left) == 0 else { return }
        }
    }

    var isRunning: Bool { process.isRunning }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Sends a signal and waits for the end; see `Process.end`.
    func end(_ signal: Int32) -> Int32 {
        send(signal)
        return end()
    }

    /// The same for a process that ends by itself; one that does not is killed.
    func end() -> Int32 {
        _ = lines(through: "no line has this")
        if process.isRunning { send(SIGKILL) }
        process.waitUntilExit()
        return process.end
    }

    /// Waits for the end and reads nothing of what the process writes: see `Process.end`; `nil` where it does not end.
    func endUnread() -> Int32? {
        let deadline = ContinuousClock.now + Self.patience
        while .now < deadline, isRunning { poll(nil, 0, 5) }
        return isRunning ? nil : process.end
    }
}

extension Process {
    /// How it ended: its exit status, or the negative number of the signal that ended it, so that a status of 9 is not
    /// taken for SIGKILL.
    var end: Int32 { terminationReason == .exit ? terminationStatus : -terminationStatus }
}
#endif
