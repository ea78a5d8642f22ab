#if Command
import CarillonSQLite
import Foundation
import Testing

@Suite("carillon serve where it begins and ends", .fewAtOnce)
struct ServeLimitTests {
    @Test("With its standard streams closed the server runs, and writes nothing else into its database")
    func closedStreams() async throws {
        let folder = try TemporaryFolder()
        let mark = "\(folder.path)/up"
        let config = try folder.write(
            "{state: ., jobs: [{id: a, command: 'echo output; touch \(mark)'}, {id: b, command: 'exit 1'}]}",
            to: "jobs.yaml")
        let binary = try ServedProcess.binary().path
        let status = try await ServedProcess.onThread {
            let shell = Process()
            shell.executableURL = URL(filePath: "/bin/sh")
            shell.arguments = ["-c", "exec \"$0\" serve --config \"$1\" <&- >&- 2>&-", binary, config]
            try shell.run()
            let deadline = ContinuousClock.now + ServedProcess.patience
            while .now < deadline, shell.isRunning, !FileManager.default.fileExists(atPath: mark) { poll(nil, 0, 5) }
            kill(shell.processIdentifier, SIGTERM)
            shell.waitUntilExit()
            return shell.end
        }
        #expect(status == 0)
        let list = try await CommandRun.carillon(["runs", "list"], variables: ["STATE_DIRECTORY": folder.path])
        #expect(list.status == 0 && list.output.contains { $0.contains("succeeded") }, "\(list)")
        let bytes = try Data(contentsOf: URL(filePath: "\(folder.path)/jobs.sqlite"))
        #expect(bytes.starts(with: Data("SQLite format 3".utf8)) && bytes.range(of: Data("carillon 0.".utf8)) == nil)
    }

    /// Those that the trait `NIO` builds in.
    private static let eventLoopKinds: [String] = {
        #if NIO
        ["eventloop", "{type: tornado, max_workers: 2}", "twisted", "{type: niothreadpool, max_workers: 2}"]
        #else
        []
        #endif
    }()

    @Test(
        "Each executor that is built in runs commands",
        arguments: [
            "threadpool", "{type: elastic, max_workers: 10000}", "gevent", "asyncio", "debug", "processpool",
            "{type: processpool, max_workers: 2, max_tasks_per_worker: 3}",
        ] + eventLoopKinds)
    func executors(_ executor: String) async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            "{executors: {default: \(executor)}, jobs: [{id: a, command: 'echo it runs'}]}", to: "jobs.yaml")
        let lines = try await ServedProcess.onThread { () throws -> [String] in
            let server = try ServedProcess("--config", config, "--store", "memory:")
            let lines = server.lines(through: "it runs")
            _ = server.end(SIGTERM)
            return lines
        }
        #expect(lines.last?.hasSuffix("a | it runs") == true, "\(lines)")
    }

    @Test("One configuration has executors of all seven types, with a job on each")
    func allExecutors() async throws {
        #if NIO
        let types = ["threadpool", "processpool", "gevent", "asyncio", "tornado", "twisted", "debug"]
        #else
        let types = ["threadpool", "processpool", "gevent", "asyncio", "debug"]
        #endif
        let executors = types.map { "\($0): {type: \($0), max_workers: 30}" }.joined(separator: ", ")
        let jobs = types.map { "{id: on-\($0), command: 'echo $CARILLON_JOB ran', executor: \($0)}" }
        let folder = try TemporaryFolder()
        let config = try folder.write(
            """
            SCHEDULER_EXECUTORS: {\(executors), default: {type: threadpool, max_workers: 30}}
            JOBS: [\(jobs.joined(separator: ", "))]
            """, to: "jobs.yaml")
        let missing = try await ServedProcess.onThread { () throws -> [String] in
            let server = try ServedProcess("--config", config, "--store", "memory:")
            var left = types
            while !left.isEmpty, let line = server.lines(through: " ran").last, line.hasSuffix(" ran") {
                left.removeAll { line.hasSuffix("| on-\($0) ran") }
            }
            _ = server.end(SIGTERM)
            return left
        }
        #expect(missing.isEmpty)
    }

    @Test("Help that cannot be written is an error", arguments: [["help"], ["--version"], ["serve", "--help"]])
    func fullHelp(arguments: [String]) async throws {
        let run = try await CommandRun.carillon(arguments, output: "/dev/full")
        #expect(run.status == 74 && run.errors == ["Error: writing the output: No space left on device"], "\(run)")
        let written = try await CommandRun.carillon(arguments)
        #expect(written.status == 0 && written.output.count >= 1 && written.errors.isEmpty)
    }

    @Test("A SIGHUP before the server serves is kept until it does")
    func earlySignal() async throws {
        let folder = try TemporaryFolder()
        let config = "\(folder.path)/pipe.yaml"
        #expect(mkfifo(config, 0o600) == 0)
        let later = try folder.write("jobs: [{id: b, cron: '0 0 1 1 *', command: x}]", to: "later.yaml")
        let lines = try await ServedProcess.onThread { () throws -> [String] in
            // Open for reading as well, so that nobody has to be at the other end.
            let pipe = FileHandle(fileDescriptor: open(config, O_RDWR | O_CLOEXEC), closeOnDealloc: true)
            let server = try ServedProcess("--config", config, "--store", "memory:")
            try pipe.write(contentsOf: Data("jobs: ".utf8))
            // It reads its configuration now, and goes on with that until the pipe has an end.
            server.waitUntilRead(pipe)
            server.send(SIGHUP)
            // What is read anew is a file of this name.
            guard rename(later, config) == 0 else { return [] }
            try pipe.write(contentsOf: Data("[{id: a, cron: '0 0 1 1 *', command: x}]".utf8))
            try pipe.close()
            let lines = server.lines(through: "reloaded")
            _ = server.end(SIGTERM)
            return lines
        }
        #expect(lines.last?.contains("1 added (b), 1 removed (a)") == true, "\(lines)")
    }

    @Test("A second request to stop ends a server at once whose output nobody reads")
    func unreadOutput() async throws {
        let folder = try TemporaryFolder()
        let marks = "\(folder.path)/marks"
        let config = try folder.write(
            """
            shutdown_deadline: 3600
            jobs:
            - id: talk
              trigger: interval
              seconds: 1
              command: yes | head -c 60000; echo >> \(marks); [ $(wc -l < \(marks)) -lt 4 ] || touch \(marks).enough
            """,
            to: "jobs.yaml")
        let status = try await ServedProcess.onThread {
            let server = try ServedProcess("--config", config, "--store", "memory:")
            _ = server.lines(through: "  next   ")
            server.waitForFile("\(marks).enough")
            server.send(SIGTERM)
            // Longer than what counts as one request; the runs have ended by then.
            poll(nil, 0, 1500)
            server.send(SIGTERM)
            return server.endUnread()
        }
        #expect(status == 74)
    }
}
#endif
