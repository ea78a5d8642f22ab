import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

/// A past range of a job is run, on every store.
@Suite(.timeLimit(.minutes(10))) struct BackfillJobTests {
    private func cron(_ bench: SchedulerBench, _ ran: TextLog) async throws {
        try bench.scheduler.register("report") { (context: TaskContext) in
            ran.append("\(context.occurrence.kind) \(context.scheduled.formatted(in: .utc).prefix(10))")
        }
        try await bench.scheduler.addJob(id: "report", task: "report", trigger: .cron(hour: 0))
    }

    @Test(arguments: SchedulerBench.Storage.allCases)
    func daysThatWereMissed(_ storage: SchedulerBench.Storage) async throws {
        let ran = TextLog()
        let bench = try await SchedulerBench(.async, storage)
        try await cron(bench, ran)
        try await bench.start()
        let ids = try await bench.scheduler.backfillJob(
            "report",
            from: Instant(seconds: SchedulerBench.start.microseconds / 1_000_000 - 3 * 86_400),
            through: SchedulerBench.start
        )
        #expect(ids.map(\.occurrence.kind) == [.backfill, .backfill, .backfill])
        await bench.advance(.seconds(1))
        #expect(ran.texts == ["backfill 2027-01-13", "backfill 2027-01-14", "backfill 2027-01-15"])
        // The trigger goes on as if nothing had been.
        await bench.advance(.seconds(86_400))
        #expect(ran.texts.last == "scheduled 2027-01-16")
        for id in ids { #expect(try await bench.store.run(id)?.state == .finished(.succeeded)) }
        await bench.scheduler.shutdown()
    }

    @Test(arguments: SchedulerBench.Storage.allCases)
    func twiceIsTwoRuns(_ storage: SchedulerBench.Storage) async throws {
        let ran = TextLog()
        let bench = try await SchedulerBench(.async, storage)
        try await cron(bench, ran)
        try await bench.start()
        let day = SchedulerBench.start.date.addingTimeInterval(-86_400)
        var all: Set<Run.ID> = []
        for _ in 0..<2 {
            all.formUnion(try await bench.scheduler.backfillJob("report", from: day, through: bench.clock.now.date))
            await bench.advance(.seconds(1))
        }
        #expect(all.count == 2)
        #expect(ran.texts == ["backfill 2027-01-15", "backfill 2027-01-15"])
        await bench.scheduler.shutdown()
    }

    @Test func aPausedJobHasThemWait() async throws {
        let ran = TextLog()
        let bench = try await SchedulerBench()
        try await cron(bench, ran)
        try await bench.start()
        try await bench.scheduler.pauseJob("report")
        let day = SchedulerBench.start.date.addingTimeInterval(-86_400)
        try await bench.scheduler.backfillJob("report", from: day, through: SchedulerBench.start.date)
        await bench.advance(.seconds(60))
        #expect(ran.texts == [])
        try await bench.scheduler.resumeJob("report")
        await bench.advance(.seconds(1))
        #expect(ran.texts == ["backfill 2027-01-15"])
        await bench.scheduler.shutdown()
    }

    @Test func whatCannotBeBackfilled() async throws {
        let ran = TextLog()
        let bench = try await SchedulerBench()
        try await cron(bench, ran)
        try await bench.start()
        let start = SchedulerBench.start
        let later = Instant(microseconds: start.microseconds + 1)
        for (id, first, last, code) in [
            ("nobody", start, start, CarillonError.Code.jobNotFound),
            ("", start, start, .invalidName),
            ("report", later, start, .invalidRange),
            ("report", start, later, .invalidRange),
            ("report", .earliest, start, .invalidRange),
        ] {
            let error = await #expect(throws: CarillonError.self) {
                try await bench.scheduler.backfillJob(id, from: first, through: last)
            }
            #expect(error?.code == code)
        }
        try await bench.scheduler.removeJob("report")
        let error = await #expect(throws: CarillonError.self) {
            try await bench.scheduler.backfillJob("report", from: start, through: start)
        }
        #expect(error?.code == .jobNotFound)
        await bench.scheduler.shutdown()
    }

    /// A thousand runs of a job that may have three at work, while its trigger goes on.
    @Test func aThousandRunsThreeAtATime() async throws {
        let scheduler = ManualScheduler()
        let (backfilled, scheduled) = (Counter(), Counter())
        try scheduler.register("work") { (context: TaskContext) in
            if context.occurrence.kind == .backfill { backfilled.add() } else { scheduled.add() }
        }
        var options = JobOptions(policies: JobPolicies())
        options.policies?.maxInstances = 3
        options.policies?.atLimit = .queue
        try await scheduler.addJob(id: "work", task: "work", trigger: .cron(second: "*"), options)
        try await scheduler.start()
        let now = scheduler.clock.now
        let first = Instant(microseconds: now.microseconds - 999_000_000)
        #expect(try await scheduler.backfillJob("work", from: first, through: now).count == 1000)
        await scheduler.advance(by: .seconds(10))
        #expect(backfilled.value == 1000)
        #expect(scheduled.value == 11)
        await scheduler.shutdown()
    }
}
