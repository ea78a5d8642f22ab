import Foundation

/// A program that is running, and what it prints.
struct Running {
    private let process = Process()
    private let pipe = Pipe()

    init(_ command: [String]) throws {
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardOutput = pipe
        try process.run()
    }

    /// Waits until it has ended, and returns what it has printed, without blanks around it.
    func output() throws -> String {
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchmarkFailure("\(process.executableURL?.path ?? "") has failed")
        }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// The server that is measured.
struct BenchmarkServer {
    let url: String

    /// The command that does something by the roof in C.
    func roofCommand(_ arguments: String...) -> [String] {
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).standardizedFileURL
            .deletingLastPathComponent().appendingPathComponent("postgresql-roof").path
        return [program, url] + arguments
    }

    func roof(_ action: String, _ number: String) throws -> String { try Running(roofCommand(action, number)).output() }

    /// Returns the address of a schema without tables.
    func emptySchema() throws -> String {
        _ = try roof("schema", "0")
        return "\(url)?schema=bench"
    }
}
