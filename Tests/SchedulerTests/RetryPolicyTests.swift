import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

/// Failed runs are tried again, and told of, on the manual clock.
@Suite(.timeLimit(.minutes(10))) struct RetryPolicyTests {
    private struct Temporary: Error {}
    private struct Final: Error {}

    /// Seconds since the start at which a task that always fails was run.
    private func attempts(
        _ retry: RetryPolicy,
        random: Double = 0,
        error: any Error = Temporary()
    ) async throws -> [Double] {
        var options = SchedulerOptions()
        options.random = { random }
        let scheduler = ManualScheduler(ManualClock(now: SchedulerBench.start), options)
        let log = TextLog()
        let clock = scheduler.clock
        try scheduler.register("flaky") { (_: TaskContext) in
            log.append(String(Double(clock.now.microseconds - SchedulerBench.start.microseconds) / 1_000_000))
            throw error
        }
        var job = JobOptions(policies: JobPolicies())
        job.policies?.retry = retry
        try await scheduler.addJob(id: "flaky", task: "flaky", job)
        try await scheduler.start()
        await scheduler.advance(by: .seconds(1000))
        #expect(try await scheduler.runs(of: "flaky").allSatisfy { $0.state == .finished(.failed) })
        await scheduler.shutdown()
        return log.texts.compactMap { Double($0) }
    }

    @Test func exponential() async throws {
        #expect(
            try await attempts(RetryPolicy(count: 5, backoff: .exponential(first: .seconds(10), atMost: .seconds(60))))
                == [0, 10, 30, 70, 130, 190])
    }

    @Test func constantWithJitter() async throws {
        #expect(
            try await attempts(RetryPolicy(count: 2, backoff: .constant(.seconds(10)), jitter: 0.5), random: 0.5)
                == [0, 12.5, 25])
    }

    @Test func someErrorsOnly() async throws {
        let retry = RetryPolicy(count: 2, backoff: .constant(.seconds(1)), errors: ["Temporary"])
        #expect(try await attempts(retry) == [0, 1, 2])
        #expect(try await attempts(retry, error: Final()) == [0])
        #expect(try await attempts(.none) == [0])
    }

    /// The task for failed runs is run once, when no attempt is left, and is told which run failed and why.
    @Test(arguments: SchedulerBench.Storage.allCases)
    func onFailure(_ storage: SchedulerBench.Storage) async throws {
        struct Failure: Codable, Sendable {
            var job: String
            var attempt: Int
            var outcome: String
            var error: String
        }
        let bench = try await SchedulerBench(.async, storage)
        let log = TextLog()
        try bench.scheduler.register("tell") { (failure: Failure, context) in
            log.append("\(failure.job) \(failure.attempt) \(failure.outcome) \(failure.error)")
            log.append("\(context.occurrence.kind)")
        }
        try bench.scheduler.register("flaky") { (_: TaskContext) in throw Final() }
        var options = JobOptions(policies: JobPolicies())
        options.policies?.retry = RetryPolicy(count: 2, backoff: .constant(.seconds(5)))
        options.policies?.onFailure = FailureTask(TaskName("tell"))
        try await bench.scheduler.addJob(id: "job", task: "flaky", options)
        try await bench.start()
        await bench.advance(.seconds(9))
        #expect(log.texts.isEmpty)
        await bench.advance(.seconds(1))
        #expect(log.texts == ["job 3 failed Final()", "onFailure"])
        await bench.advance(.seconds(100))
        #expect(log.texts.count == 2)
        await bench.scheduler.shutdown()
    }

    /// A task with arguments of its own is given those that the job has for it when it is run, and the report apart.
    @Test(arguments: SchedulerBench.Storage.allCases)
    func onFailureWithArguments(_ storage: SchedulerBench.Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        let log = TextLog()
        try bench.scheduler.register("tell") { (arguments: [String: JSONText], context) in
            let report = context.failure.map {
                "\($0.job) \($0.scheduled == context.scheduled) \($0.attempt) \($0.outcome) \($0.error ?? "")"
            }
            log.append("\(arguments["to"]?.text ?? "nobody"): \(report ?? "nothing")")
            throw Final()
        }
        try bench.scheduler.register("flaky") { (context: TaskContext) in
            log.append("\(context.failure == nil)")
            throw Final()
        }
        var options = JobOptions(policies: JobPolicies())
        options.policies?.onFailure = try FailureTask("tell", arguments: ["to": "me"])
        try await bench.scheduler.addJob(id: "job", task: "flaky", options)
        try await bench.start()
        await bench.advance(.seconds(100))
        // Its own failure is the end of the matter.
        #expect(log.texts == ["true", "me: job true 1 failed Final()"])
        await bench.scheduler.shutdown()
    }

    /// What a task for failed runs cannot take is refused where the job is added.
    @Test func wrongArgumentsForOnFailure() async throws {
        struct Address: Codable, Sendable { var to: String }
        let bench = try await SchedulerBench()
        try bench.scheduler.register("tell") { (_: Address, _) in }
        try bench.scheduler.register("work") { (_: TaskContext) in }
        var options = JobOptions(policies: JobPolicies())
        options.policies?.onFailure = try FailureTask("tell", arguments: ["for": "me"])
        let error = await #expect(throws: CarillonError.self) {
            try await bench.scheduler.addJob(id: "job", task: "work", options)
        }
        #expect(error?.code == .invalidArguments && error?.reason.contains("on_failure: task 'tell'") == true)
        options.policies?.onFailure = try FailureTask("tell", arguments: ["to": "me"])
        try await bench.scheduler.addJob(id: "job", task: "work", options)
        await bench.scheduler.shutdown()
    }

    /// A run that times out is told of as well, and one that succeeds at last is not.
    @Test func onFailureAfterTimeoutAndNotAfterSuccess() async throws {
        let bench = try await SchedulerBench()
        let log = TextLog()
        let attempts = Counter()
        try bench.scheduler.register("tell") { (failure: [String: JSONText], _) in
            log.append(failure["outcome"]?.text ?? "")
        }
        try bench.scheduler.register("slow") { (context: TaskContext) async throws in
            while !context.isCancelled { await Task.yield() }
            throw CancellationError()
        }
        try bench.scheduler.register("twice") { (_: TaskContext) in
            attempts.add()
            if attempts.value < 2 { throw Temporary() }
        }
        var options = JobOptions(policies: JobPolicies())
        options.policies?.onFailure = FailureTask(TaskName("tell"))
        options.policies?.retry = RetryPolicy(count: 3, backoff: .constant(.seconds(1)), errors: ["Temporary"])
        try await bench.scheduler.addJob(id: "twice", task: "twice", options)
        try await bench.start()
        await bench.advance(.seconds(10))
        #expect(attempts.value == 2)
        #expect(log.texts.isEmpty)
        options.policies?.timeout = .seconds(5)
        options.policies?.retry = .none
        try await bench.scheduler.addJob(id: "slow", task: "slow", options)
        await bench.log.wait {
            if case .runStarted(let run) = $0 { run.occurrence.job.description == "slow" } else { false }
        }
        while bench.clock.nextWakeUp.map({ $0 > bench.clock.monotonic + 5_000_000 }) ?? true { await Task.yield() }
        bench.clock.advance(by: .seconds(5))
        await bench.log.wait { if case .runEnded(_, .timedOut, _) = $0 { true } else { false } }
        await bench.advance(.seconds(1))
        #expect(log.texts == ["timedOut"])
        await bench.scheduler.shutdown()
    }
}

/// A text or a number of JSON, as text.
private struct JSONText: Codable, Sendable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        text = try (try? container.decode(String.self)) ?? String(try container.decode(Int.self))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
