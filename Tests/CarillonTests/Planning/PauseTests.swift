import Carillon
import CarillonTriggers
import Testing

/// A paused job fires nothing; what it skips is recorded when it is resumed.
@Suite struct PauseTests {
    @Test("A pause is one record, however long it was")
    func range() throws {
        var scene = try SimulatedJob(try .interval(seconds: 1))
        try scene.pass(at: 0)
        scene.commit(scene.snapshot.paused(at: at(0.5)))
        #expect(scene.snapshot.paused(at: at(0.5)) == nil)
        #expect(try scene.pass(at: 100).change == nil)
        scene.commit(scene.snapshot.resumed(at: at(2_592_000)))
        #expect(scene.summary == "0 running; skipped(jobPaused) 1...2592000 (2592000); next 2592001")
        #expect(scene.snapshot.resumed(at: at(2_592_000)) == nil)
    }

    @Test("A short pause skips nothing")
    func short() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10))
        try scene.pass(at: 0)
        scene.commit(scene.snapshot.paused(at: at(1)))
        scene.commit(scene.snapshot.resumed(at: at(9)))
        #expect(scene.reasons.isEmpty)
        #expect(scene.job.state == .active)
        #expect(scene.job.next?.scheduled == at(10))
    }

    @Test("The grace plays no part in what a pause skips")
    func grace() throws {
        var scene = try SimulatedJob(
            try .interval(seconds: 10), .with { $0.misfireGrace = .seconds(1) }, isPaused: true)
        scene.commit(scene.snapshot.resumed(at: at(35)))
        #expect(scene.summary == "skipped(jobPaused) 0...30 (4); next 40")
    }

    @Test("Queued runs wait, running ones go on")
    func runs() throws {
        let retry = RetryPolicy(count: 1, backoff: .constant(.seconds(0)))
        let policies = JobPolicies.with {
            $0.maxInstances = 2
            $0.atLimit = .queue
            $0.retry = retry
        }
        var scene = try SimulatedJob(try .interval(seconds: 10), policies)
        for (time, slots) in [(0.0, 1), (10, 0), (20, 0)] { try scene.pass(at: time, slots: slots) }
        scene.commit(scene.snapshot.paused(at: at(21)))
        #expect(scene.summary == "0 running, 10 ready, 20 waiting; paused, next 30")
        let plan = try scene.pass(at: 22, scene.completion(0, .failed, at: 22))
        #expect(plan.taken.isEmpty)
        #expect(scene.summary == "0 failed, 0#2 ready from 22, 10 ready, 20 waiting; paused, next 30")
        scene.commit(scene.snapshot.resumed(at: at(25)))
        try scene.pass(at: 25)
        #expect(scene.summary == "0 failed, 0#2 running, 10 running, 20 waiting; next 30")
    }

    @Test("A pause that outlasts the trigger ends the job")
    func outlastsTrigger() throws {
        let trigger = try Trigger.interval(seconds: 10, start: at(0).date, end: at(20).date)
        var scene = try SimulatedJob(trigger, isPaused: true)
        scene.commit(scene.snapshot.resumed(at: at(100)))
        #expect(scene.summary == "skipped(jobPaused) 0...20 (3); ended")
        #expect(scene.snapshot.paused(at: at(100)) == nil)
    }

    @Test("An occurrence that is scheduled and not yet due is not skipped", arguments: ["a", "b", "c", "d"])
    func jitter(id: String) throws {
        let trigger = try Trigger.interval(seconds: 100, start: at(0).date, jitter: .seconds(90))
        var scene = try SimulatedJob(trigger, id: id, isPaused: true)
        let due = trigger.due(scheduled: at(200), jobID: id)
        let before = Instant(microseconds: due.microseconds - 1)
        scene.commit(scene.snapshot.resumed(at: before))
        #expect(scene.reasons.map(\.last) == [at(100)])
        #expect(scene.job.next == Job.Next(scheduled: at(200), due: due))
        scene.commit(scene.snapshot.paused(at: before))
        scene.commit(scene.snapshot.resumed(at: due))
        #expect(scene.reasons.map(\.last) == [at(100), at(200)])
    }
}
