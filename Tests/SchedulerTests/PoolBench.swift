#if os(Linux)
import Carillon
import CarillonTriggers
import Foundation
import Testing

/// A scheduler whose tasks run in worker processes of `SchedulerWorker`.
struct PoolBench {
    /// What the workers have; here the tasks are never called.
    private static let tasks = [
        "nothing", "nothing-async", "known", "speak", "main-actor", "process", "flaky", "broken", "exit", "crash",
        "kill",
        "stop", "block", "sleep", "until-cancelled", "big", "big-error", "leak", "garbage", "forge", "close",
        "stubborn", "traced", "traced-async", "named", "named-async",
    ]

    /// The program of the workers.
    static let worker = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent("SchedulerWorker").path

    struct Text: Codable, Sendable {
        var text = ""
    }

    let scheduler: AsyncScheduler
    let pool: ProcessPoolExecutor
    let log = EventLog()
    /// How many runs have ended.
    let ended = Counter()
    let lines = LoggedLines()

    /// - Parameter program: What is started as a worker.
    init(
        workers: Int = 1, maxTasksPerWorker: Int? = nil, killAfter: Duration = .seconds(60), program: [String]? = nil,
        _ adjust: (inout SchedulerOptions) -> Void = { _ in }
    ) async throws {
        pool = ProcessPoolExecutor(
            maxWorkers: workers, maxTasksPerWorker: maxTasksPerWorker, killAfter: killAfter,
            program: program ?? [Self.worker],
            processors: 64)
        var options = SchedulerOptions()
        options.executors["processes"] = pool
        options.logger = lines.logger
        adjust(&options)
        scheduler = AsyncScheduler(options)
        scheduler.engine.addSynchronousListener { [log, ended] event in
            if case .runEnded = event.kind { ended.add() }
            log.append(event)
        }
        for name in Self.tasks {
            try scheduler.register(name) { (_: TaskContext) in Issue.record("'\(name)' runs in this process") }
        }
        for name in ["echo", "echo-async"] {
            try scheduler.register(name) { (_: Text, _) in Issue.record("'\(name)' runs in this process") }
        }
        try scheduler.register("unknown") { (_: TaskContext) in Issue.record("it runs in this process") }
        try await scheduler.start()
    }

    static let options = JobOptions(executor: "processes")

    /// Adds a job that runs a task once, now.
    func add(
        _ task: String, id: String? = nil, _ arguments: some Encodable & Sendable = NoArguments(),
        _ adjust: (inout JobPolicies) -> Void = { _ in }
    ) async throws -> JobID {
        var options = Self.options
        var policies = JobPolicies(whenEnded: .keep)
        adjust(&policies)
        options.policies = policies
        return try await scheduler.addJob(
            id: try JobID(id ?? "\(task) \(UUID())"), task: task, arguments: arguments, options
        ).id
    }

    /// Runs a task once.
    func run(
        _ task: String, id: String? = nil, _ arguments: some Encodable & Sendable = NoArguments(),
        _ adjust: (inout JobPolicies) -> Void = { _ in }
    ) async throws -> Run {
        try await end(of: try await add(task, id: id, arguments, adjust))
    }

    /// Waits for the end of a job's run, and returns it.
    func end(of job: JobID) async throws -> Run {
        await log.expect("the run of \(job) ends") {
            if case .runEnded(let id, _, _) = $0 { id.occurrence.job == job } else { false }
        }
        return try await scheduler.run(try #require(try await scheduler.runs(of: job, limit: 1).first).id)
    }

    /// Waits until a job's run has begun.
    func begin(of job: JobID) async throws -> Run {
        await log.expect("the run of \(job) begins") {
            if case .runStarted(let id) = $0 { id.occurrence.job == job } else { false }
        }
        return try #require(try await scheduler.runs(of: job, limit: 1).first)
    }

    /// Waits until so many runs have ended.
    func ends(_ count: Int) async {
        let ended = ended
        await log.expect("\(count) runs end") { _ in ended.value >= count }
    }

    func shutdown() async { await scheduler.shutdown() }
}

extension Run {
    /// The log as text.
    var logText: String { String(decoding: log ?? [], as: UTF8.self) }
}

/// Returns when a condition holds; after longer than only a hang takes, it is an issue of the test.
func waitUntil(_ what: Comment, _ holds: () throws -> Bool) async rethrows {
    let limit = ContinuousClock.now + .seconds(60)
    while try !holds() {
        guard ContinuousClock.now < limit else {
            Issue.record(what)
            return
        }
        await Task.yield()
    }
}
#endif
