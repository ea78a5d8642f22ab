import Foundation
import Testing

/// A program of this package, built beside these tests.
struct Program: Sendable {
    /// The package's folder.
    static let packagePath = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    let name: String

    /// Where it was built.
    var path: String {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(name).path
    }

    /// Runs it in a folder until it ends by itself.
    ///
    /// - Returns: What it printed, line by line.
    func output(_ arguments: String..., in folder: URL? = nil) async throws -> [String] {
        try await output(arguments, in: folder)
    }

    /// Runs it until it ends by itself.
    ///
    /// - Parameter settings: Variables of its environment, beside those of the tests.
    /// - Returns: What it printed, line by line.
    func output(
        _ arguments: [String], settings: [String: String] = [:], in folder: URL? = nil
    ) async throws -> [String] {
        let (lines, status) = try await run(arguments, settings: settings, in: folder)
        #expect(status == 0)
        return lines
    }

    /// Runs it in a folder until it ends by itself.
    ///
    /// - Returns: What it printed, line by line, and its exit status.
    func run(
        _ arguments: [String], settings: [String: String] = [:], in folder: URL? = nil
    ) async throws -> (lines: [String], status: Int32) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(settings) { _, new in new }
        if let folder { process.currentDirectoryURL = folder }
        let pipe = Pipe()
        process.standardOutput = pipe
        // What it prints fits into the pipe, so nobody has to read while it runs.
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        try #require(process.terminationReason == .exit)
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        return (lines, process.terminationStatus)
    }

    /// A new folder that nobody else uses.
    static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "carillon-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
