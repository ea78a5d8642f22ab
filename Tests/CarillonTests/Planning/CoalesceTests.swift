import Carillon
import CarillonTriggers
import Testing

/// What becomes of several occurrences that are due together.
@Suite struct CoalesceTests {
    struct Case: Sendable {
        let coalesce: Coalesce
        let due: Int
        let expected: String
    }

    /// A job of every second from 0 on, seen when so many are due.
    private func scene(_ coalesce: Coalesce, due: Int, slots: Int = .max) throws -> SimulatedJob {
        var scene = try SimulatedJob(try .interval(seconds: 1), .with { $0.coalesce = coalesce })
        try scene.pass(at: Double(due) - 0.5, slots: slots)
        return scene
    }

    @Test(arguments: [
        Case(coalesce: .latest, due: 1, expected: "0 running; next 1"),
        Case(coalesce: .latest, due: 2, expected: "1 running; coalesced 0; next 2"),
        Case(coalesce: .latest, due: 3, expected: "2 running; coalesced 0...1 (2); next 3"),
        Case(coalesce: .latest, due: 1000, expected: "999 running; coalesced 0...998 (999); next 1000"),
        Case(
            coalesce: .latest, due: 2_592_000,
            expected: "2591999 running; coalesced 0...2591998 (2591999); next 2592000"),
        Case(coalesce: .earliest, due: 1, expected: "0 running; next 1"),
        Case(coalesce: .earliest, due: 2, expected: "0 running; coalesced 1; next 2"),
        Case(coalesce: .earliest, due: 3, expected: "0 running; coalesced 1...2 (2); next 3"),
        Case(coalesce: .earliest, due: 1001, expected: "0 running; coalesced 1...1000 (1000); next 1001"),
        Case(coalesce: .all, due: 1, expected: "0 running; next 1"),
        Case(coalesce: .all, due: 2, expected: "0 running, 1 waiting; next 2"),
        Case(coalesce: .all, due: 4, expected: "0 running, 1 waiting, 2 waiting, 3 waiting; next 4"),
    ])
    func table(_ item: Case) throws {
        let scene = try scene(item.coalesce, due: item.due)
        #expect(scene.summary == item.expected)
    }

    struct CatchUp: Sendable {
        let due: Int
        let runs: Int
        let next: Double
        let nextDue: Double
    }

    @Test(
        "A pass hands out 1,000 at most, and holds the job back for a second",
        arguments: [
            CatchUp(due: 999, runs: 999, next: 999, nextDue: 999),
            CatchUp(due: 1000, runs: 1000, next: 1000, nextDue: 1000),
            CatchUp(due: 1001, runs: 1000, next: 1000, nextDue: 1001.5),
            CatchUp(due: 2_592_000, runs: 1000, next: 1000, nextDue: 2_592_000.5),
        ])
    func catchUp(_ item: CatchUp) throws {
        let scene = try scene(.all, due: item.due)
        #expect(scene.runs.count == item.runs)
        #expect(scene.reasons.isEmpty)
        #expect(scene.job.next == Job.Next(scheduled: at(item.next), due: at(item.nextDue)))
        #expect(scene.ordered.map(\.id.occurrence.scheduled) == (0..<item.runs).map { at(Double($0)) })
        #expect(scene.runs.values.count { $0.state == .waiting } == item.runs - 1)
    }

    @Test("All run one after another in their order, and none is lost behind the limit")
    func catchUpToTheEnd() throws {
        let trigger = try Trigger.interval(seconds: 1, start: at(0).date, end: at(2499).date)
        var scene = try SimulatedJob(trigger, .with { $0.coalesce = .all })
        var order: [Instant] = []
        var now = 10_000.0
        var completions: [Completion] = []
        while scene.job.state != .ended || !scene.snapshot.open.isEmpty, now < 20_000 {
            let plan = try scene.pass(at: now, completions, slots: 1)
            #expect(scene.snapshot.open.count { $0.state == .waiting } <= 1000)
            #expect(plan.taken.count <= 1)
            order += plan.taken.map(\.id.occurrence.scheduled)
            completions = plan.taken.map {
                Completion(run: $0.id, fence: $0.fence, finished: at(now), result: .ended(.succeeded))
            }
            now += 0.4
        }
        #expect(order == (0..<2500).map { at(Double($0)) })
        #expect(scene.reasons.isEmpty)
    }

    @Test("What was held back is not missed by being held back")
    func heldBackIsNotMissed() throws {
        let policies = JobPolicies.with {
            $0.coalesce = .all
            $0.misfireGrace = .seconds(5000)
        }
        var scene = try SimulatedJob(try .interval(seconds: 1), policies)
        try scene.pass(at: 4999.5, slots: 0)
        // One run is ready and 999 wait, so one more is handed out; the grace of the others passes while they are held.
        for time in stride(from: 5000.5, to: 7000, by: 1) { try scene.pass(at: time, slots: 0) }
        #expect(scene.reasons.isEmpty)
        #expect(scene.job.next?.scheduled == at(1001))
    }

    @Test("Runs in parallel where the job may have several instances")
    func parallel() throws {
        let policies = JobPolicies.with {
            $0.coalesce = .all
            $0.maxInstances = 3
        }
        var scene = try SimulatedJob(try .interval(seconds: 1), policies)
        try scene.pass(at: 4)
        #expect(scene.summary == "0 running, 1 running, 2 running, 3 waiting, 4 waiting; next 5")
        try scene.pass(at: 4.1, scene.completion(1, at: 4.1))
        #expect(scene.summary == "0 running, 1 succeeded, 2 running, 3 running, 4 waiting; next 5")
    }
}
