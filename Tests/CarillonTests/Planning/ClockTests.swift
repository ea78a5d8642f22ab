import Carillon
import CarillonTriggers
import Testing

/// The wall clock is set back while jobs are under way.
@Suite struct ClockTests {
    @Test(
        "Nothing fires twice, whatever the clock does",
        arguments: [
            try Trigger.interval(seconds: 10), try .crontab("* * * * *"),
            try .interval(seconds: 10, jitter: .seconds(5)),
        ])
    func nothingTwice(_ trigger: Trigger) throws {
        var scene = try SimulatedJob(trigger, .with { $0.maxInstances = 1000 })
        var fired: Set<Run.ID> = []
        for now in [0.0, 60, 30, 120, 119, 0, -1000, 121, 180, 100, 240] {
            for run in try scene.pass(at: now).taken { #expect(fired.insert(run.id).inserted) }
            if let change = scene.snapshot.turnedBack(to: at(now)) { scene.commit(change) }
        }
        #expect(fired.count > 4)
    }

    struct Case: Sendable {
        let trigger: Trigger
        /// The clock shows this before it is set back.
        let before: Double
        let after: Double
        /// The next occurrence then; nothing where the job is not changed.
        let next: Double?
    }

    @Test(
        "An interval fires again within one period, in phase; a cron does not repeat itself",
        arguments: [
            Case(trigger: try .interval(seconds: 60), before: 3600, after: 0, next: 60),
            Case(trigger: try .interval(seconds: 60), before: 3600, after: 1, next: 60),
            Case(trigger: try .interval(seconds: 60), before: 3600, after: 59.5, next: 60),
            Case(trigger: try .interval(seconds: 60), before: 3600, after: 60, next: 120),
            Case(trigger: try .interval(seconds: 60), before: 3600, after: 3600, next: nil),
            Case(trigger: try .interval(seconds: 60), before: 3600, after: 3599.5, next: 3600),
            Case(trigger: try .interval(seconds: 60), before: 3630, after: 3610, next: nil),
            Case(trigger: try .interval(seconds: 60), before: 3600, after: -86_410, next: -86_400),
            Case(trigger: try .interval(seconds: 60, start: at(0).date), before: 3600, after: 1, next: 60),
            Case(trigger: try .interval(seconds: 60, start: at(7200).date), before: 3600, after: 1, next: nil),
            Case(trigger: try .interval(seconds: 60, firstRun: .afterInterval), before: 0, after: -3600, next: -3540),
            Case(trigger: try .crontab("* * * * *"), before: 3600, after: 1, next: nil),
            Case(trigger: .date(at(7200).date), before: 3600, after: 1, next: nil),
            Case(trigger: try .calendarInterval(days: 1), before: 3600, after: 1, next: nil),
        ])
    func turnedBack(_ item: Case) throws {
        var scene = try SimulatedJob(item.trigger)
        try scene.pass(at: item.before)
        let change = scene.snapshot.turnedBack(to: at(item.after))
        #expect(change?.job.next?.scheduled == item.next.map { at($0) })
        guard let change else { return }
        scene.commit(change)
        #expect(scene.snapshot.turnedBack(to: at(item.after)) == nil, "twice is once")
        // Goes on from there, in phase and without a gap.
        let next = try #require(item.next)
        try scene.pass(at: next, slots: 0)
        #expect(scene.job.next?.scheduled == at(next + 60))
    }

    @Test("Runs that are ready do not wait for the clock to catch up")
    func readyRuns() throws {
        let policies = JobPolicies.with {
            $0.maxInstances = 5
            $0.retry = RetryPolicy(count: 1, backoff: .constant(.seconds(30)))
        }
        var scene = try SimulatedJob(try .crontab("* * * * *"), policies)
        try scene.pass(at: 0)
        try scene.pass(at: 60, slots: 0)
        try scene.pass(at: 61, scene.completion(0, .failed, at: 61), slots: 0)
        #expect(scene.summary == "0 failed, 0#2 ready from 91, 60 ready; next 120")
        scene.commit(scene.snapshot.turnedBack(to: at(-3600)))
        #expect(scene.run(60)?.available == at(-3600))
        #expect(scene.run(0)?.available == at(-3570))
        #expect(try scene.pass(at: -3600).taken.map(\.id) == [try scene.id(60)])
        #expect(scene.snapshot.turnedBack(to: at(-3600)) == nil)
    }

    @Test("A reason by an earlier trigger stays: its times do not come again")
    func reasonsOfAnEarlierTrigger() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10, start: at(5).date))
        try scene.pass(at: 3630)
        func range(_ first: Double, _ last: Double, _ count: Int) -> ReasonRange {
            ReasonRange(
                job: scene.job.id, generation: scene.job.generation, first: at(first), last: at(last), count: count,
                reason: .coalesced, recorded: at(3630))
        }
        let earlier = [range(3600, 3620, 3), range(3605, 3625, 5)]
        let past = RecordedTimes(reasons: earlier + [range(3605, 3625, 3)])
        let change = try #require(scene.snapshot.rechecked(at: at(100), past))
        #expect(change.job.next?.scheduled == at(105))
        #expect(change.withdrawn == [range(3605, 3625, 3)])
        #expect(change.reasons.map(\.range.reason) == [.clockStep])
    }

    @Test("Forward, times that have passed are late")
    func forward() throws {
        var scene = try SimulatedJob(try .interval(seconds: 60), .with { $0.misfireGrace = .seconds(90) })
        try scene.pass(at: 0)
        try scene.pass(at: 3600, scene.completion(0, at: 3600))
        #expect(scene.summary == "0 succeeded, 3600 running; missed 60...3480 (58), coalesced 3540; next 3660")
    }
}
