#if Command
import Foundation

/// What a `carillon` command answered that was really run.
struct CommandRun: Sendable {
    let output: [String]
    let errors: [String]
    let status: Int32

    /// Runs the command to its end.
    ///
    /// - Parameters:
    ///   - variables: What is added to its environment.
    ///   - input: What it reads, as long as a pipe holds.
    ///   - outputPath: A file to write to, of which nothing is read.
    ///   - launcher: A program with its arguments that starts the command.
    static func carillon(
        _ arguments: [String], variables: [String: String] = [:], input: String = "", output outputPath: String? = nil,
        launcher: [String] = []
    ) async throws -> CommandRun {
        try await ServedProcess.onThread {
            try waitingForCarillon(
                arguments, variables: variables, input: input, output: outputPath, launcher: launcher)
        }
    }

    /// The same on a thread that may wait.
    static func waitingForCarillon(
        _ arguments: [String], variables: [String: String] = [:], input: String = "", output outputPath: String? = nil,
        launcher: [String] = []
    ) throws -> CommandRun {
        let process = Process()
        let output = Pipe()
        let errors = try TemporaryFolder()
        let errorFile = try errors.write("", to: "errors")
        let binary = try ServedProcess.binary()
        process.executableURL = launcher.first.map { URL(filePath: $0) } ?? binary
        process.arguments = launcher.isEmpty ? arguments : launcher.dropFirst() + [binary.path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(variables) { _, new in new }
        let inputPipe = Pipe()
        inputPipe.fileHandleForWriting.write(Data(input.utf8))
        try inputPipe.fileHandleForWriting.close()
        process.standardInput = inputPipe
        let outputFile = outputPath.flatMap { FileHandle(forWritingAtPath: $0) }
        process.standardOutput = outputFile ?? output
        process.standardError = FileHandle(forWritingAtPath: errorFile)
        try process.run()
        // What nobody writes to would not end.
        if outputFile != nil { try output.fileHandleForWriting.close() }
        let text = String(decoding: try output.fileHandleForReading.rest(), as: UTF8.self)
        process.waitUntilExit()
        let errorText = try String(contentsOfFile: errorFile, encoding: .utf8)
        return CommandRun(
            output: text.split(separator: "\n").map(String.init),
            errors: errorText.split(separator: "\n").map(String.init),
            status: process.end
        )
    }
}
#endif
