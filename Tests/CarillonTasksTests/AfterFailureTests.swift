import Carillon
import CarillonTasks
import CarillonTriggers
import Foundation
import Testing

/// What the built-in tasks know of a run that failed.
@Suite(.timeLimit(.minutes(10))) struct AfterFailureTests {
    @Test func aCommandFindsTheReportInItsEnvironmentAndOnStandardInput() async throws {
        let names = ["JOB", "RUN", "SCHEDULED", "ATTEMPT", "OUTCOME", "ERROR"].map { "CARILLON_FAILED_\($0)" }
        let line = names.map { "echo \"$\($0)\"" }.joined(separator: ";") + "; echo $CARILLON_JOB; cat"
        let environment = ["CARILLON_FAILED_JOB": "another"]
        let (failed, run) = try await TaskBench.afterFailure(
            "shell", ShellArguments(command: .line(line), environment: environment))
        #expect(run.id.occurrence.kind == .onFailure && run.outcome == .succeeded)
        let scheduled = failed.occurrence.scheduled.formatted(in: .utc)
        let report = """
            {"job":"job","run":"\(failed)","scheduled":"\(scheduled)","attempt":1,"outcome":"failed","error":"exit status 3"}
            """
        #expect(run.text == "job\n\(failed)\n\(scheduled)\n1\nfailed\nexit status 3\njob\n\(report)\n")
    }

    @Test func aTextForStandardInputWins() async throws {
        let arguments = ShellArguments(command: .line("cat"), stdin: "mine")
        #expect(try await TaskBench.afterFailure("shell", arguments).run.text == "mine")
    }

    @Test func aCommandThatRunsForAnotherReasonFindsNothing() async throws {
        let arguments = ShellArguments(
            command: .line("env | grep -c CARILLON_FAILED_; cat"), environment: ["CARILLON_FAILED_ERROR": "old"])
        #expect(try await TaskBench.shell(arguments).text == "0\n")
    }

    /// Errors of a megabyte are cut where they are kept; what is left is too long for the environment of a command.
    @Test func aLongErrorDoesNotKeepTheCommandFromRunning() async throws {
        let name = String(repeating: "ü", count: 40_000)
        let line = "printf '%s' \"$CARILLON_FAILED_ERROR\" | wc -c; wc -c"
        let bench = try await TaskBench.afterFailure(
            "shell", ShellArguments(command: .line(line)),
            failing: ShellArguments(command: .program([name])))
        let sizes = bench.run.text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        #expect(bench.run.outcome == .succeeded && sizes.count == 2)
        #expect((16_380...16_384).contains(sizes.first ?? 0) && sizes.last ?? 0 > 60_000, "\(sizes)")
    }

    @Test func aRequestCarriesTheReport() async throws {
        let server = try LocalServer { _, connection in connection.send(answer("204 No Content")) }
        var failed: [Run.ID] = []
        for arguments in [
            HTTPArguments(url: server.url()), HTTPArguments(url: server.url(), method: "PUT", headers: ["X-A": "b"]),
            HTTPArguments(url: server.url(), body: .text("mine")), HTTPArguments(url: server.url(), method: "GET"),
        ] {
            let (id, run) = try await TaskBench.afterFailure("http", arguments)
            #expect(run.outcome == .succeeded)
            failed.append(id)
        }
        let asked = server.requests
        try #require(asked.count == 4)
        #expect(asked.map(\.method) == ["POST", "PUT", "POST", "GET"])
        #expect(asked[2].body == "mine" && asked[3].body == "")
        for index in 0...1 {
            #expect(asked[index].headers["content-type"] == "application/json")
            let report = try JSONSerialization.jsonObject(with: Data(asked[index].body.utf8)) as? [String: Any]
            #expect(report?["run"] as? String == "\(failed[index])" && report?["job"] as? String == "job")
            #expect(report?["error"] as? String == "exit status 3" && report?["outcome"] as? String == "failed")
        }
        #expect(asked[1].headers["x-a"] == "b")
    }
}
