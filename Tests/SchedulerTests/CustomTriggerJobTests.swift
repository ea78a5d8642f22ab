import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Testing

/// Jobs with triggers that users write themselves, and with intervals below a second.
@Suite(.timeLimit(.minutes(10))) struct CustomTriggerJobTests {
    /// Fires so many seconds after it began, then twice as many, and so on.
    private struct Doubling: CustomTrigger {
        static let typeName = "doubling-in-a-scheduler"
        var start: Instant

        func next(after time: Instant) -> Instant? {
            var seconds: Int64 = 1
            while start + .seconds(seconds) <= time { seconds *= 2 }
            return start + .seconds(seconds)
        }
    }

    /// Fires at every microsecond, for ever.
    private struct Endless: CustomTrigger {
        static let typeName = "endless-in-a-scheduler"
        func next(after time: Instant) -> Instant? { time + .microseconds(1) }
    }

    /// Goes backwards.
    private struct Backward: CustomTrigger {
        static let typeName = "backward-in-a-scheduler"
        func next(after time: Instant) -> Instant? { time - .seconds(1) }
    }

    @Test("It fires on a file, and goes on after a restart")
    func restart() async throws {
        let path = DatabaseFile().path
        let clock = ManualClock(now: SchedulerBench.start)
        func scheduler(_ runs: Counter) async throws -> AsyncScheduler {
            var options = SchedulerOptions()
            options.clock = clock
            options.stores["default"] = try await SQLiteJobStore(path: path, clock: { clock.now })
            let scheduler = AsyncScheduler(options)
            try scheduler.register("count") { (_: TaskContext) async in runs.add() }
            try await scheduler.start()
            await scheduler.engine.waitUntilSettled()
            return scheduler
        }
        let runs = Counter()
        let first = try await scheduler(runs)
        let trigger = try Trigger.custom(Doubling(start: SchedulerBench.start))
        try await first.addJob(id: "moon", task: "count", trigger: trigger)
        await clock.advance(first.engine, by: .seconds(9))
        #expect(runs.value == 4)
        await first.shutdown()
        // Away while two occurrences come: they are one run.
        clock.advance(by: .seconds(30))
        let second = try await scheduler(runs)
        #expect(runs.value == 5)
        #expect(try await second.job("moon").job.definition.trigger == trigger)
        await clock.advance(second.engine, by: .seconds(30))
        #expect(runs.value == 6)
        let scheduled = try await second.runs(of: "moon", limit: 100).map(\.id.occurrence.scheduled).sorted()
        #expect(scheduled == [1, 2, 4, 8, 32, 64].map { SchedulerBench.start + .seconds($0) })
        await second.shutdown()
    }

    @Test("A trigger that never ends, or goes backwards, neither hangs nor spins", arguments: SchedulerBench.all)
    func wrong(_ flavour: SchedulerBench.Flavour, _ storage: SchedulerBench.Storage) async throws {
        let bench = try await SchedulerBench(flavour, storage)
        let runs = Counter()
        try bench.scheduler.register("count") { (_: TaskContext) in runs.add() }
        try await bench.scheduler.addJob(id: "endless", task: "count", trigger: .custom(Endless()))
        try await bench.scheduler.addJob(id: "backward", task: "count", trigger: .custom(Backward()))
        try await bench.scheduler.addJob(id: "right", task: "count", trigger: .interval(.seconds(1)))
        try await bench.start()
        await bench.advance(.milliseconds(50))
        #expect(try await bench.runs(of: "backward").isEmpty)
        #expect(try await bench.runs(of: "right").count == 1)
        #expect((2...51).contains(try await bench.runs(of: "endless").count))
        #expect(runs.value <= 52)
        await bench.scheduler.shutdown()
    }

    @Test("An interval of a quarter of a second fires four times a second", arguments: SchedulerBench.all)
    func belowASecond(_ flavour: SchedulerBench.Flavour, _ storage: SchedulerBench.Storage) async throws {
        let bench = try await SchedulerBench(flavour, storage)
        let runs = Counter()
        try bench.scheduler.register("count") { (_: TaskContext) in runs.add() }
        try await bench.scheduler.addJob(
            id: "quick", task: "count",
            trigger: .interval(.milliseconds(250), start: (SchedulerBench.start + .milliseconds(250)).date))
        try await bench.start()
        for _ in 0..<12 { await bench.advance(.milliseconds(250)) }
        #expect(runs.value == 12)
        let runTimes = try await bench.runs(of: "quick").map { $0.id.occurrence.scheduled.microseconds }.sorted()
        #expect(runTimes == (1...12).map { SchedulerBench.start.microseconds + $0 * 250_000 })
        await bench.scheduler.shutdown()
    }
}
