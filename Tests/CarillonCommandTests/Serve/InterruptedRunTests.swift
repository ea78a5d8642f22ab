#if Command
import Foundation
import Testing

@Suite("carillon serve that stops while runs are at work", .fewAtOnce)
struct InterruptedRunTests {
    /// Starts a server with a long command, stops it by two requests while that is at work, and starts another one, whose
    /// command ends at once.
    private func stopAndStart(
        _ recovery: String, _ arguments: [String] = [], through text: String
    ) async throws -> (folder: TemporaryFolder, first: [String], second: [String], status: Int32) {
        let folder = try TemporaryFolder()
        let path = folder.path
        let config = try folder.write(
            """
            state: .
            jobs:
            - id: backup
              recovery: \(recovery)
              command: '[ -e \(path)/up ] && exit 0; touch \(path)/up; echo half; sleep 60'
              on_failure: {task: shell, arguments: {command: 'echo "$CARILLON_FAILED_OUTCOME: $CARILLON_FAILED_ERROR"'}}
            """,
            to: "jobs.yaml")
        let (first, status, second) = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: ["--config", config] + arguments)
            _ = server.lines(through: arguments.isEmpty ? "  next   " : #""event":"started""#)
            server.waitForFile("\(path)/up")
            server.send(SIGTERM)
            var lines = server.lines(through: "stopping")
            // A second request within 100 ms would be taken for the first.
            _ = server.line(within: .milliseconds(150))
            server.send(SIGTERM)
            lines += server.lines(through: "stopped")
            let status = server.end()
            let next = try ServedProcess(arguments: ["--config", config] + arguments)
            let more = next.lines(through: text)
            _ = next.end(SIGTERM)
            return (lines, status, more)
        }
        return (folder, first, second, status)
    }

    @Test("Two requests to stop interrupt a run, which the next start runs again; 'why' and 'show' tell of it")
    func runsAgain() async throws {
        let (folder, first, second, status) = try await stopAndStart("rerun", through: "backup  succeeded")
        #expect(status == 0)
        let interrupted = /backup  interrupted  by the stop of the server; the run of .* waits to be run again$/
        #expect(first.contains { $0.contains(interrupted) }, "\(first)")
        #expect(first.last?.hasSuffix("  stopped") == true, "\(first)")
        #expect(second.contains { $0.contains("backup  succeeded") }, "\(second)")
        #expect(!(first + second).contains { $0.contains("cancelled") || $0.contains("lost") }, "\(first + second)")
        let variables = ["STATE_DIRECTORY": folder.path]
        let list = try await CommandRun.carillon(["runs", "list", "--json"], variables: variables)
        let runs = try #require(try JSONSerialization.jsonObject(with: Data(list.text.utf8)) as? [[String: Any]])
        #expect(runs.count == 1 && runs.first?["recoveries"] as? Int == 1, "\(list)")
        #expect(runs.first?["attempt"] as? Int == 1 && runs.first?["outcome"] as? String == "succeeded")
        let time = try #require(runs.first?["scheduled"] as? String)
        let why = try await CommandRun.carillon(["runs", "why", "backup", time], variables: variables)
        let words = ": succeeded. Its node had died or stopped before, and it was run again."
        #expect(why.output.first?.hasSuffix(words) == true, "\(why)")
        let id = try #require(runs.first?["id"] as? String)
        let show = try await CommandRun.carillon(["runs", "show", id], variables: variables)
        #expect(show.output.contains { $0.contains(/^recoveries +its node died or stopped once$/) }, "\(show)")
    }

    @Test("With markLost it is lost, and the task for failed runs is told by the next start")
    func markLost() async throws {
        let (_, first, second, _) = try await stopAndStart("markLost", through: "lost: interrupted by")
        #expect(
            first.contains { $0.contains(/backup  lost +\d+ m?s .*interrupted by the stop of node '.*'$/) }, "\(first)")
        #expect(second.contains { $0.contains(/backup  succeeded .*  after failure of \d\d:/) }, "\(second)")
        #expect(second.last?.contains("    backup | lost: interrupted by the stop of node '") == true, "\(second)")
    }

    @Test("As JSON it is an event of its own, and runs have their kind")
    func json() async throws {
        let (_, first, second, _) = try await stopAndStart(
            "rerun", ["--log-format", "json"], through: #""event":"run""#)
        func events(_ lines: [String], _ name: String) -> [[String: Any]] {
            lines.compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
                .filter { $0["event"] as? String == name }
        }
        let interrupted = try #require(events(first, "interrupted").first, "\(first)")
        #expect(interrupted["job"] as? String == "backup" && interrupted["again"] as? Bool == true)
        #expect(interrupted["kind"] as? String == "scheduled" && interrupted["attempt"] as? Int == 1)
        let run = try #require(events(second, "run").first, "\(second)")
        #expect(run["run"] as? String == interrupted["run"] as? String && run["kind"] as? String == "scheduled")
    }

    /// The command line, and what it says while the run waits for the next start.
    @Test("Between the stop and the next start the run is ready, and says why")
    func between() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        let config = try folder.write(
            "{state: ., jobs: [{id: backup, command: 'touch \(path)/up; sleep 60'}]}", to: "jobs.yaml")
        _ = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config, "--shutdown-deadline", "0")
            _ = server.lines(through: "  next   ")
            server.waitForFile("\(path)/up")
            return server.end(SIGTERM)
        }
        let variables = ["STATE_DIRECTORY": path]
        let list = try await CommandRun.carillon(["runs", "list", "--json"], variables: variables)
        let runs = try #require(try JSONSerialization.jsonObject(with: Data(list.text.utf8)) as? [[String: Any]])
        #expect(runs.first?["state"] as? String == "ready" && runs.first?["recoveries"] as? Int == 1, "\(list)")
        let time = try #require(runs.first?["scheduled"] as? String)
        let why = try await CommandRun.carillon(["runs", "why", "backup", time], variables: variables)
        #expect(why.output.first?.contains("is ready and waits for a node to take it. It was") == true, "\(why)")
        #expect(
            why.output.first?.contains(/It was interrupted by the stop of node '.*', and waits to be run again\./)
                == true,
            "\(why)")
    }
}
#endif
