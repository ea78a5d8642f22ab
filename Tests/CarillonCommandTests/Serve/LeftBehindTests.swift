#if Command
import Carillon
import CarillonSQLite
import CarillonTriggers
import Foundation
import Testing

/// What a killed server leaves at work, where the guard of a command was stopped and could not see it die.
@Suite("A guard that outlives its server", .fewAtOnce)
struct LeftBehindTests {
    private static func marked(_ mark: String) -> [Int32] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        return numbers.filter { number in
            let variables = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(number)/environ"))
            return variables?.split(separator: 0).contains { $0.elementsEqual(Array("LEFT_BEHIND=\(mark)".utf8)) }
                ?? false
        }
    }

    /// A stopped process with children, one of them in a session of its own.
    private static func startStopped(_ mark: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c", "sleep 600 & setsid sleep 601 & kill -STOP $$; wait",
        ]
        process.environment = ["LEFT_BEHIND": mark, "PATH": "/usr/bin:/bin"]
        try process.run()
        return process
    }

    @Test("The next server on the machine ends it before it runs the run again", arguments: [true, false])
    func endedByTheNextServer(_ isOfThisMachine: Bool) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        let mark = UUID().uuidString
        defer { for process in Self.marked(mark) { kill(process, SIGKILL) } }
        let left = try Self.startStopped(mark)
        let number = left.processIdentifier
        let stopped = ContinuousClock.now + .seconds(60)
        while Self.marked(mark).count < 3 || !ProcessIdentity.isStopped(number), .now < stopped {
            try await Task.sleep(for: .milliseconds(10))
        }
        let node = try NodeID("dead")
        do {
            let store = try await SQLiteJobStore(path: "\(path)/jobs.sqlite")
            let line = "grep -lsz LEFT_BEHIND=\(mark) /proc/[0-9]*/environ | wc -l > \(path)/left"
            let definition = JobDefinition(
                task: TaskName("shell"), arguments: Array(#"{"command":"\#(line)"}"#.utf8),
                trigger: Trigger.date(Date.now))
            _ = try await store.insert([NewJob(id: JobID("job"), definition: definition, added: Instant(.now))])
            let task = TaskName("shell")
            let taken = try await StorePass(now: Instant(.now), node: node, tasks: [task]).run(on: store).taken
            let run = try #require(taken.first)
            // A process that has ended: no process started at this time.
            let report = NodeReport(
                id: node, host: isOfThisMachine ? NodeReport.current.host : "another",
                process: ProcessInfo.processInfo.processIdentifier, processStart: 1, tasks: [task])
            _ = try await store.heartbeat(report)
            let process = try #require(RunProcess(number))
            try await store.note(
                [RunNotes(run: run.id, fence: run.fence, process: process)], from: node, at: Instant(.now))
            await store.close()
        }
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess(
                "--store", "sqlite:///\(path)/jobs.sqlite", variables: ["CARILLON_LEASE": "2"])
            let lines = server.lines(through: "job  succeeded")
            _ = server.end(SIGTERM)
            return lines
        }
        let count = try String(contentsOfFile: "\(path)/left", encoding: .utf8).trimmingCharacters(
            in: .whitespacesAndNewlines)
        // Whose machine is another's, its processes are not looked for here.
        #expect(count == (isOfThisMachine ? "0" : "3"), "\(lines)")
        #expect(lines.contains { $0.contains("left at work on a run") } == isOfThisMachine, "\(lines)")
    }

    @Test("The guard of a command that is at work stands in its run")
    func processOfARun() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        let server = try ServedProcess(
            "--state", path, variables: ["SCHEDULER_JOBS": "[{id: long, command: 'touch \(path)/up; sleep 600'}]"])
        try await ServedProcess.onThread { [path] in
            let deadline = ContinuousClock.now + .seconds(60)
            while !FileManager.default.fileExists(atPath: "\(path)/up"), .now < deadline { poll(nil, 0, 5) }
        }
        let store = try await SQLiteJobStore(path: "\(path)/jobs.sqlite")
        var process: RunProcess?
        let deadline = ContinuousClock.now + .seconds(60)
        while process == nil, .now < deadline {
            process = try await store.runs(RunFilter(), page: Page(limit: 1)).first?.process
            if process == nil { try await Task.sleep(for: .milliseconds(50)) }
        }
        let number = try #require(process?.number)
        #expect(process?.start == ProcessIdentity.start(of: number))
        let name = try String(contentsOfFile: "/proc/\(number)/comm", encoding: .utf8)
        #expect(name == "command-guard\n")
        await store.close()
        server.send(SIGKILL)
    }
}
#endif
