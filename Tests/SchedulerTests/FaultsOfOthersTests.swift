import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Synchronization
import Testing

/// What other schedulers get wrong, each by its name.
@Suite(.timeLimit(.minutes(10))) struct FaultsOfOthersTests {
    @Test func monthlyMidnightAcrossClockChanges() async throws {
        let scheduler = ManualScheduler(ManualClock(now: try instant("2027-01-01T00:00:00+01:00")))
        let times = Mutex<[String]>([])
        let berlin = try Zone("Europe/Berlin")
        try scheduler.register("midnight") { (context: TaskContext) in
            times.withLock { $0.append(context.scheduled.formatted(in: berlin)) }
        }
        try await scheduler.addJob(id: "cron", task: "midnight", trigger: .cron(day: 1, in: berlin))
        try await scheduler.start()
        await scheduler.advance(by: .seconds(366 * 86_400))
        #expect(
            times.withLock { $0 } == [
                "2027-01-01T00:00:00+01:00", "2027-02-01T00:00:00+01:00", "2027-03-01T00:00:00+01:00",
                "2027-04-01T00:00:00+02:00", "2027-05-01T00:00:00+02:00", "2027-06-01T00:00:00+02:00",
                "2027-07-01T00:00:00+02:00", "2027-08-01T00:00:00+02:00", "2027-09-01T00:00:00+02:00",
                "2027-10-01T00:00:00+02:00", "2027-11-01T00:00:00+01:00", "2027-12-01T00:00:00+01:00",
                "2028-01-01T00:00:00+01:00",
            ])
        await scheduler.shutdown()
    }

    /// 300 one-shot jobs of 100 ms on ten workers take 3 s; none is missed for want of a worker.
    @Test func allRunThatAreDueTogether() async throws {
        let scheduler = BackgroundScheduler()
        let log = EventLog()
        scheduler.engine.addSynchronousListener { log.append($0) }
        let date = Date()
        let count = Counter()
        for number in 0..<300 {
            try await scheduler.addJob(id: "job \(number)", trigger: .date(date)) {
                Thread.sleep(forTimeInterval: 0.1)
                count.add()
            }
        }
        try await scheduler.start()
        await log.wait { _ in count.value == 300 }
        await scheduler.shutdown()
        await log.wait { if case .shutDown = $0 { true } else { false } }
        #expect(count.value == 300)
        #expect(log.ends(.succeeded) == 300)
        #expect(log.events.allSatisfy { if case .notRun = $0.kind { false } else { true } })
    }

    @Test(arguments: [TroubledStore.Trouble.unavailable, .unavailableAfterWriting])
    func storeThatThrowsInAnUpdate(_ trouble: TroubledStore.Trouble) async throws {
        let clock = ManualClock(now: SchedulerBench.start)
        let store = TroubledStore(MemoryJobStore { clock.now })
        var options = SchedulerOptions()
        options.stores = ["default": store, "other": MemoryJobStore { clock.now }]
        let scheduler = ManualScheduler(clock, options)
        let log = EventLog()
        scheduler.engine.addSynchronousListener { log.append($0) }
        let times = Mutex<[String: [Instant]]>([:])
        try scheduler.register("tick") { (context: TaskContext) in
            times.withLock { $0["\(context.jobID)", default: []].append(context.scheduled) }
        }
        for name in ["default", "other"] {
            var options = JobOptions(store: name)
            options.policies = JobPolicies()
            options.policies?.coalesce = .all
            options.policies?.atLimit = .queue
            try await scheduler.addJob(id: name, task: "tick", trigger: .interval(seconds: 10), options)
        }
        try await scheduler.start()
        await scheduler.advance(by: .seconds(20))
        store.get(into: trouble)
        await scheduler.advance(by: .seconds(60))
        store.get(into: .none)
        await scheduler.advance(by: .seconds(120))
        let expected = (0...20).map { SchedulerBench.start.advanced(byMicroseconds: $0 * 10_000_000) }
        #expect(times.withLock { $0["other"] } == expected)
        // Each once, though nobody knew which commits had been written.
        #expect(times.withLock { $0["default"] } == expected)
        await log.wait { if case .storeRecovered = $0 { true } else { false } }
        #expect(log.events.count { if case .storeFailed = $0.kind { true } else { false } } == 1)
        await scheduler.shutdown()
    }

    @Test(arguments: SchedulerBench.all)
    func shutdownFromAJob(_ flavour: SchedulerBench.Flavour, _ storage: SchedulerBench.Storage) async throws {
        let bench = try await SchedulerBench(flavour, storage)
        let scheduler = bench.scheduler
        try await scheduler.addJob(id: "last", trigger: .interval(minutes: 1)) { await scheduler.shutdown() }
        try await bench.start()
        await bench.log.wait { if case .shutDown = $0 { true } else { false } }
        #expect(!scheduler.isRunning)
        #expect(try await bench.runs(of: "last").map(\.state) == [.finished(.succeeded)])
    }

    @Test func conjunctionWithoutAgreement() async throws {
        let scheduler = ManualScheduler()
        let job = try await scheduler.addJob(
            id: "never", trigger: .all(of: .crontab("* * * * *"), .crontab("30 * * * * *"))
        ) {}
        #expect(job.state == .ended)
        try await scheduler.start()
        await scheduler.advance(by: .seconds(3600))
        #expect(try await scheduler.runs(of: "never").isEmpty)
        await scheduler.shutdown()
    }

    @Test func intervalWithJitterDoesNotDrift() async throws {
        let scheduler = ManualScheduler()
        let late = Mutex<[Int64]>([])
        let clock = scheduler.clock
        try scheduler.register("tick") { (context: TaskContext) in
            late.withLock { $0.append(clock.now.microseconds - context.scheduled.microseconds) }
        }
        try await scheduler.addJob(id: "j", task: "tick", trigger: .interval(seconds: 60, jitter: .seconds(20)))
        try await scheduler.start()
        await scheduler.advance(by: .seconds(60 * 1000))
        let times = try await scheduler.runs(of: "j", limit: 1000).map(\.id.occurrence.scheduled)
        #expect(late.withLock { $0.count } >= 1000)
        #expect(late.withLock { $0.allSatisfy { (0...20_000_000).contains($0) } })
        #expect(Set(late.withLock { $0 }).count > 900)
        for (later, earlier) in zip(times, times.dropFirst()) {
            #expect(later.microseconds - earlier.microseconds == 60_000_000)
        }
        await scheduler.shutdown()
    }

    @Test func clockSetBackIsNotSilent() async throws {
        let scheduler = ManualScheduler()
        let count = Counter()
        let crons = Mutex<[Instant]>([])
        try await scheduler.addJob(id: "interval", trigger: .interval(minutes: 5)) { count.add() }
        try scheduler.register("cron") { (context: TaskContext) in crons.withLock { $0.append(context.scheduled) } }
        try await scheduler.addJob(id: "cron", task: "cron", trigger: .crontab("*/5 * * * *"))
        try await scheduler.start()
        await scheduler.advance(by: .seconds(3600))
        let before = count.value
        await scheduler.stepWall(by: .seconds(-3600))
        await scheduler.advance(by: .seconds(301))
        #expect(count.value == before + 1)
        await scheduler.advance(by: .seconds(3000))
        #expect(count.value == before + 11)
        // What the cron has fired does not come again.
        let fired = crons.withLock { $0 }
        #expect(Set(fired).count == fired.count)
        await scheduler.shutdown()
    }

    @Test func clockSetOnAMonthIsNotEnumerated() async throws {
        let scheduler = ManualScheduler()
        let count = Counter()
        try await scheduler.addJob(id: "second", trigger: .interval(seconds: 1)) { count.add() }
        try await scheduler.start()
        await scheduler.advance(by: .seconds(10))
        await scheduler.stepWall(by: .seconds(30 * 86_400))
        await scheduler.advance(by: .seconds(2))
        #expect(count.value == 14)
        let time = SchedulerBench.start.advanced(byMicroseconds: 86_400_000_000)
        guard case .notRun(let range) = try await scheduler.why("second", at: time) else {
            Issue.record("not explained")
            return
        }
        #expect(range.reason == .coalesced)
        #expect(range.count > 2_591_000)
        await scheduler.shutdown()
    }

    @Test(arguments: SchedulerBench.all)
    func eventsComeInOrder(_ flavour: SchedulerBench.Flavour, _ storage: SchedulerBench.Storage) async throws {
        let bench = try await SchedulerBench(flavour, storage)
        let log = EventLog()
        bench.scheduler.addListener { log.append($0) }
        for number in 0..<20 {
            try await bench.scheduler.addJob(id: "job \(number)", trigger: .interval(seconds: 7 + number)) {}
        }
        try await bench.start()
        await bench.advance(.seconds(300))
        await bench.scheduler.shutdown()
        await log.wait { if case .shutDown = $0 { true } else { false } }
        let events = log.events
        #expect(events.map(\.number) == Array(1...events.count))
        var stages: [Run.ID: Int] = [:]
        for event in events {
            let reached: (run: Run.ID, stage: Int)? =
                switch event.kind {
                case .runQueued(let run): (run, 1)
                case .runTaken(let run): (run, 2)
                case .runStarted(let run): (run, 3)
                case .runEnded(let run, _, _): (run, 4)
                default: nil
                }
            guard let (run, stage) = reached else { continue }
            #expect(stages[run, default: 0] == stage - 1, "\(event)")
            stages[run] = stage
        }
        #expect(stages.count > 300)
        #expect(stages.values.allSatisfy { $0 == 4 })
    }

    private func instant(_ text: String) throws -> Instant {
        try Trigger.date(text).next(after: .earliest) ?? .earliest
    }
}

extension EventLog {
    /// How many runs have ended with an outcome.
    func ends(_ outcome: Outcome) -> Int {
        events.count { if case .runEnded(_, outcome, _) = $0.kind { true } else { false } }
    }
}
