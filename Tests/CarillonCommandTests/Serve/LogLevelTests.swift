#if Command
import Foundation
import Testing

@Suite("What the server's log shows", .fewAtOnce)
struct LogLevelTests {
    /// What a server writes until two jobs have run, one that fails last; the order is that of the file.
    private func lines(_ settings: String, _ keys: String = "", arguments: [String] = []) async throws -> [String] {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            """
            \(settings)
            state: state
            jobs:
            - {id: good, command: echo is well; touch \(folder.path)/good\(keys)}
            - {id: bad, command: "while [ ! -e \(folder.path)/good ]; do sleep 0.05; done; echo is wrong; exit 3"\(keys)}
            """,
            to: "jobs.yaml")
        return try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: ["--config", config] + arguments)
            var lines = server.lines(through: "exit status 3")
            // Its output follows in the same text.
            server.send(SIGTERM)
            while let line = server.line() { lines.append(line) }
            _ = server.end()
            return lines
        }
    }

    @Test("At warning a run that succeeded is not told of, nor that all goes its way")
    func warning() async throws {
        let lines = try await lines("log: {level: warning}")
        #expect(
            !lines.contains { $0.contains("good") || $0.contains("succeeded") || $0.contains("stopped") }, "\(lines)")
        #expect(lines.contains { $0.contains("bad   failed") } && lines.contains("    bad | is wrong"), "\(lines)")
    }

    @Test("At critical no run is told of")
    func critical() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            "{log: {level: critical}, state: state, jobs: [{id: bad, command: 'touch \(folder.path)/ran; exit 3'}]}",
            to: "jobs.yaml")
        let path = folder.path
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config)
            server.waitForFile("\(path)/ran")
            server.send(SIGTERM)
            var lines: [String] = []
            while let line = server.line() { lines.append(line) }
            return lines
        }
        #expect(lines.isEmpty, "\(lines)")
    }

    @Test("At trace it says when a run begins, before it says how it ended")
    func trace() async throws {
        let lines = try await lines("log: {level: trace}")
        let began = try #require(lines.firstIndex { $0.contains("bad   started") }, "\(lines)")
        let ended = try #require(lines.firstIndex { $0.contains("bad   failed") }, "\(lines)")
        #expect(began < ended, "\(lines)")
        let usual = try await self.lines("log: {level: info}")
        #expect(!usual.contains { $0.contains("bad   started") }, "\(usual)")
    }

    @Test(
        "log.output chooses whose output is shown, and a job's own key wins",
        arguments: [
            ("log: {output: all}", "", true, true), ("log: {output: failures}", "", false, true),
            ("log: {output: none}", "", false, false), ("log: {output: none}", ", log_output: all", true, true),
            ("timezone: UTC", ", log_output: failures", false, true),
            ("timezone: UTC", ", log_output: none", false, false),
        ])
    func output(settings: String, keys: String, good: Bool, bad: Bool) async throws {
        let lines = try await lines(settings, keys)
        #expect(lines.contains("    good | is well") == good, "\(lines)")
        #expect(lines.contains("    bad | is wrong") == bad, "\(lines)")
        #expect(lines.contains { $0.contains("good  succeeded") }, "\(lines)")
    }

    @Test("The flag wins over the file, and another word is refused with the nearest")
    func flag() async throws {
        let lines = try await lines("log: {output: all}", arguments: ["--log-output", "none"])
        #expect(!lines.contains { $0.contains("|") }, "\(lines)")
        let run = try await CommandRun.carillon(["serve", "--log-output", "failure"])
        #expect(run.status == 64 && run.error.contains("did you mean 'failures'?"), "\(run)")
    }

    @Test("The lines of runs stand in the order of their times")
    func order() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            """
            state: state
            jobs:
            - {id: a-slow, command: "while [ ! -e \(folder.path)/quick ]; do sleep 0.05; done; sleep 0.2"}
            - {id: b-quick, command: touch \(folder.path)/quick}
            """, to: "jobs.yaml")
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config)
            defer { _ = server.end(SIGTERM) }
            return server.lines(through: "a-slow   succeeded")
        }
        let times = lines.filter { $0.contains("succeeded") }.map { String($0.prefix(23)) }
        #expect(times.count == 2 && times == times.sorted(), "\(lines)")
    }
}
#endif
