import Carillon
import CarillonTesting
import CarillonTriggers
import Logging
import Testing

/// What developers are told: see `docs/logging.md`.
@Suite(.timeLimit(.minutes(10))) struct LoggingTests {
    typealias Storage = SchedulerBench.Storage

    private struct Trouble: Error {}

    @Test("Normal use says nothing from the level info on", arguments: Storage.allCases)
    func silent(_ storage: Storage) async throws {
        let logged = LoggedLines()
        let bench = try await SchedulerBench(.async, storage) { $0.logger = logged.logger }
        try bench.scheduler.register("work") { (_: TaskContext) in }
        try await bench.scheduler.addJob(id: "a", task: "work", trigger: .interval(minutes: 1))
        try await bench.start()
        await bench.advance(.seconds(1300))
        try await bench.scheduler.pauseJob("a")
        try await bench.scheduler.resumeJob("a")
        try await bench.scheduler.runJob("a")
        await bench.advance(.seconds(60))
        try await bench.scheduler.modifyJob("a") { $0.tags = ["b"] }
        try await bench.scheduler.removeJob("a")
        await bench.scheduler.shutdown()
        #expect(logged.lines(from: .info).isEmpty, "\(logged.lines(from: .info))")
    }

    @Test("A run that fails is an error, with job, run and error", arguments: Storage.allCases)
    func failure(_ storage: Storage) async throws {
        let logged = LoggedLines()
        let bench = try await SchedulerBench(.async, storage) { $0.logger = logged.logger }
        try bench.scheduler.register("bad") { (_: TaskContext) in throw Trouble() }
        var policies = JobPolicies()
        policies.retry = RetryPolicy(count: 1, backoff: .constant(.seconds(10)))
        try await bench.scheduler.addJob(id: "a", task: "bad", JobOptions(policies: policies))
        try await bench.start()
        await bench.advance(.seconds(60))
        let runs = try await bench.runs(of: "a").reversed().map(\.id.description)
        let lines = logged.lines(from: .info)
        #expect(lines.map(\.level) == [.error, .error] && lines.map(\.message) == ["a run failed", "a run failed"])
        #expect(lines.map { $0.metadata["run"] } == runs && runs.count == 2)
        for line in lines {
            #expect(line.metadata["job"] == "a" && line.metadata["error"] == "Trouble()")
            #expect(line.metadata["task"] == "bad" && line.metadata["outcome"] == "failed")
            #expect(line.metadata["store"] == "default")
        }
        await bench.scheduler.shutdown()
    }

    @Test("So is one that takes too long, or is lost", arguments: Storage.allCases)
    func timeoutAndLoss(_ storage: Storage) async throws {
        let logged = LoggedLines()
        let held = try await HeldRuns(storage, logger: logged.logger) {
            $0.timeout = .seconds(30)
            $0.recovery = .markLost
        }
        try await held.start()
        await held.expectStart(0)
        while held.begun.isEmpty { await Task.yield() }
        held.bench.clock.advance(by: .seconds(30))
        await held.expectEnd(0, .timedOut)
        held.bench.clock.advance(by: .seconds(30))
        await held.expectStart(1)
        await held.bench.scheduler.shutdown(.cancel)
        let lines = logged.lines(from: .info)
        #expect(lines.map(\.level) == [.error, .error])
        #expect(lines.map { $0.metadata["outcome"] } == ["timedOut", "lost"])
        #expect(lines.first?.metadata["error"] == "it took longer than 30 seconds")
        #expect(lines.last?.metadata["error"]?.hasPrefix("interrupted by the stop") == true)
        await held.end()
    }

    @Test("An executor that does not begin its runs is warned of once", arguments: Storage.allCases)
    func idleExecutor(_ storage: Storage) async throws {
        let logged = LoggedLines()
        let idle = IdleExecutor()
        let bench = try await SchedulerBench(.async, storage) {
            $0.logger = logged.logger
            $0.executors["idle"] = idle
        }
        try bench.scheduler.register("work") { (_: TaskContext) in }
        try await bench.scheduler.addJob(
            id: "a", task: "work", trigger: .interval(hours: 1), JobOptions(executor: "idle"))
        try await (bench.scheduler as? AsyncScheduler)?.start()
        for round in 1...6 {
            while idle.works.count < round {
                bench.clock.advance(by: .zero)
                await Task.yield()
            }
            #expect(logged.lines(at: .warning).count == (round > 3 ? 1 : 0), "after run \(round)")
            bench.clock.advance(by: .seconds(1))
        }
        let line = try #require(logged.lines(from: .info).first)
        #expect(
            line.message == """
                an executor does not begin its runs: it was given the same run three times, and did not begin it within 1 \
                second; perform each run that `execute` is given, or say in `startLimit` how long the executor needs
                """)
        #expect(
            line.metadata["executor"] == "idle" && line.metadata["job"] == "a" && line.metadata["store"] == "default")
        #expect(line.metadata["run"] == (try await bench.runs(of: "a").first?.id.description))
        await bench.scheduler.shutdown()
    }

    @Test("A job without any fire time, and a task that takes the place of another, are noted")
    func notes() async throws {
        let logged = LoggedLines()
        let bench = try await SchedulerBench(.async, .memory) { $0.logger = logged.logger }
        for _ in 1...2 { try bench.scheduler.register("work") { (_: TaskContext) in } }
        let past = SchedulerBench.start.advanced(byMicroseconds: -1).date
        try await bench.scheduler.addJob(id: "a", task: "work", trigger: .interval(minutes: 1, end: past))
        try await bench.start()
        try await bench.scheduler.addJob(id: "b", task: "work", trigger: .interval(minutes: 1, end: past))
        try await bench.scheduler.addJob(id: "c", task: "work", trigger: .interval(minutes: 1))
        await bench.scheduler.shutdown()
        let lines = logged.lines(from: .info)
        #expect(lines.map(\.level) == [.notice, .notice, .notice])
        #expect(
            lines.map(\.message) == [
                "a task was registered again, and runs its new function from now on",
                "a job has no fire time, and never runs", "a job has no fire time, and never runs",
            ])
        #expect(lines.map { $0.metadata["task"] } == ["work", nil, nil])
        #expect(lines.map { $0.metadata["job"] } == [nil, "a", "b"])
        #expect(lines.last?.metadata["trigger"]?.hasPrefix("every minute") == true)
    }

    @Test("A run that somebody cancels is none")
    func cancelled() async throws {
        let logged = LoggedLines()
        let held = try await HeldRuns(.memory, logger: logged.logger)
        try await held.start()
        await held.expectStart(0)
        try await held.bench.scheduler.cancelRun(try await held.runs()[0].id)
        await held.expectEnd(0, .cancelled)
        await held.end()
        #expect(logged.lines(from: .info).isEmpty)
    }
}
