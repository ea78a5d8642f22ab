import Foundation

/// What a `carillon` command answered that was really run.
struct CommandRun: Sendable {
    let output: [String]
    let errors: [String]
    let status: Int32

    /// Runs the command to its end, with variables added to its environment.
    static func carillon(_ arguments: [String], variables: [String: String] = [:]) async throws -> CommandRun {
        try await ServedProcess.onThread {
            let process = Process()
            let output = Pipe()
            let errors = try TemporaryFolder()
            let errorFile = try errors.write("", to: "errors")
            process.executableURL = try ServedProcess.binary()
            process.arguments = arguments
            process.environment = ProcessInfo.processInfo.environment.merging(variables) { _, new in new }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = output
            process.standardError = FileHandle(forWritingAtPath: errorFile)
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            let errorText = try String(contentsOfFile: errorFile, encoding: .utf8)
            return CommandRun(
                output: text.split(separator: "\n").map(String.init),
                errors: errorText.split(separator: "\n").map(String.init),
                status: process.terminationStatus
            )
        }
    }
}
