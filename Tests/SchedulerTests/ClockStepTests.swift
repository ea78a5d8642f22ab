import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Foundation
import Synchronization
import Testing

/// The wall clock is wrong for a while. What jobs do is told by real runs of a scheduler, on every store.
@Suite struct ClockStepTests {
    /// What has run, by job: its scheduled times, in order.
    final class Ran: Sendable {
        private let times = Mutex<[String: [Instant]]>([:])

        func add(_ context: TaskContext) {
            times.withLock { $0["\(context.jobID)", default: []].append(context.scheduled) }
        }

        func of(_ job: String) -> [Instant] { times.withLock { $0[job] ?? [] } }
    }

    private static let start = SchedulerBench.start

    private static func time(_ seconds: Double) -> Instant {
        start.advanced(byMicroseconds: Int64(seconds * 1_000_000))
    }

    private static func day(_ days: Int) -> Duration { .seconds(86_400 * days) }

    private func bench(_ storage: SchedulerBench.Storage, _ ran: Ran) async throws -> SchedulerBench {
        let bench = try await SchedulerBench(.async, storage)
        try bench.scheduler.register("note") { (context: TaskContext) in ran.add(context) }
        return bench
    }

    private func step(_ bench: SchedulerBench, _ length: Duration) async {
        bench.clock.stepWall(by: length)
        await bench.scheduler.engine.waitUntilSettled()
    }

    private func reasons(_ bench: SchedulerBench, _ job: String) async throws -> [ReasonRange] {
        try await bench.store.reasons(try JobID(job), from: .earliest, through: .latest, limit: 1000)
    }

    @Test(
        "40 days ahead for six seconds: the next times are those of the corrected clock",
        arguments: SchedulerBench.Storage.allCases)
    func fortyDays(storage: SchedulerBench.Storage) async throws {
        let ran = Ran()
        let bench = try await bench(storage, ran)
        try await bench.scheduler.addJob(id: "often", task: "note", trigger: .crontab("*/3 * * * * *"))
        try await bench.scheduler.addJob(id: "daily", task: "note", trigger: .crontab("0 3 * * *"))
        try await bench.scheduler.addJob(id: "interval", task: "note", trigger: .interval(seconds: 20))
        try await bench.start()
        await bench.advance(.seconds(10))
        await step(bench, Self.day(40))
        await bench.advance(.seconds(6))
        await step(bench, Self.day(-40))
        let before = ["often", "daily", "interval"].map { ran.of($0).count }
        #expect(try await bench.scheduler.job("often").job.next?.scheduled == Self.time(18))
        await bench.advance(.seconds(20))
        #expect(ran.of("often").count >= before[0] + 6)
        #expect(ran.of("interval").count == before[2] + 1, "at most one interval of silence")
        for job in ["often", "interval"] { try await bench.scheduler.removeJob(job) }
        await bench.advance(Self.day(2))
        #expect(ran.of("daily").suffix(2) == [Self.time(19 * 3600), Self.time(43 * 3600)], "03:00 of the two days")
        for job in ["often", "daily"] {
            let times = ran.of(job)
            #expect(Set(times).count == times.count, "\(job) repeats nothing")
        }
        let withdrawn = try await reasons(bench, "daily").filter { $0.reason == .clockStep }
        #expect(withdrawn.map(\.first) == [Self.time(19 * 3600)], "what was taken back is recorded")
        // A time that runs after all is said to have run.
        guard case .ran = try await bench.scheduler.why("daily", at: Self.time(19 * 3600)) else {
            Issue.record("it is not said to have run")
            return
        }
        guard case .upcoming = try await bench.scheduler.why("daily", at: Self.time(67 * 3600)) else {
            Issue.record("it is not said to be upcoming")
            return
        }
        await bench.scheduler.shutdown()
    }

    @Test("The scheduler is restarted between the two clocks: nobody saw the step")
    func restartBetween() async throws {
        let file = DatabaseFile()
        let clock = ManualClock(now: Self.start)
        let ran = Ran()
        func scheduler() async throws -> ManualScheduler {
            var options = SchedulerOptions()
            options.stores["default"] = try await SQLiteJobStore(path: file.path, clock: { clock.now })
            let scheduler = ManualScheduler(clock, options)
            try scheduler.register("note") { (context: TaskContext) in ran.add(context) }
            return scheduler
        }
        let first = try await scheduler()
        try await first.addJob(id: "interval", task: "note", trigger: .interval(seconds: 20))
        try await first.addJob(id: "often", task: "note", trigger: .crontab("*/3 * * * * *"))
        try await first.start()
        await first.advance(by: .seconds(10))
        await first.stepWall(by: Self.day(40))
        await first.advance(by: .seconds(6))
        await first.shutdown()
        clock.stepWall(by: Self.day(-40))
        let second = try await scheduler()
        try await second.start()
        let before = (ran.of("interval").count, ran.of("often").count)
        await second.advance(by: .seconds(21))
        #expect(ran.of("interval").count == before.0 + 1)
        #expect(ran.of("often").count >= before.1 + 6)
        await second.shutdown()
    }

    @Test(
        "Back by less than three hours, when all times have run, is waiting", arguments: SchedulerBench.Storage.allCases
    )
    func waiting(storage: SchedulerBench.Storage) async throws {
        let ran = Ran()
        let bench = try await bench(storage, ran)
        try await bench.scheduler.addJob(id: "cron", task: "note", trigger: .crontab("*/5 * * * *"))
        try await bench.start()
        await bench.advance(.seconds(3600))
        let count = ran.of("cron").count
        let next = try await bench.scheduler.job("cron").job.next
        await step(bench, .seconds(-3000))
        #expect(try await bench.scheduler.job("cron").job.next == next, "the stored next time stays")
        await bench.advance(.seconds(3000))
        #expect(ran.of("cron").count == count)
        await bench.advance(.seconds(301))
        #expect(ran.of("cron").count == count + 1)
        await bench.scheduler.shutdown()
    }

    @Test(
        "Of the times ahead those with a run are passed over, those with a reason fire",
        arguments: SchedulerBench.Storage.allCases)
    func passedOver(storage: SchedulerBench.Storage) async throws {
        let ran = Ran()
        let bench = try await bench(storage, ran)
        try await bench.scheduler.addJob(id: "hourly", task: "note", trigger: .crontab("30 * * * *"))
        try await bench.start()
        // 8:30 to 12:30 are made one; 13:30 runs by the wrong clock, which then goes back to 8:00.
        await step(bench, .seconds(16_500))
        await bench.advance(.seconds(4500))
        #expect(ran.of("hourly") == [Self.time(16_200), Self.time(19_800)])
        await step(bench, .seconds(-21_000))
        await bench.advance(.seconds(7 * 3600))
        let hours = ran.of("hourly").dropFirst(2).map { ($0.microseconds - Self.start.microseconds) / 1_800_000_000 }
        #expect(hours == [1, 3, 5, 7, 13], "12:30 and 13:30 had run")
        // As they are listed: nothing of what ran is left as a reason.
        #expect(try await reasons(bench, "hourly").map(\.reason) == [.clockStep])
        await bench.scheduler.shutdown()
    }

    @Test("A scheduler that starts passes over the times ahead that have run")
    func startsBesideTimesAhead() async throws {
        let ran = Ran()
        let clock = ManualClock(now: Self.start)
        let store = MemoryJobStore { clock.now }
        func scheduler() throws -> ManualScheduler {
            var options = SchedulerOptions()
            options.stores["default"] = store
            let scheduler = ManualScheduler(clock, options)
            try scheduler.register("note") { (context: TaskContext) in ran.add(context) }
            return scheduler
        }
        let first = try scheduler()
        try await first.addJob(id: "hourly", task: "note", trigger: .crontab("30 * * * *"))
        try await first.start()
        // As above: 12:30 and 13:30 run, and the clock then goes back to 8:00 while nobody sees it.
        await first.stepWall(by: .seconds(16_500))
        await first.advance(by: .seconds(4500))
        await first.shutdown()
        clock.stepWall(by: .seconds(-21_000))
        let second = try scheduler()
        try await second.start()
        await second.advance(by: .seconds(7 * 3600))
        let hours = ran.of("hourly").dropFirst(2).map { ($0.microseconds - Self.start.microseconds) / 1_800_000_000 }
        #expect(hours == [1, 3, 5, 7, 13])
        await second.shutdown()
    }

    @Test("A job that was added while the clock was ahead is not silent", arguments: SchedulerBench.Storage.allCases)
    func addedAhead(storage: SchedulerBench.Storage) async throws {
        let ran = Ran()
        let bench = try await bench(storage, ran)
        try await bench.start()
        await step(bench, Self.day(40))
        try await bench.scheduler.addJob(id: "daily", task: "note", trigger: .crontab("0 3 * * *"))
        try await bench.scheduler.addJob(
            id: "interval", task: "note", trigger: .interval(hours: 1, firstRun: .afterInterval))
        try await bench.scheduler.addJob(id: "edited", task: "note", trigger: .crontab("0 0 1 1 *"))
        try await bench.scheduler.rescheduleJob("edited", trigger: .crontab("0 4 * * *"))
        await step(bench, Self.day(-40))
        await bench.advance(Self.day(1))
        #expect(ran.of("daily") == [Self.time(19 * 3600)])
        #expect(ran.of("edited") == [Self.time(20 * 3600)])
        #expect(ran.of("interval").count == 24)
        await bench.scheduler.shutdown()
    }

    @Test("A job that ended because the clock was ahead goes on", arguments: SchedulerBench.Storage.allCases)
    func endedAhead(storage: SchedulerBench.Storage) async throws {
        let ran = Ran()
        let bench = try await bench(storage, ran)
        let end = Self.time(10 * 86_400).date
        try await bench.scheduler.addJob(id: "daily", task: "note", trigger: .cron(hour: "3", end: end))
        try await bench.scheduler.addJob(id: "once", task: "note", trigger: .date(Self.time(5 * 86_400).date))
        try await bench.start()
        await step(bench, Self.day(40))
        #expect(ran.of("once").count == 1)
        await step(bench, Self.day(-40))
        await bench.advance(Self.day(20))
        #expect(ran.of("daily").count == 10, "one by the wrong clock, and the nine before it")
        #expect(Set(ran.of("daily")).count == 10)
        #expect(ran.of("once").count == 1, "what has run does not run again")
        await bench.scheduler.shutdown()
    }

    @Test(
        "A stored next time that is none of the trigger's heals at start, by resuming and by an edit",
        arguments: ["start", "resume", "edit", "same"])
    func healed(way: String) async throws {
        let file = DatabaseFile()
        let clock = ManualClock(now: Self.start)
        let store = try await SQLiteJobStore(path: file.path, clock: { clock.now })
        let definition = JobDefinition(task: TaskName("note"), trigger: try .crontab("0 3 * * *"))
        let id = JobID("a")
        _ = try await store.insert([
            NewJob(id: id, definition: definition, added: Self.start, isPaused: way == "resume")
        ])
        for wrong in [Self.time(40 * 86_400 + 19 * 3600), Self.time(1800)] {
            try file.execute(
                "UPDATE carillon_jobs SET next_scheduled = \(wrong.microseconds), next_due = \(wrong.microseconds)")
            switch way {
            case "start":
                var options = SchedulerOptions()
                options.stores["default"] = store
                let scheduler = ManualScheduler(clock, options)
                try scheduler.register("note") { (_: TaskContext) in }
                try await scheduler.start()
                await scheduler.shutdown()
            case "resume":
                #expect(try await store.resume(id, at: Self.start))
                _ = try await store.pause(id, at: Self.start)
            case "same": try await store.modify(id, definition, at: Self.start)
            default:
                var other = definition
                other.tags = ["\(wrong)"]
                try await store.modify(id, other, at: Self.start)
            }
            #expect(try await store.snapshot(id, at: Self.start).job.next?.scheduled == Self.time(19 * 3600))
        }
    }

    @Test(
        "It heals by what a running scheduler is asked for, too", arguments: ["resume", "modify", "replace", "keep"])
    func healedByScheduler(way: String) async throws {
        let file = DatabaseFile()
        let clock = ManualClock(now: Self.start)
        var options = SchedulerOptions()
        options.stores["default"] = try await SQLiteJobStore(path: file.path, clock: { clock.now })
        let scheduler = ManualScheduler(clock, options)
        try scheduler.register("note") { (_: TaskContext) in }
        try await scheduler.start()
        var definition = JobDefinition(task: TaskName("note"), trigger: try .crontab("0 3 * * *"), origin: "file")
        let id = JobID("a")
        let keep = { (definition: JobDefinition) in
            try await scheduler.keepJobs(ofOrigins: ["file"], equalTo: [OriginJob(id: id, definition: definition)])
        }
        if way == "keep" {
            _ = try await keep(definition)
        } else {
            try await scheduler.addJob(
                id: "a", task: "note", trigger: definition.trigger, JobOptions(isPaused: way == "resume"))
        }
        await scheduler.engine.waitUntilSettled()
        for wrong in [Self.time(40 * 86_400 + 19 * 3600), Self.time(1800)] {
            try file.execute(
                "UPDATE carillon_jobs SET next_scheduled = \(wrong.microseconds), next_due = \(wrong.microseconds)")
            definition.tags = ["\(wrong)"]
            switch way {
            case "resume": try await scheduler.resumeJob("a")
            case "modify": try await scheduler.modifyJob("a") { $0.tags = ["\(wrong)"] }
            case "replace":
                try await scheduler.addJob(
                    id: "a", task: "note", trigger: definition.trigger,
                    JobOptions(tags: definition.tags, ifExists: .replace))
            default:
                _ = try await keep(definition)
                // All jobs are looked at, beside the call.
                await scheduler.engine.waitUntilSettled()
            }
            #expect(try await scheduler.job("a").job.next?.scheduled == Self.time(19 * 3600))
            if way == "resume" { try await scheduler.pauseJob("a") }
        }
        await scheduler.shutdown()
    }

    @Test("A due job is looked at before it fires", arguments: SchedulerBench.Storage.allCases)
    func dueJob(storage: SchedulerBench.Storage) async throws {
        let ran = Ran()
        let bench = try await bench(storage, ran)
        try await bench.scheduler.addJob(id: "hourly", task: "note", trigger: .crontab("0 * * * *"))
        try await bench.start()
        await bench.advance(.seconds(60))
        // A node with older rules has fired 08:00 and stored 08:30, say.
        try await bench.store.edit(JobID("hourly"), at: bench.clock.now) { snapshot in
            var change = JobChange(job: snapshot.job)
            change.job.next = Job.Next(scheduled: Self.time(1800), due: Self.time(1800))
            return change
        }
        await bench.advance(.seconds(2 * 3600))
        #expect(ran.of("hourly").allSatisfy { $0.flooredSeconds % 3600 == 0 }, "\(ran.of("hourly"))")
        #expect(ran.of("hourly").count == 3)
        await bench.scheduler.shutdown()
    }

    /// Makes a pass, ends what it takes, and answers the scheduled times of that.
    private func run(_ pass: StorePass, on store: MemoryJobStore) async throws -> [Instant] {
        var pass = pass
        let taken = try await pass.run(on: store).taken
        pass.dueLimit = 0
        pass.readyLimit = 0
        pass.completions = taken.map {
            Completion(run: $0.id, fence: $0.fence, finished: pass.now, result: .ended(.succeeded))
        }
        _ = try await pass.run(on: store)
        return taken.map(\.id.occurrence.scheduled)
    }

    /// Another node runs a job's occurrences of 20 s and 40 s by a clock that shows 41 s, and the clock is right again.
    private func runAhead(_ id: JobID, in store: MemoryJobStore, _ task: String) async throws {
        let pass = StorePass(now: Self.time(41), node: try NodeID("other"), tasks: [try TaskName(task)])
        #expect(try await run(pass, on: store) == [Self.time(40)])
        #expect(try await store.recheck(id, at: Self.time(1))?.to == Self.time(20))
    }

    @Test("A time that has run does not run again where the clock has passed it and the job is late")
    func lateBehindARun() async throws {
        let store = MemoryJobStore { Self.start }
        let id = JobID("job")
        let definition = JobDefinition(task: TaskName("work"), trigger: try .crontab("*/20 * * * * *"))
        _ = try await store.insert([NewJob(id: id, definition: definition, added: Self.time(1))])
        try await runAhead(id, in: store, "work")
        for (now, expected) in [(45.0, [Self.time(20)]), (45, []), (61, [Self.time(60)])] {
            var pass = StorePass(now: Self.time(now), node: try NodeID("node"), tasks: [TaskName("work")])
            pass.ranAhead = try await store.ranAhead(at: pass.now)
            #expect(try await run(pass, on: store) == expected, "at \(now) s")
        }
    }

    @Test("A node that stood still while the clock was wrong and set right again repeats nothing")
    func frozenMeanwhile() async throws {
        let node = try LoneNode()
        node.gate.open()
        try await node.scheduler.addJob(id: "long", task: "long", trigger: .crontab("*/20 * * * * *"))
        try await node.scheduler.start()
        await node.pass(.seconds(1))
        // The run of the beginning, beside which no other one would be taken.
        await node.events.wait { if case .runEnded = $0 { true } else { false } }
        try await runAhead(JobID("long"), in: node.kept, "long")
        // Its next heartbeat was due four seconds ago.
        node.clock.advance(by: .seconds(5))
        await node.pass(.seconds(50))
        await node.events.wait {
            if case .runEnded(let run, _, _) = $0 { run.occurrence.scheduled == Self.time(20) } else { false }
        }
        let ran = node.events.events.compactMap {
            if case .runStarted(let run) = $0.kind { run.occurrence.scheduled } else { nil }
        }
        // At the beginning the clock shows a time of the job's.
        #expect(ran.filter { $0 > Self.start } == [Self.time(20)])
        await node.scheduler.shutdown()
    }

    @Test(
        "The notice says how far in words",
        arguments: [
            (Int64(-3_455_999_999_986), "back by 40 days"), (5_400_000_000, "on by 1 hour 30 minutes"),
            (2_500_000, "on by 2.5 seconds"), (-1_000_000, "back by 1 second"), (86_401_000_000, "on by 1 day"),
        ])
    func notice(step: Int64, words: String) async throws {
        let lines = LoggedLines()
        var options = SchedulerOptions()
        options.logger = lines.logger
        let scheduler = ManualScheduler(ManualClock(now: Self.start), options)
        try await scheduler.start()
        await scheduler.stepWall(by: .microseconds(step))
        #expect(lines.lines(with: "wall clock").map(\.message) == ["the wall clock was set \(words)"])
        await scheduler.shutdown()
    }
}
