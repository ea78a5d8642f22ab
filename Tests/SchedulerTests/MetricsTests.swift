import Carillon
import CarillonTesting
import CarillonTriggers
import CoreMetrics
import Dispatch
import MetricsTestKit
import Synchronization
import Testing

/// What a scheduler counts and measures.
@Suite(.timeLimit(.minutes(10))) struct MetricsTests {
    private struct Trouble: Error {}

    /// A scheduler on the manual clock with a recorder.
    private func scheduler(_ adjust: (inout SchedulerOptions) -> Void = { _ in }) -> (ManualScheduler, TestMetrics) {
        let metrics = TestMetrics()
        var options = SchedulerOptions()
        options.metrics = metrics
        adjust(&options)
        return (ManualScheduler(ManualClock(), options), metrics)
    }

    @Test func runsByTaskAndOutcome() async throws {
        let (scheduler, metrics) = scheduler()
        let clock = scheduler.clock
        try scheduler.register("good") { (_: TaskContext) in clock.advance(by: .milliseconds(250)) }
        try scheduler.register("bad") { (_: TaskContext) in throw Trouble() }
        // Two jobs of one task share what is counted of it.
        for id in ["one", "two"] {
            try await scheduler.addJob(id: id, task: "good", trigger: .interval(minutes: 1))
        }
        try await scheduler.addJob(id: "three", task: "bad", trigger: .interval(minutes: 1))
        try await scheduler.start()
        await scheduler.advance(by: .seconds(120))
        #expect(try metrics.expectCounter("carillon_runs_started", [("task", "good")]).totalValue == 6)
        let succeeded = [("task", "good"), ("outcome", "succeeded")]
        #expect(try metrics.expectCounter("carillon_runs_ended", succeeded).totalValue == 6)
        #expect(
            try metrics.expectCounter("carillon_runs_ended", [("task", "bad"), ("outcome", "failed")]).totalValue == 3)
        #expect(
            try metrics.expectTimer("carillon_run_duration", [("task", "good")]).values
                == Array(repeating: 250_000_000, count: 6))
        // Handles are made once a task and outcome, and no label names a job.
        #expect(metrics.counters(label: "carillon_runs_started").count == 2)
        #expect(metrics.counters(label: "carillon_runs_ended").count == 2)
        #expect(metrics.counters.allSatisfy { !$0.dimensions.contains { ["one", "two", "three"].contains($0.1) } })
        await scheduler.shutdown()
    }

    @Test func lateness() async throws {
        let (scheduler, metrics) = scheduler()
        let clock = scheduler.clock
        // Runs are performed one after the other: the second begins when the first has ended.
        try scheduler.register("slow") { (_: TaskContext) in clock.advance(by: .seconds(2)) }
        let date = Instant(microseconds: clock.now.microseconds + 10_000_000).date
        for id in ["a", "b"] {
            try await scheduler.addJob(id: id, task: "slow", trigger: .date(date), SchedulerBench.kept)
        }
        try await scheduler.start()
        await scheduler.advance(by: .seconds(10))
        let timer = try metrics.expectTimer("carillon_run_lateness", [("task", "slow")])
        #expect(timer.values == [0, 2_000_000_000])
        // What is run for the past is late by nature.
        let now = clock.now
        #expect(try await scheduler.backfillJob("a", from: .earliest, through: now).count == 1)
        await scheduler.advance(by: .seconds(10))
        #expect(timer.values.count == 2)
        #expect(try metrics.expectCounter("carillon_runs_started", [("task", "slow")]).totalValue == 3)
        await scheduler.shutdown()
    }

    @Test func whatWasNotRun() async throws {
        let (scheduler, metrics) = scheduler()
        var options = JobOptions(policies: JobPolicies())
        options.policies?.misfireGrace = .seconds(0)
        try await scheduler.addJob(id: "job", trigger: .interval(seconds: 10), options) {}
        try await scheduler.start()
        await scheduler.pause()
        await scheduler.advance(by: .seconds(95))
        await scheduler.resume()
        await scheduler.advance(by: .seconds(10))
        let labels = [("reason", "skipped(schedulerPaused)")]
        #expect(try metrics.expectCounter("carillon_occurrences_not_run", labels).totalValue == 9)
        await scheduler.shutdown()
    }

    @Test func storeFailures() async throws {
        let clock = ManualClock()
        let store = TroubledStore(MemoryJobStore { clock.now })
        let metrics = TestMetrics()
        var options = SchedulerOptions()
        options.clock = clock
        options.metrics = metrics
        options.stores["default"] = store
        let scheduler = AsyncScheduler(options)
        try await scheduler.addJob(id: "job", trigger: .interval(seconds: 10)) {}
        try await scheduler.start()
        await clock.advance(scheduler.engine, by: .seconds(5))
        store.get(into: .unavailable)
        await clock.advance(scheduler.engine, by: .seconds(20))
        let failures = try metrics.expectCounter("carillon_store_failures", [("store", "default")])
        #expect(failures.totalValue >= 2)
        store.get(into: .none)
        await clock.advance(scheduler.engine, by: .seconds(60))
        let total = failures.totalValue
        await clock.advance(scheduler.engine, by: .seconds(60))
        #expect(failures.totalValue == total)
        await scheduler.shutdown()
    }

    @Test func loadOfExecutors() async throws {
        let metrics = TestMetrics()
        let bench = try await SchedulerBench(.background) { $0.metrics = metrics }
        let gate = DispatchSemaphore(value: 0)
        for id in ["a", "b", "c"] { try await bench.scheduler.addJob(id: id) { gate.wait() } }
        try await (bench.scheduler as? BackgroundScheduler)?.start()
        for id in ["a", "b", "c"] {
            await bench.log.wait { if case .runStarted(let run) = $0 { "\(run.occurrence.job)" == id } else { false } }
        }
        for _ in 0..<3 { gate.signal() }
        await bench.scheduler.shutdown()
        let meter = try metrics.expectMeter("carillon_executor_runs", [("executor", "default")])
        #expect(meter.values.max() == 3)
        #expect(meter.lastValue == 0)
    }

    /// Without a backend nothing is made, not even handles.
    @Test func nobodyCollects() async throws {
        let metrics = TestMetrics()
        let (scheduler, _) = scheduler { $0.metrics = nil }
        try await scheduler.addJob(id: "job") {}
        try await scheduler.start()
        #expect(await !scheduler.engine.collectsMetrics)
        #expect(metrics.counters.isEmpty)
        await scheduler.shutdown()
    }
}
