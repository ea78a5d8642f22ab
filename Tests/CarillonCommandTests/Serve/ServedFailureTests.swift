#if Command
import CarillonCommand
import Foundation
import Testing

@Suite("Runs of carillon serve that fail or are cancelled from elsewhere", .fewAtOnce)
struct ServedFailureTests {
    @Test("A run that is at work is cancelled by the command")
    func cancelled() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        let config = try folder.write(
            """
            state: .
            jobs:
            - id: long
              command: 'echo "$CARILLON_RUN" > \(path)/new; mv \(path)/new \(path)/run; sleep 600'
            """,
            to: "jobs.yaml")
        let (lines, status) = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: ["--config", config])
            server.waitForFile("\(path)/run")
            let run = try String(contentsOfFile: "\(path)/run", encoding: .utf8).trimmingCharacters(in: .newlines)
            let command = Process()
            command.executableURL = try ServedProcess.binary()
            command.arguments = ["runs", "cancel", run, "--config", config]
            command.standardOutput = Pipe()
            try command.run()
            let lines = server.lines(through: "long  cancelled")
            command.waitUntilExit()
            _ = server.end(SIGTERM)
            return (lines, command.terminationStatus)
        }
        #expect(status == 0)
        #expect(lines.last?.contains("long  cancelled") == true, "\(lines)")
    }

    @Test("A run that fails has one line", arguments: ["text", "json"])
    func failedOnce(_ format: String) async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            """
            state: .
            jobs:
            - {id: bad, command: exit 3}
            """,
            to: "jobs.yaml")
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: ["--config", config, "--log-format", format])
            var lines = server.lines(through: "exit status 3")
            server.send(SIGTERM)
            lines += server.lines(through: "stopped")
            _ = server.end()
            return lines
        }
        #expect(lines.count { $0.contains("exit status 3") } == 1, "\(lines)")
        #expect(!lines.contains { $0.contains("a run failed") }, "\(lines)")
    }
}
#endif
