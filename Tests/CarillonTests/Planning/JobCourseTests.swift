import Carillon
import CarillonTriggers
import Testing

/// How a job begins, goes on from occurrence to occurrence, and ends.
@Suite struct JobCourseTests {
    @Test("An interval without a start date fires at once when it is added, and keeps its phase")
    func firesAtOnce() throws {
        var scene = try SimulatedJob(try .interval(seconds: 60), added: 5.25)
        try scene.pass(at: 5.25)
        try scene.pass(at: 70, scene.completion(5.25, at: 6))
        #expect(scene.summary == "5.25 succeeded, 65.25 running; next 125.25")

        let later = try SimulatedJob(try .interval(seconds: 60, firstRun: .afterInterval), added: 5.25)
        #expect(later.summary == "next 65.25")
    }

    @Test("A date in the past is late, and runs")
    func datePast() throws {
        var scene = try SimulatedJob(.date(at(-86_400).date), added: 0)
        #expect(scene.summary == "next -86400")
        try scene.pass(at: 0)
        #expect(scene.summary == "-86400 running; ended")
    }

    @Test(
        "A cron begins with the first fire time that is not in the past",
        arguments: [
            (0.0, 0.0), (0.000_001, 60), (59, 60), (60, 60),
        ])
    func cronBegins(added: Double, first: Double) throws {
        let scene = try SimulatedJob(try .crontab("* * * * *"), added: added)
        #expect(scene.job.next?.scheduled == at(first))
    }

    @Test("A trigger without fire times ends the job when it is added", arguments: [false, true])
    func neverFires(isPaused: Bool) throws {
        let trigger = try Trigger.interval(seconds: 10, start: at(0).date, end: at(5).date)
        let scene = try SimulatedJob(trigger, added: 100, isPaused: isPaused)
        #expect(scene.summary == "ended")
    }

    @Test("The job ends with its trigger, and its runs go on")
    func ends() throws {
        let trigger = try Trigger.interval(seconds: 10, start: at(0).date, end: at(15).date)
        var scene = try SimulatedJob(trigger, .with { $0.atLimit = .queue })
        try scene.pass(at: 0)
        let plan = try scene.pass(at: 10)
        #expect(plan.events.last == .jobEnded(scene.job.id))
        #expect(scene.summary == "0 running, 10 waiting; ended")
        try scene.pass(at: 11, scene.completion(0, at: 11))
        #expect(scene.summary == "0 succeeded, 10 running; ended")
        #expect(try scene.pass(at: 1000).change == nil)
    }

    @Test("A due time is later than the scheduled one by the jitter, and the interval never drifts")
    func jitter() throws {
        let trigger = try Trigger.interval(seconds: 100, start: at(0).date, jitter: .seconds(90))
        var scene = try SimulatedJob(trigger, .with { $0.maxInstances = 1000 })
        var delays: Set<Int64> = []
        for number in 0..<200 {
            let next = try #require(scene.job.next)
            #expect(next.scheduled == at(Double(number) * 100))
            #expect(next.due >= next.scheduled && next.due < at(Double(number + 1) * 100))
            delays.insert(next.due.microseconds - next.scheduled.microseconds)
            let early = Double(next.due.microseconds - 1 - at(0).microseconds) / 1_000_000
            #expect(try scene.pass(at: early).change == nil)
            let run = try #require(try scene.pass(at: early + 0.000_001).taken.first)
            #expect(run.due == next.due && run.available == next.due && run.id.occurrence.scheduled == next.scheduled)
        }
        #expect(delays.count > 190)
    }

    @Test("Of late occurrences the one that is not due yet by its jitter is left alone")
    func jitterWhenLate() throws {
        let trigger = try Trigger.interval(seconds: 100, start: at(0).date, jitter: .seconds(90))
        var scene = try SimulatedJob(trigger, .with { $0.coalesce = .all }, id: "late")
        let due = trigger.due(scheduled: at(500), jobID: "late")
        try #require(due > at(500))
        try scene.pass(at: 500, slots: 0)
        #expect(scene.runs.count == 5)
        #expect(scene.job.next == Job.Next(scheduled: at(500), due: due))
    }

    @Test("Events tell in order what happened")
    func events() throws {
        var scene = try SimulatedJob(.date(at(0).date))
        let plan = try scene.pass(at: 0)
        let id = try scene.id(0)
        #expect(plan.events == [.queued(id), .jobEnded(scene.job.id), .taken(id)])
        #expect(id.description == "job/1/2026-01-01T00:00:00+00:00/scheduled/0/1")
    }

    @Test("Where nothing is to be done, nothing is written")
    func nothing() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10))
        try scene.pass(at: 0)
        let plan = try scene.pass(at: 5)
        #expect(plan.change == nil && plan.events.isEmpty && plan.taken.isEmpty && plan.refused.isEmpty)
    }
}
