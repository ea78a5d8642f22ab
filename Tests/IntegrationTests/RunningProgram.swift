import Foundation
import Testing

/// A program of this package, built beside these tests, which runs until it is asked to end.
struct RunningProgram {
    private let process = Process()
    private let output = Signals<String>()
    private let ended = Signals<Void>()

    init(_ name: String, _ arguments: String..., environment: [String: String] = [:]) throws {
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            .deletingLastPathComponent().appendingPathComponent(name)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        let (output, ended) = (output, ended)
        process.terminationHandler = { _ in ended.send(()) }
        try process.run()
        // A thread of its own, which ends with the output: a `readabilityHandler` now and then misses the end.
        let reading = pipe.fileHandleForReading
        Thread.detachNewThread {
            while true {
                let text = String(decoding: reading.availableData, as: UTF8.self)
                if text.isEmpty { break }
                output.send(text)
            }
            output.finish()
        }
    }

    /// What it prints next, as much as comes at once; `nil` after its last words.
    func text() async -> String? { await output.next() }

    /// Asks it to end, with SIGTERM.
    func terminate() { process.terminate() }

    /// Ends it, whatever signals it blocks: it has the mask of the thread that has started it.
    func kill() {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    /// Waits until it has ended.
    ///
    /// - Returns: Its exit status, or the number of the signal that has ended it.
    func status() async -> Int32 {
        _ = await ended.next()
        return process.terminationStatus
    }
}
