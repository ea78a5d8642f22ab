#if Command
import Foundation
import Testing

@Suite("carillon serve that is stopped for longer than its lease", .fewAtOnce)
struct FrozenServerTests {
    /// Two servers on one store; the one with the run is stopped until the other has run it, and goes on then.
    private func freeze(_ arguments: [String] = [], recovered: String) async throws -> [String] {
        let folder = try TemporaryFolder()
        let path = folder.path
        let config = try folder.write(
            """
            state: .
            lease: 3
            jobs: [{id: backup, command: '[ -e \(path)/up ] && exit 0; touch \(path)/up; sleep 60'}]
            """,
            to: "jobs.yaml")
        return try await ServedProcess.onThread {
            let first = try ServedProcess(arguments: ["--config", config] + arguments)
            first.waitForFile("\(path)/up")
            let second = try ServedProcess(arguments: ["--config", config] + arguments)
            _ = second.lines(through: arguments.isEmpty ? "  jobs   " : #""event":"started""#)
            first.send(SIGSTOP)
            // What is stopped while it writes keeps the store from everybody until it goes on.
            while try Self.isBeingWritten("\(path)/jobs.sqlite") {
                first.send(SIGCONT)
                first.send(SIGSTOP)
            }
            _ = second.lines(through: recovered)
            first.send(SIGCONT)
            let lines = first.lines(through: "taken over")
            first.send(SIGTERM)
            let rest = first.lines(through: "stopped")
            _ = first.end()
            _ = second.end(SIGTERM)
            return lines + rest
        }
    }

    /// Whether somebody writes to an SQLite file: holds the 121st byte of its shared memory (WAL-index format, "Locks").
    private static func isBeingWritten(_ path: String) throws -> Bool {
        let file = try FileHandle(forUpdating: URL(filePath: "\(path)-shm"))
        defer { try? file.close() }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = 120
        lock.l_len = 1
        try #require(fcntl(file.fileDescriptor, F_GETLK, &lock) == 0)
        return lock.l_type != Int16(F_UNLCK)
    }

    private static let sentence =
        "was silent; its work here is ended and its outcome does not count"

    @Test("It says that its run was taken over, and tells of no outcome")
    func text() async throws {
        let lines = try await freeze(recovered: "backup  succeeded")
        let said = lines.filter { $0.contains("taken over") }
        #expect(said.count == 1, "\(lines)")
        #expect(said.first?.hasPrefix("warning: a run was taken over by node '") == true, "\(lines)")
        #expect(said.first?.contains(Self.sentence) == true, "\(lines)")
        let metadata = #/ job=backup  run=backup/2\d{3}-\S+[+]00:00  store=default$/#
        #expect(said.first?.contains(metadata) == true, "\(lines)")
        // What the server tells of runs has milliseconds, and its banner none.
        #expect(!lines.contains { $0.contains(/\.\d{3}  backup/) }, "\(lines)")
        #expect(lines.last?.hasSuffix("  stopped") == true, "\(lines)")
    }

    @Test("As JSON it is an event 'log' with the job and the run")
    func json() async throws {
        let lines = try await freeze(["--log-format", "json"], recovered: #""outcome":"succeeded""#)
        let events = lines.compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
        let said = events.filter { ($0["message"] as? String)?.contains("taken over") == true }
        #expect(said.count == 1, "\(lines)")
        #expect(said.first?["event"] as? String == "log" && said.first?["level"] as? String == "warning")
        #expect((said.first?["message"] as? String)?.hasSuffix(Self.sentence) == true, "\(lines)")
        #expect(said.first?["job"] as? String == "backup", "\(lines)")
        #expect((said.first?["run"] as? String)?.hasPrefix("backup/1/") == true, "\(lines)")
        #expect(!events.contains { $0["outcome"] != nil }, "\(lines)")
    }
}
#endif
