import Carillon
import CarillonTesting
import CarillonTriggers
import Synchronization
import Testing

/// What every flavour does on every store.
@Suite(.timeLimit(.minutes(10))) struct BehaviourTests {
    @Test(arguments: SchedulerBench.all)
    func intervalFires(_ flavour: SchedulerBench.Flavour, _ storage: SchedulerBench.Storage) async throws {
        let bench = try await SchedulerBench(flavour, storage)
        let count = Counter()
        try await bench.scheduler.addJob(id: "tick", trigger: .interval(minutes: 1)) {
            count.add()
        }
        try await bench.start()
        #expect(count.value == 1)
        await bench.advance(.seconds(600))
        #expect(count.value == 11)
        let runs = try await bench.runs(of: "tick")
        #expect(runs.count == 11)
        #expect(runs.allSatisfy { $0.state == .finished(.succeeded) })
        await bench.scheduler.shutdown()
        #expect(!bench.scheduler.isRunning)
    }

    @Test(arguments: SchedulerBench.all)
    func argumentsAndResult(_ flavour: SchedulerBench.Flavour, _ storage: SchedulerBench.Storage) async throws {
        struct Report: Codable, Sendable { var name: String }
        let bench = try await SchedulerBench(flavour, storage)
        try bench.scheduler.register("report") { (report: Report, context) in
            context.log("writing \(report.name)")
            return "\(report.name) of \(context.scheduled.formatted(in: .utc)), attempt \(context.attempt)"
        }
        try await bench.start()
        try await bench.scheduler.addJob(
            id: "r", task: "report", arguments: Report(name: "sales"), trigger: .date("2027-01-15T09:00:00"))
        await bench.advance(.seconds(3600))
        let run = try #require(try await bench.runs(of: "r").first)
        #expect(run.state == .finished(.succeeded))
        let result = run.result.map { String(decoding: $0, as: UTF8.self) }
        #expect(result == #""sales of 2027-01-15T09:00:00+00:00, attempt 1""#)
        #expect(run.log.map { String(decoding: $0, as: UTF8.self) } == "writing sales\n")
        await bench.scheduler.shutdown()
    }

    @Test(arguments: SchedulerBench.all)
    func failureIsTriedAgain(_ flavour: SchedulerBench.Flavour, _ storage: SchedulerBench.Storage) async throws {
        struct Trouble: Error {}
        let bench = try await SchedulerBench(flavour, storage)
        let attempts = Mutex<[Int]>([])
        try bench.scheduler.register("flaky") { (context: TaskContext) in
            attempts.withLock { $0.append(context.attempt) }
            if context.attempt < 3 { throw Trouble() }
        }
        var options = JobOptions()
        options.policies = JobPolicies()
        options.policies?.retry = RetryPolicy(count: 5, backoff: .constant(.seconds(10)))
        try await bench.start()
        try await bench.scheduler.addJob(id: "f", task: "flaky", options)
        await bench.advance(.seconds(60))
        #expect(attempts.withLock { $0 } == [1, 2, 3])
        #expect(try await bench.runs(of: "f").map(\.state) == [.succeeded, .failed, .failed].map { .finished($0) })
        await bench.scheduler.shutdown()
    }

    @Test(arguments: SchedulerBench.all)
    func pauseAndResume(_ flavour: SchedulerBench.Flavour, _ storage: SchedulerBench.Storage) async throws {
        let bench = try await SchedulerBench(flavour, storage)
        let count = Counter()
        try await bench.start()
        try await bench.scheduler.addJob(id: "tick", trigger: .interval(minutes: 1)) {
            count.add()
        }
        await bench.advance(.seconds(90))
        #expect(count.value == 2)
        try await bench.scheduler.pauseJob("tick")
        await bench.advance(.seconds(600))
        #expect(count.value == 2)
        try await bench.scheduler.resumeJob("tick")
        await bench.advance(.seconds(60))
        #expect(count.value == 3)
        guard case .notRun(let range) = try await bench.scheduler.why("tick", at: Instant(seconds: 1_800_000_120))
        else {
            Issue.record("not explained")
            return
        }
        #expect(range.reason == .jobPaused && range.count == 10)
        try await bench.scheduler.removeJob("tick")
        await bench.advance(.seconds(600))
        #expect(count.value == 3)
        await bench.scheduler.shutdown()
    }

    @Test(arguments: SchedulerBench.all)
    func startsAnew(_ flavour: SchedulerBench.Flavour, _ storage: SchedulerBench.Storage) async throws {
        let bench = try await SchedulerBench(flavour, storage)
        let count = Counter()
        try await bench.scheduler.addJob(id: "tick", trigger: .interval(minutes: 1)) {
            count.add()
        }
        for round in 1...3 {
            try await bench.start()
            await bench.advance(.seconds(60))
            #expect(count.value == round + 1)
            await bench.scheduler.shutdown()
        }
    }
}
