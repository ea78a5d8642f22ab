#if Command
import Carillon
import CarillonTriggers
import Foundation
import Testing

@Suite("Jobs that carillon serve finds and cannot run", .fewAtOnce)
struct ServedParkedJobTests {
    /// A server on a store with a job of a misspelt task, to which another is added while it serves: the lines with the
    /// second one's id, and all before that.
    ///
    /// - Parameter wants: What makes a job of a task.
    private func serve(
        _ options: String..., wants: @escaping @Sendable (String) -> [String] = { ["--task", $0] }
    ) async throws -> (start: [String], later: [String]) {
        let fixture = try await StoreFixture([try StoreFixture.job("plain")])
        // Its folder goes with it.
        defer { withExtendedLifetime(fixture) {} }
        let (folder, path) = (fixture.folder, "\(fixture.folder)/jobs.sqlite")
        @Sendable func add(_ id: String, _ task: String) throws {
            let process = Process()
            process.executableURL = try ServedProcess.binary()
            process.arguments =
                ["jobs", "add", id, "--store", "sqlite:///\(path)", "--cron", "0 0 1 1 *"] + wants(task)
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
        }
        return try await ServedProcess.onThread {
            try add("old", "shel")
            let server = try ServedProcess(arguments: ["--state", folder] + options)
            let start = server.lines(through: "'old'")
            try add("new", "htp")
            let later = server.lines(through: "'new'")
            _ = server.end(SIGTERM)
            return (start, later)
        }
    }

    @Test("Are told of at the start, and when one comes, with the nearest task")
    func text() async throws {
        let seen = try await serve()
        let start = "warning: job 'old' waits for a node that has the task 'shel'; did you mean 'shell'?"
        let later = "warning: job 'new' waits for a node that has the task 'htp'; did you mean 'http'?"
        #expect(seen.start.contains(start) && !seen.start.joined().contains("'plain'"), "\(seen)")
        #expect(seen.later.last == later && seen.later.count { $0.contains("'old'") } == 0, "\(seen)")
    }

    @Test("Are told of, too, where their task for failed runs is one that no node has")
    func afterFailure() async throws {
        let seen = try await serve { task in
            ["--on-failure", task, "--on-failure-arguments", "{}", "--", "true"]
        }
        let words = "its task for failed runs waits for a node that has the task"
        let start = "warning: job 'old': \(words) 'shel'; did you mean 'shell'?"
        let later = "warning: job 'new': \(words) 'htp'; did you mean 'http'?"
        #expect(seen.start.contains(start) && !seen.start.joined().contains("'plain'"), "\(seen)")
        #expect(seen.later.last == later && seen.later.count { $0.contains("'old'") } == 0, "\(seen)")
    }

    @Test("As JSON the line has job, task and nearest task")
    func json() async throws {
        let seen = try await serve("--log-format", "json")
        let lines = seen.start + seen.later
        let objects = lines.compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
            .filter { $0["level"] as? String == "warning" }
        #expect(objects.count == 2, "\(lines)")
        #expect(objects.compactMap { $0["job"] as? String } == ["old", "new"])
        #expect(objects.compactMap { $0["task"] as? String } == ["shel", "htp"])
        #expect(objects.compactMap { $0["nearest"] as? String } == ["shell", "http"])
    }

    @Test("Are told of at the start, five at most, where the configuration does not have their executor")
    func executors() async throws {
        let jobs = try (1...7).map { number in
            var definition = try StoreFixture.job("j\(number)").definition
            definition.executor = number == 1 ? "slow" : "slwo"
            return NewJob(id: try JobID("j\(number)"), definition: definition, added: Instant(.now))
        }
        let fixture = try await StoreFixture(jobs)
        let config = "\(fixture.folder)/c.yaml"
        try "executors: {slow: debug}".write(toFile: config, atomically: true, encoding: .utf8)
        let folder = fixture.folder
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: ["--state", folder, "--config", config])
            let lines = server.lines(through: "more waits for an executor")
            _ = server.end(SIGTERM)
            return lines
        }
        withExtendedLifetime(fixture) {}
        let told = lines.filter { $0.contains("executor") }
        #expect(told.count == 6, "\(lines)")
        let words =
            "warning: the runs of job 'j2' wait for a server that has the executor 'slwo'; did you mean 'slow'? "
            + "The configuration has default, slow"
        #expect(told.first == words, "\(lines)")
        let last = "warning: and 1 job more waits for an executor that the configuration does not have"
        #expect(told.last == last, "\(lines)")
    }
}
#endif
