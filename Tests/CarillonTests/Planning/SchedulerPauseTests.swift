import Carillon
import CarillonTriggers
import Testing

/// What a paused scheduler leaves out is recorded once the pause is over.
@Suite struct SchedulerPauseTests {
    private func pause(_ since: Double, _ until: Double? = nil) -> SchedulerPause {
        SchedulerPause(since: at(since), until: until.map(at))
    }

    @Test("While it lasts nothing fires and nothing is taken, and what runs may end")
    func lasting() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.maxInstances = 2 })
        try scene.pass(at: 0)
        try scene.pass(at: 10, slots: 0)
        #expect(scene.summary == "0 running, 10 ready; next 20")
        #expect(try scene.pass(at: 25, pause: pause(15)).change == nil)
        try scene.pass(at: 26, scene.completion(0, at: 26), pause: pause(15))
        #expect(scene.summary == "0 succeeded, 10 ready; next 20")
    }

    @Test("A node that stops writes what ended and recovers, and leaves what is due to its next start")
    func stopping() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.maxInstances = 2 })
        try scene.pass(at: 0)
        try scene.pass(at: 10, slots: 0)
        try scene.pass(at: 25, scene.completion(0, at: 25), slots: 0, fires: false)
        #expect(scene.summary == "0 succeeded, 10 ready; next 20")
        #expect(scene.reasons.isEmpty)
        try scene.pass(at: 26)
        #expect(scene.summary == "0 succeeded, 10 running, 20 running; next 30")
    }

    @Test("A pause is one record, however long it was, and the next time fires")
    func over() throws {
        var scene = try SimulatedJob(try .interval(seconds: 1), .with { $0.misfireGrace = .seconds(1) })
        try scene.pass(at: 0)
        try scene.pass(at: 0.5, scene.completion(0, at: 0.5))
        try scene.pass(at: 2_592_000, pause: pause(0.6, 2_592_000))
        // What is due when the pause is over fires.
        let skipped = "skipped(schedulerPaused) 1...2591999 (2591999)"
        #expect(scene.summary == "0 succeeded, 2592000 running; \(skipped); next 2592001")
        try scene.pass(at: 2_592_001, pause: pause(0.6, 2_592_000))
        #expect(scene.reasons.map(\.reason) == [.schedulerPaused, .instanceLimit])
    }

    @Test("What was late before the pause is planned by itself, then what the pause left out, then what came after")
    func lateBefore() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.maxInstances = 9 })
        let over = pause(25, 65)
        try scene.pass(at: 92, pause: over)
        #expect(scene.summary == "20 running; coalesced 0...10 (2); next 30")
        try scene.pass(at: 92, pause: over)
        let wanted =
            "20 running, 90 running; coalesced 0...10 (2), skipped(schedulerPaused) 30...60 (4), coalesced 70...80 (2); "
            + "next 100"
        #expect(scene.summary == wanted)
        #expect(try scene.pass(at: 92, pause: over).change == nil)
    }

    @Test("What was due before the pause and was held back in it is no part of it")
    func heldBackBefore() throws {
        let policies = JobPolicies.with {
            $0.coalesce = .all
            $0.maxInstances = 2000
        }
        var scene = try SimulatedJob(try .interval(seconds: 1), policies)
        try scene.pass(at: 1500, slots: 0)
        #expect(scene.job.next == Job.Next(scheduled: at(1000), due: at(1501)))
        for _ in 0..<2 { try scene.pass(at: 1601, slots: 0, pause: pause(1500.5, 1600)) }
        #expect(scene.summary.hasSuffix("; skipped(schedulerPaused) 1501...1599 (99); next 1602"))
        #expect(scene.runs.count == 1503)
    }

    @Test("What another node fired meanwhile is not recorded")
    func otherNode() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.maxInstances = 9 })
        for time in [0.0, 10, 20, 30] { try scene.pass(at: time, node: "other") }
        try scene.pass(at: 40, pause: pause(5, 35))
        #expect(scene.reasons.isEmpty)
        #expect(scene.job.next?.scheduled == at(50))
    }

    @Test("A pause that outlasts the trigger ends the job")
    func outlastsTrigger() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10, start: at(0).date, end: at(20).date))
        try scene.pass(at: 100, pause: pause(-1, 90))
        #expect(scene.summary == "skipped(schedulerPaused) 0...20 (3); ended")
    }

    @Test("A range says which occurrence it follows")
    func follows() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10, start: at(0).date))
        try scene.pass(at: 0)
        let skipped = try scene.pass(at: 25).change?.reasons ?? []
        #expect(skipped.map(\.follows) == [at(0), at(10)])
        #expect(skipped.map(\.range.reason) == [.coalesced, .instanceLimit])
        #expect(try scene.pass(at: 30).change?.reasons.map(\.follows) == [at(20)])
        var paused = try SimulatedJob(try .interval(seconds: 10, start: at(0).date), isPaused: true)
        let resumed = paused.snapshot.resumed(at: at(5))
        #expect(resumed?.reasons.map(\.follows) == [nil])
        paused.commit(resumed)
        paused.commit(paused.snapshot.paused(at: at(6)))
        #expect(paused.snapshot.resumed(at: at(15))?.reasons.map(\.follows) == [at(0)])
    }
}
