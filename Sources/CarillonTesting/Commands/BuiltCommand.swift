package import Foundation
import Synchronization

/// The command `carillon` that is built beside the tests, at work in a process of its own.
package final class BuiltCommand {
    private let process = Process()
    private let output: AsyncStream<String>
    private let ends: AsyncStream<Int32>

    /// The command beside the test bundle, or the one that `CARILLON_BINARY` names.
    package static func binary() throws -> URL {
        let named = ProcessInfo.processInfo.environment["CARILLON_BINARY"].map { URL(filePath: $0) }
        let places = [CommandLine.arguments.first.map { URL(filePath: $0) }, Bundle.main.executableURL]
        let beside = places.compactMap { $0?.deletingLastPathComponent().appending(path: "carillon") }
        let found = (named.map { [$0] } ?? beside).first { FileManager.default.isExecutableFile(atPath: $0.path) }
        guard let found else {
            throw TestFailure("there is no carillon beside the tests; build it, or set CARILLON_BINARY")
        }
        return found
    }

    /// Starts it.
    package init(_ arguments: [String]) throws {
        process.executableURL = try Self.binary()
        process.arguments = arguments
        let (output, lines) = AsyncStream.makeStream(of: String.self)
        let (ends, ended) = AsyncStream.makeStream(of: Int32.self)
        (self.output, self.ends) = (output, ends)
        process.terminationHandler = { process in
            let status = process.terminationStatus
            ended.yield(process.terminationReason == .exit ? status : -status)
            ended.finish()
        }
        let pipe = try Self.starts.withLock { _ in
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = pipe
            try process.run()
            return pipe
        }
        // A thread of its own, which ends with the output: a `readabilityHandler` now and then misses the end.
        let reading = pipe.fileHandleForReading
        Thread.detachNewThread {
            var buffer = LineBuffer()
            while true {
                let bytes = [UInt8](reading.availableData)
                for line in buffer.add(bytes) { lines.yield(String(decoding: line, as: UTF8.self)) }
                if bytes.isEmpty { break }
            }
            lines.finish()
        }
    }

    /// One process starts at a time: in a race another one might inherit its end of the pipe, and the output would
    /// go on until both have ended.
    private static let starts = Mutex(())

    /// One that a test does not end would outlive it.
    deinit { send(SIGKILL) }

    /// Runs it to its end.
    ///
    /// - Returns: Its status, see `end`, and what it wrote, lines on standard error among the others.
    package static func run(_ arguments: [String]) async throws -> (status: Int32, output: [String]) {
        let command = try BuiltCommand(arguments)
        let output = await command.lines(through: nil)
        return (await command.end(), output)
    }

    /// Returns the lines up to the first with a text, that one included; all of them up to its end if none has it.
    package func lines(through text: String?) async -> [String] {
        var lines: [String] = []
        for await line in output {
            lines.append(line)
            if let text, line.contains(text) { break }
        }
        return lines
    }

    package var isRunning: Bool { process.isRunning }

    /// Sends it a signal.
    package func send(_ signal: Int32) {
        if process.isRunning { kill(process.processIdentifier, signal) }
    }

    /// Waits until it has ended.
    ///
    /// - Returns: Its exit status, or the negative number of the signal that ended it.
    package func end() async -> Int32 { await ends.first { _ in true } ?? -SIGKILL }
}
