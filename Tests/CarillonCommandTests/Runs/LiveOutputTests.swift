#if Command
import Foundation
import Testing

/// What a command writes is seen by other processes while it runs.
@Suite("Output while a run goes on", .timeLimit(.minutes(10)), .fewAtOnce)
struct LiveOutputTests {
    /// A server with a job that writes, waits for somebody to write to a pipe, writes again and ends with a status.
    private final class Bench {
        let folder: TemporaryFolder
        let server: ServedProcess
        let config: String
        let pipe: String

        init(status: Int) throws {
            folder = try TemporaryFolder()
            pipe = "\(folder.path)/pipe"
            try #require(mkfifo(pipe, 0o600) == 0)
            let command = "echo one; printf 'half\\033[0m'; read word < \(pipe); echo \"; $word\"; exit \(status)"
            config = try folder.write(
                "state: \(folder.path)/state\njobs:\n- id: talk\n  command: |\n    \(command)\n", to: "jobs.yaml")
            server = try ServedProcess("--config", config, "--shutdown-deadline", "0")
        }

        /// Lets the job go on.
        func release() throws {
            let handle = try #require(FileHandle(forWritingAtPath: pipe))
            try handle.write(contentsOf: Data("two\n".utf8))
            try handle.close()
        }
    }

    private static func carillon(_ bench: Bench, _ arguments: String...) async throws -> CommandRun {
        try await CommandRun.carillon(arguments, variables: ["STATE_DIRECTORY": "\(bench.folder.path)/state"])
    }

    /// The only run of the job, once it is running and has said something.
    private static func talkingRun(_ bench: Bench) async throws -> String {
        let deadline = ContinuousClock.now + ServedProcess.patience
        while .now < deadline {
            let listed = try await carillon(bench, "runs", "list", "--state", "running", "--json")
            let runs = try? JSONSerialization.jsonObject(with: Data(listed.text.utf8)) as? [[String: Any]]
            if let id = runs?.first?["id"] as? String {
                let shown = try await carillon(bench, "runs", "show", id, "--log")
                if shown.text.contains("half") { return id }
            }
        }
        return try #require(nil, "no run has said anything")
    }

    @Test("Another process sees it by 'runs show', and follows it to its end")
    func shownAndFollowed() async throws {
        let bench = try Bench(status: 3)
        let id = try await Self.talkingRun(bench)
        let shown = try await Self.carillon(bench, "runs", "show", id)
        #expect(shown.text.contains("state      running"), "\(shown)")
        #expect(shown.output.contains { $0.hasPrefix("said last") }, "\(shown)")
        #expect(shown.text.contains("Log so far\none\nhalf\\u{1B}[0m"), "\(shown)")
        let name = try #require(shown.output.first?.split(separator: " ").last)
        let json = try await Self.carillon(bench, "runs", "show", id, "--json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.text.utf8)) as? [String: Any])
        #expect(object["log"] as? String == "one\nhalf\u{1B}[0m" && object["log_bytes"] as? Int == 12)
        #expect(object["noted"] is String && object["finished"] is NSNull)

        let follower = try await Follower(id, bench.folder.path)
        #expect(await follower.lines(1) == ["one"])
        try bench.release()
        let (lines, errors, status) = try await follower.end()
        #expect(lines == ["half\u{1B}[0m; two"], "a pipe gets it byte for byte")
        #expect(status == 1)
        #expect(errors.contains { $0.hasPrefix("\(name): started on ") }, "\(errors)")
        #expect(errors.contains { $0.hasPrefix("\(name): failed, took ") }, "\(errors)")
        #expect(errors.last == "Error: run '\(name)' failed: exit status 3", "\(errors)")
    }

    @Test("With --json each thing is an object, and a run that succeeds ends it with 0")
    func json() async throws {
        let bench = try Bench(status: 0)
        let id = try await Self.talkingRun(bench)
        let follower = try await Follower(id, bench.folder.path, "--json")
        let begun = await follower.lines(2)
        try bench.release()
        let (rest, errors, status) = try await follower.end()
        let events = try (begun + rest).map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let words = events.compactMap { $0["event"] as? String }
        #expect(words.first == "started" && words.last == "ended", "\(words)")
        #expect(events.compactMap { $0["text"] as? String }.joined() == "one\nhalf\u{1B}[0m; two\n")
        #expect(events.last?["outcome"] as? String == "succeeded" && events.last?["id"] as? String == id)
        #expect(status == 0 && errors.isEmpty, "\(errors)")
        let again = try await Self.carillon(bench, "runs", "follow", id)
        #expect(again.status == 0 && again.text == "one\nhalf\u{1B}[0m; two", "\(again)")
    }

    @Test("A run that a stop interrupts is followed on where the next server runs it again", arguments: [false, true])
    func followedThroughAStop(isJSON: Bool) async throws {
        let bench = try Bench(status: 0)
        let id = try await Self.talkingRun(bench)
        let follower =
            try await isJSON
            ? Follower(id, bench.folder.path, "--json") : Follower(id, bench.folder.path)
        _ = await follower.lines(1)
        bench.server.send(SIGTERM)
        // What is written to the pipe before is for the command that is ended.
        var state: String?
        let deadline = ContinuousClock.now + ServedProcess.patience
        while state != "ready", .now < deadline {
            let listed = try await Self.carillon(bench, "runs", "list", "--json")
            let runs = try? JSONSerialization.jsonObject(with: Data(listed.text.utf8)) as? [[String: Any]]
            state = runs?.first?["state"] as? String
        }
        try #require(state == "ready")
        let next = try ServedProcess("--config", bench.config)
        defer { next.send(SIGKILL) }
        let pipe = bench.pipe
        try await ServedProcess.onThread {
            // It opens when the command of the next server reads it.
            let handle = try FileHandle(forWritingTo: URL(filePath: pipe))
            try handle.write(contentsOf: Data("two\n".utf8))
            try handle.close()
        }
        let (lines, errors, status) = try await follower.end()
        // It may have ended when the follower next looks.
        let sentence =
            /It was interrupted by the stop of node '.*', and (is|waits to be) run again\.|Its node had died or stopped before, and it was run again\./
        #expect(status == 0)
        #expect((isJSON ? lines : errors).contains { $0.contains(sentence) }, "\(lines) \(errors)")
        guard !isJSON else { return }
        // The first start wrote no line end.
        let mark = lines.firstIndex { $0.contains(/^--- started again on .* ---$/) }
        #expect(lines.first == "half\u{1B}[0m" && mark == 1, "\(lines)")
        #expect(lines.dropFirst(2) == ["one", "half\u{1B}[0m; two"], "\(lines)")
    }

    @Test(
        "Whoever follows a job is told that its run is run again after the server was killed", arguments: [false, true])
    func followedThroughADeath(isJSON: Bool) async throws {
        let bench = try Bench(status: 0)
        _ = try await Self.talkingRun(bench)
        let follower =
            try await isJSON
            ? Follower("talk", bench.folder.path, "--json") : Follower("talk", bench.folder.path)
        var told = await follower.lines(1)
        bench.server.send(SIGKILL)
        let next = try ServedProcess("--config", bench.config)
        defer { next.send(SIGKILL) }
        let pipe = bench.pipe
        told += await follower.lines(2)
        try await ServedProcess.onThread {
            // It opens when the command of the next server reads it.
            let handle = try FileHandle(forWritingTo: URL(filePath: pipe))
            try handle.write(contentsOf: Data("two\n".utf8))
            try handle.close()
        }
        told += await follower.lines(1)
        follower.interrupt()
        let sentence = "Its node was gone before it ended, and it is run again."
        guard !isJSON else {
            let events = try told.map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            #expect(events.compactMap { $0["event"] as? String } == ["started", "recovered", "started", "ended"])
            #expect(events.compactMap { $0["sentence"] as? String } == [sentence], "\(told)")
            return
        }
        let words = told.compactMap { $0.split(separator: " ", omittingEmptySubsequences: true).dropFirst(4).first }
        #expect(words == ["started", "recovered", "started", "succeeded"], "\(told)")
        #expect(told.count == 4 && told[1].hasSuffix(sentence), "\(told)")
    }

    @Test("A run that is not there cannot be followed")
    func absent() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let run = try await fixture.carillon("runs", "follow", "a/1/2026-01-01T00:00:00+00:00/scheduled/0/1")
        #expect(run.status == 1 && run.error.contains("there is no run 'a/1/2026-01-01"), "\(run)")
    }
}

/// A `carillon runs follow` that goes on while the test does other things.
private final class Follower: Sendable {
    private let process: Process
    private let output = AsyncStream<String>.makeStream()
    private let errors: String

    init(_ run: String, _ folder: String, _ options: String...) async throws {
        let (stream, errorPath) = (output.continuation, "\(folder)/follow-errors")
        errors = errorPath
        process = try await ServedProcess.onThread {
            let process = Process()
            let pipe = Pipe()
            try "".write(toFile: errorPath, atomically: true, encoding: .utf8)
            process.executableURL = try ServedProcess.binary()
            process.arguments = ["runs", "follow", run] + options
            process.environment = ProcessInfo.processInfo.environment.merging(
                ["STATE_DIRECTORY": "\(folder)/state"]) { _, new in new }
            process.standardOutput = pipe
            process.standardError = FileHandle(forWritingAtPath: errorPath)
            try process.run()
            // What does not come is not waited for without end.
            DispatchQueue.global().asyncAfter(deadline: .now() + ServedProcess.patience / .seconds(1)) {
                if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            }
            Thread {
                var unread: [UInt8] = []
                while true {
                    let data = (try? pipe.fileHandleForReading.next()) ?? Data()
                    unread += data
                    while let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                        stream.yield(String(decoding: unread[..<end], as: UTF8.self))
                        unread.removeSubrange(...end)
                    }
                    guard data.isEmpty else { continue }
                    if !unread.isEmpty { stream.yield(String(decoding: unread, as: UTF8.self)) }
                    return stream.finish()
                }
            }.start()
            return process
        }
    }

    /// Asks it to end.
    func interrupt() {
        if process.isRunning { kill(process.processIdentifier, SIGINT) }
    }

    /// The next lines of output, when there are so many.
    func lines(_ count: Int) async -> [String] {
        var lines: [String] = []
        for await line in output.stream {
            lines.append(line)
            if lines.count == count { break }
        }
        return lines
    }

    /// The rest of the output, what was said on standard error, and the exit status.
    func end() async throws -> (output: [String], errors: [String], status: Int32) {
        let rest = await lines(.max)
        let (process, path) = (process, errors)
        return try await ServedProcess.onThread {
            process.waitUntilExit()
            let text = try String(contentsOfFile: path, encoding: .utf8)
            return (rest, text.split(separator: "\n").map(String.init), process.end)
        }
    }
}
#endif
