import Carillon
import CarillonTriggers
import Testing

/// An occurrence is missed only where its due time and the grace have passed before a node looks.
@Suite struct MisfireTests {
    struct Case: Sendable {
        let grace: Duration?
        let now: Double
        let expected: String
    }

    @Test(arguments: [
        Case(grace: nil, now: 1_000_000, expected: "0 running; ended"),
        Case(grace: .seconds(10), now: 0, expected: "0 running; ended"),
        Case(grace: .seconds(10), now: 10, expected: "0 running; ended"),
        Case(grace: .seconds(10), now: 10.000_001, expected: "missed 0; ended"),
        Case(grace: .seconds(0), now: 0, expected: "0 running; ended"),
        Case(grace: .seconds(0), now: 0.000_001, expected: "missed 0; ended"),
        Case(grace: .seconds(-5), now: 0, expected: "0 running; ended"),
        Case(grace: .seconds(Int64.max), now: 1e9, expected: "0 running; ended"),
        Case(grace: nil, now: -0.000_001, expected: "next 0"),
    ])
    func oneOccurrence(_ item: Case) throws {
        var scene = try SimulatedJob(.date(at(0).date), .with { $0.misfireGrace = item.grace }, added: -100)
        try scene.pass(at: item.now)
        #expect(scene.summary == item.expected)
    }

    /// Every 10 seconds from 0 on, seen first at `now`.
    @Test(arguments: [
        Case(grace: .seconds(25), now: 100.5, expected: "80 ready, 90 ready, 100 ready; missed 0...70 (8); next 110"),
        Case(grace: .seconds(25), now: 95, expected: "70 ready, 80 ready, 90 ready; missed 0...60 (7); next 100"),
        Case(grace: .seconds(5), now: 95, expected: "90 ready; missed 0...80 (9); next 100"),
        Case(grace: .seconds(4), now: 95, expected: "missed 0...90 (10); next 100"),
        Case(grace: .seconds(0), now: 90, expected: "90 ready; missed 0...80 (9); next 100"),
        Case(grace: .seconds(100), now: 30, expected: "0 ready, 10 ready, 20 ready, 30 ready; next 40"),
        Case(grace: .seconds(10), now: 12, expected: "10 ready; missed 0; next 20"),
    ])
    func severalOccurrences(_ item: Case) throws {
        let policies = JobPolicies.with {
            $0.misfireGrace = item.grace
            $0.coalesce = .all
            $0.maxInstances = 100
        }
        var scene = try SimulatedJob(try .interval(seconds: 10), policies)
        try scene.pass(at: item.now, slots: 0)
        #expect(scene.summary == item.expected)
    }

    @Test("Grace is counted from the due time, which jitter moves", arguments: ["a", "b", "c", "d", "e"])
    func jitter(id: String) throws {
        let trigger = try Trigger.interval(seconds: 100, start: at(0).date, jitter: .seconds(60))
        let due = trigger.due(scheduled: at(0), jobID: id)
        for (late, isMissed) in [(10_000_000, false), (10_000_001, true)] {
            var scene = try SimulatedJob(trigger, .with { $0.misfireGrace = .seconds(10) }, id: id)
            let now = Double(due.microseconds + Int64(late) - at(0).microseconds) / 1_000_000
            try scene.pass(at: now)
            #expect(scene.reasons.map(\.reason) == (isMissed ? [.missed] : []))
            #expect((scene.run(0) == nil) == isMissed)
        }
    }

    @Test("Waiting for a free worker never makes a miss")
    func noWorkerFree() throws {
        var scene = try SimulatedJob(.date(at(0).date), .with { $0.misfireGrace = .seconds(1) })
        try scene.pass(at: 0, slots: 0)
        try scene.pass(at: 1000, slots: 1)
        #expect(scene.summary == "0 running; ended")
    }
}
