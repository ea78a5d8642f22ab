#if os(Linux)
import Foundation
import Synchronization
import Testing

/// Programs with a process pool.
@Suite(.timeLimit(.minutes(10))) struct ProcessPoolProgramTests {
    /// A program that runs until it is killed.
    private final class Running: Sendable {
        let process: Process
        private let text = Mutex("")

        init(_ name: String, _ arguments: [String], environment: [String: String] = [:]) throws {
            process = Process()
            process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
                .deletingLastPathComponent().appendingPathComponent(name)
            process.arguments = arguments
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
            let pipe = Pipe()
            process.standardOutput = pipe
            pipe.fileHandleForReading.readabilityHandler = { [self] handle in
                let data = handle.availableData
                text.withLock { $0 += String(decoding: data, as: UTF8.self) }
                if data.isEmpty { handle.readabilityHandler = nil }
            }
            try process.run()
        }

        var output: String { text.withLock { $0 } }
    }

    /// The children of a process.
    private func children(of process: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { number in
            guard let stat = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8),
                let name = stat.lastIndex(of: ")")
            else { return false }
            return stat[name...].split(separator: " ").dropFirst(2).first == "\(process)"
        }
    }

    /// Whether a process is there and is no zombie, which nobody waits for in some containers.
    private func runs(_ process: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return false }
        return !status.contains("State:\tZ")
    }

    @Test("Workers end with their program, also by kill -9, whether they block or were stopped")
    func killedProgram() async throws {
        let program = try Running("SchedulerWorker", ["pool"])
        await waitUntil("both runs begin") {
            program.output.contains("started block\n") && program.output.contains("started sleep\n")
        }
        let workers = children(of: program.process.processIdentifier)
        #expect(workers.count == 2)
        if let first = workers.first { kill(first, SIGSTOP) }
        kill(program.process.processIdentifier, SIGKILL)
        await waitUntil("the workers end") { !workers.contains(where: runs) }
    }

    @Test("A program that forgot the call is told so by its runs, and its workers do not become schedulers")
    func forgottenCall() async throws {
        let program = try Running("SchedulerWorker", ["pool"], environment: ["SCHEDULER_WORKER_FORGETS": "1"])
        await waitUntil("it ends") { !program.process.isRunning }
        await waitUntil("all is read") { program.output.contains("ended ") }
        #expect(program.output.contains("not started: this process is a worker of a process pool"))
        #expect(program.output.contains("failed this process is a worker of a process pool"))
        #expect(program.output.contains("call ProcessPoolExecutor.runWorkerIfAsked"))
        #expect(program.process.terminationStatus == 0)
    }

    @Test func theProgramOfTheDocumentation() async throws {
        let output = try await Program(name: "WorkerProcesses").output()
        let lines = ["accident: failed, its worker was ended by signal 6 (ABRT)", "greeting: succeeded"]
        #expect(output.sorted() == lines)
        let text = try String(
            contentsOf: Program.packagePath.appending(path: "examples/WorkerProcesses/WorkerProcesses.swift"),
            encoding: .utf8)
        let page = try String(
            contentsOf: Program.packagePath.appending(path: "docs/process-pool.md"), encoding: .utf8)
        #expect(page.contains("```swift\n\(text)```\n"))
    }

    @Test("A signal to all processes of a service leaves the end of workers to their pool")
    func signalToAll() async throws {
        let program = try Running("SchedulerWorker", ["pool"])
        await waitUntil("both runs begin") {
            program.output.contains("started block\n") && program.output.contains("started sleep\n")
        }
        let workers = children(of: program.process.processIdentifier)
        for worker in workers { for signal in [SIGTERM, SIGINT, SIGHUP] { kill(worker, signal) } }
        await waitUntil("the signals are delivered") {
            workers.allSatisfy { worker in
                let status = try? String(contentsOfFile: "/proc/\(worker)/status", encoding: .utf8)
                return status?.contains("ShdPnd:\t0000000000000000") ?? true
            }
        }
        #expect(workers.allSatisfy(runs))
        kill(program.process.processIdentifier, SIGKILL)
        await waitUntil("the workers end") { !workers.contains(where: runs) }
    }
}
#endif
