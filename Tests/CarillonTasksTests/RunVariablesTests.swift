import Carillon
import CarillonTasks
import CarillonTriggers
import Foundation
import Testing

@Suite("Variables and secrets of runs")
struct RunVariablesTests {
    /// Runs a job once as a configuration file would have it, and returns its run.
    ///
    /// - Parameters:
    ///   - server: What the server's environment has beside a `PATH`.
    ///   - origin: The file that keeps the job.
    private func run(
        _ task: String, _ arguments: String, server: [String: String] = [:], origin: String? = nil,
        resolves: Bool = true
    ) async throws -> Run {
        let environment = server.merging(["PATH": "/usr/bin:/bin"]) { given, _ in given }
        var options = SchedulerOptions()
        options.environment = { environment }
        let scheduler = AsyncScheduler(options)
        try scheduler.register(ShellTask(environment: { environment }))
        try scheduler.register(HTTPTask())
        try scheduler.register("own") { (arguments: OwnArguments, context: TaskContext) -> OwnArguments in
            context.log("password \(arguments.password)")
            context.progress(0.5, arguments.password)
            return arguments
        }
        let events = scheduler.events()
        try await scheduler.start()
        var definition = JobDefinition(
            task: try TaskName(task), arguments: Array(arguments.utf8), trigger: .date(.now), origin: origin)
        definition.policies.resolvesVariables = resolves
        _ = try await scheduler.keepJobs(
            ofOrigins: [], equalTo: [OriginJob(id: JobID("job"), definition: definition)])
        for await event in events {
            if case .runProgressed(_, let progress) = event.kind { #expect(progress.note == "***") }
            if case .runEnded = event.kind { break }
        }
        let run = try await scheduler.runs(of: "job").first
        let stored = try await scheduler.job("job").job.definition.arguments
        await scheduler.shutdown()
        #expect(String(decoding: stored, as: UTF8.self) == arguments, "what is stored stays as it is")
        return try #require(run)
    }

    private struct OwnArguments: Codable, Sendable, SecretArguments {
        static let secretKeys: Set<String> = ["password"]
        let count: Int
        let password: String
    }

    private func folder(_ files: [String: String]) throws -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/carillon-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in files { try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8) }
        return folder
    }

    @Test("A variable is put in when the job runs, and masked in what the run says")
    func variable() async throws {
        let run = try await run(
            "shell", #"{"command":"echo ${PASSWORD} ${NONE:-else} $${HOME:-home}; printf hunt; printf er2; exit 3"}"#,
            server: ["PASSWORD": "hunter2"])
        #expect(run.text == "*** else home\n***" && run.error == "exit status 3")
        let missing = try await self.run("shell", #"{"command":["/no/hunter2/${P}"]}"#, server: ["P": "hunter2"])
        #expect(missing.error == "no such command: /no/***/***")
        // What only begins as a value does is no part of it.
        let beginning = try await self.run(
            "shell", #"{"command":"printf hunt","stdin":"${P}"}"#, server: ["P": "hunter2"])
        #expect(beginning.text == "hunt")
    }

    @Test("Text of jobs that say nothing of variables stays as it is")
    func stored() async throws {
        let run = try await run(
            "shell", #"{"command":"x=a.gz; echo ${x%.gz} ${PASSWORD}"}"#, server: ["PASSWORD": "hunter2"],
            resolves: false)
        #expect(run.text == "a hunter2\n" && run.outcome == .succeeded)
    }

    @Test("A variable that is missing fails the run, which names it")
    func missing() async throws {
        let run = try await run("shell", #"{"command":"true","environment":{"X":"${NONE}"}}"#)
        #expect(run.outcome == .failed)
        #expect(run.error?.hasPrefix("'environment.X': the environment variable 'NONE' is not set") == true)
    }

    @Test("Arguments of a program's own task have variables, numbers and secret files, masked in log and result")
    func ownTask() async throws {
        let folder = try folder(["password": "hunter2\n"])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let run = try await run(
            "own", #"{"count":{"${}":"${N}"},"password_file":"password"}"#, server: ["N": "12345"],
            origin: "\(folder)/jobs.yaml")
        #expect(run.outcome == .succeeded, "\(run.error ?? "")")
        #expect(run.text == "password ***\n")
        let result = run.resultText
        #expect(!result.contains("hunter2") && result.contains(#""password":"***""#))
    }

    @Test("A command gets what an environment file has and loses what its arguments refer to")
    func environmentFile() async throws {
        let folder = try folder(["a.env": "TOKEN=from-file\nOTHER='x yz'\n"])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let run = try await run(
            "shell",
            #"""
            {"command":"env; test '${TOKEN}' = from-\"file\" && echo equal; test -z \"$SECRET\" && echo lost",
            "environment":{"Y":"${SECRET}"},"environment_file":"a.env"}
            """#,
            server: ["SECRET": "hunter2", "KEPT": "kept", "HOME": "/home/of-server"], origin: "\(folder)/jobs.yaml")
        let lines = run.text.split(separator: "\n")
        #expect(lines.contains("TOKEN=***") && !lines.contains("OTHER=x yz") && lines.contains("OTHER=***"))
        #expect(lines.contains("Y=***") && lines.contains("KEPT=kept") && lines.contains("equal"))
        #expect(lines.contains("lost") && !lines.contains { $0.hasPrefix("SECRET=") })
    }

    @Test(
        "Errors in files name the file and the line",
        arguments: [
            (#""environment_file":"bad.env""#, "the file 'bad.env', line 2: must be NAME=value"),
            (#""environment_file":"none.env""#, "the file 'none.env' cannot be read: No such file or directory"),
            (#""stdin_file":"none""#, "the file 'none' cannot be read: No such file or directory"),
            (#""stdin_file":"empty""#, "the file 'empty' is empty"),
            (#""stdin_file":".""#, "the file '.' is not a regular file"),
        ])
    func filesWithErrors(member: String, expected: String) async throws {
        let folder = try folder(["bad.env": "A=1\nhunter2\n", "empty": "\n"])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let run = try await run("shell", #"{"command":"true",\#(member)}"#, origin: "\(folder)/jobs.yaml")
        #expect(run.outcome == .failed && run.error?.hasPrefix(expected) == true, "\(run.error ?? "no error")")
    }

    @Test("Files are read for jobs of a configuration file alone")
    func onlyOfFiles() async throws {
        for key in ["environment_file", "stdin_file"] {
            await #expect(throws: CarillonError.self) {
                _ = try await run("shell", #"{"command":"cat","\#(key)":"/etc/passwd"}"#)
            }
        }
    }

    @Test("What a command reads may be in a file")
    func standardInput() async throws {
        let folder = try folder(["in": "hunter2 ${X}\n"])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let run = try await run(
            "shell", #"{"command":"wc -c","stdin_file":"\#(folder)/in"}"#, origin: "/elsewhere/jobs.yaml")
        #expect(run.text.trimmingCharacters(in: .whitespacesAndNewlines) == "12")
    }

    @Test("A command that inherits nothing has a path, its user and what is given")
    func inheritsNothing() async throws {
        let run = try await run(
            "shell", #"{"command":["env"],"inherit_environment":false,"environment":{"GIVEN":"${A}b"}}"#,
            server: ["A": "a", "NOT_INHERITED": "x"])
        let names = Set(run.text.split(separator: "\n").map { String($0.prefix { $0 != "=" }) })
        #expect(names.isSuperset(of: ["PATH", "GIVEN", "CARILLON_RUN", "CARILLON_JOB"]))
        #expect(names.isDisjoint(with: ["NOT_INHERITED", "A"]))
        #expect(names.isSuperset(of: ["HOME", "USER", "LOGNAME", "SHELL"]))
    }

    @Test("A header may be in a file, and an address in a variable")
    func header() async throws {
        let folder = try folder(["token": "Bearer hunter2\n"])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try LocalServer { asked, connection in
            let body = asked.headers["authorization"] ?? "none"
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }
        let run = try await run(
            "http", #"{"url":"${BASE}/x","headers":{"Authorization_file":"token"}}"#,
            server: ["BASE": "http://127.0.0.1:\(server.port)"], origin: "\(folder)/jobs.yaml")
        #expect(run.outcome == .succeeded, "\(run.error ?? "")")
        #expect(run.text.contains("***") && !run.text.contains("hunter2"))
        #expect(server.requests.first?.headers["authorization"] == "Bearer hunter2")
    }
}
