import Carillon
import CarillonTasks
import CarillonTriggers
import Foundation
import Testing

/// A scheduler with the built-in tasks on a memory store, and what an operator sees of their runs.
struct TaskBench {
    let scheduler: AsyncScheduler
    private let events: AsyncStream<SchedulerEvent>

    init() async throws {
        var options = SchedulerOptions()
        options.executors["pool"] = ThreadPoolExecutor(maxWorkers: 2)
        scheduler = AsyncScheduler(options)
        try scheduler.register(ShellTask())
        try scheduler.register(HTTPTask())
        events = scheduler.events()
        try await scheduler.start()
    }

    /// Runs a task once, and returns when its run has ended or was interrupted.
    ///
    /// - Parameter started: Called when the run has been started.
    static func run(
        _ task: String,
        _ arguments: some Encodable & Sendable,
        timeout: Duration? = nil,
        executor: String = "default",
        started: (TaskBench, Run.ID) async throws -> Void = { _, _ in }
    ) async throws -> Run {
        let bench = try await TaskBench()
        var options = JobOptions(policies: JobPolicies(), executor: executor)
        options.policies?.timeout = timeout
        try await bench.scheduler.addJob(id: "job", task: task, arguments: arguments, options)
        var ended: Run?
        for await event in bench.events {
            if case .runStarted(let run) = event.kind { try await started(bench, run) }
            switch event.kind {
            case .runEnded, .runInterrupted: break
            default: continue
            }
            ended = try await bench.scheduler.runs(of: "job").first
            break
        }
        await bench.scheduler.shutdown()
        return try #require(ended)
    }

    /// Has a command fail, and returns the run of the task that is run for that when it has ended.
    static func afterFailure(
        _ task: String, _ arguments: some Encodable & Sendable,
        failing: ShellArguments = ShellArguments(command: .line("exit 3"))
    ) async throws -> (failed: Run.ID, run: Run) {
        let bench = try await TaskBench()
        var options = JobOptions(policies: JobPolicies())
        options.policies?.onFailure = try FailureTask(task, arguments: arguments)
        try await bench.scheduler.addJob(id: "job", task: "shell", arguments: failing, options)
        var ended: [Run.ID] = []
        for await event in bench.events {
            if case .runEnded(let id, _, _) = event.kind { ended.append(id) }
            if ended.count == 2 { break }
        }
        let runs = try await bench.scheduler.runs(of: "job")
        await bench.scheduler.shutdown()
        return (ended[0], try #require(runs.first { $0.id == ended.last }))
    }

    /// Runs the task `shell`.
    static func shell(_ arguments: ShellArguments, timeout: Duration? = nil) async throws -> Run {
        try await run("shell", arguments, timeout: timeout)
    }

    /// Runs a line of the shell.
    static func shell(_ line: String) async throws -> Run { try await shell(ShellArguments(command: .line(line))) }

    /// Runs the task `http`.
    static func http(_ arguments: HTTPArguments) async throws -> Run { try await run("http", arguments) }

    /// The error with which a job with arguments in JSON is refused.
    static func refusal(_ task: String, _ json: String) async throws -> String {
        let bench = try await TaskBench()
        let arguments = try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))
        var text = ""
        do {
            try await bench.scheduler.addJob(id: "job", task: task, arguments: arguments)
        } catch {
            text = "\(error)"
        }
        await bench.scheduler.shutdown()
        return text
    }
}

extension Run {
    /// What was logged, repaired where it is not UTF-8.
    var text: String { String(decoding: log ?? [], as: UTF8.self) }

    /// The result as text.
    var resultText: String { String(decoding: result ?? [], as: UTF8.self) }

    var outcome: Outcome? {
        if case .finished(let outcome) = state { outcome } else { nil }
    }
}
