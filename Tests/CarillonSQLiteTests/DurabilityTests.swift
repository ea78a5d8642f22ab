import Foundation
import Testing

/// What is acknowledged is on the disk. A process writes to a store, and tells which files it had the disk hold, and when.
@Suite("Durability") struct DurabilityTests {
    private let file: StoreFile
    /// The steps of the process, and the calls between them.
    private let lines: [String]
    private var backup: String { file.folder + "/backup.sqlite3" }

    init() async throws {
        file = try StoreFile()
        lines = try await Self.diskCalls(of: file)
    }

    private static func diskCalls(of file: StoreFile) async throws -> [String] {
        let process = Process()
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        process.executableURL = folder.appendingPathComponent("StoreWorker")
        process.arguments = ["--disk", file.path, file.folder + "/backup.sqlite3"]
        let log = file.folder + "/calls"
        process.environment = ProcessInfo.processInfo.environment.merging(["DISK_CALLS": log]) { $1 }
        let (ends, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { end.yield($0.terminationStatus) }
        try process.run()
        #expect(await ends.first { _ in true } == 0)
        return try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// The calls between two steps.
    private func calls(from first: String, through last: String) throws -> [ArraySlice<String>] {
        var rest = lines[...]
        var found: [ArraySlice<String>] = []
        while let begin = rest.firstIndex(of: "step \(first)") {
            let end = try #require(rest[begin...].firstIndex(of: "step \(last)"))
            found.append(rest[(begin + 1)..<end])
            rest = rest[(end + 1)...]
        }
        return found
    }

    @Test("A commit is acknowledged after the disk holds the log", .enabled(if: isLinux))
    func commit() throws {
        let commits = try calls(from: "adding", through: "added")
        #expect(commits.count == 2)
        for calls in commits { #expect(calls.contains("sync \(file.path)-wal"), "\(lines)") }
    }

    @Test("A backup is copied, synced, renamed, and then its folder is synced", .enabled(if: isLinux))
    func backedUp() throws {
        let calls = try #require(try calls(from: "backing up", through: "backed up").first)
        let rename = try #require(
            calls.firstIndex { $0.hasPrefix("rename ") && $0.hasSuffix(" \(backup)") }, "\(calls)")
        let copy = calls[rename].dropFirst("rename ".count).dropLast(backup.count + 1)
        #expect(copy.hasSuffix(".partial"))
        #expect(calls[..<rename].last == "sync \(copy)", "\(calls)")
        #expect(calls.suffix(from: rename + 1).first == "sync \(file.folder)", "\(calls)")
    }
}

#if os(Linux)
private let isLinux = true
#else
private let isLinux = false
#endif
