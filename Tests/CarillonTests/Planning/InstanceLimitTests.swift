import Carillon
import CarillonTriggers
import Testing

/// What becomes of an occurrence while the job has as many open runs as it may.
@Suite struct InstanceLimitTests {
    struct Case: Sendable {
        let atLimit: AtLimit
        let maxInstances: Int
        let passes: [Double]
        let expected: String
    }

    @Test(
        "Every 10 seconds, and no run ends",
        arguments: [
            Case(
                atLimit: .skip, maxInstances: 1, passes: [0, 10, 20],
                expected: "0 running; skipped(instanceLimit) 10, skipped(instanceLimit) 20; next 30"),
            Case(
                atLimit: .skip, maxInstances: 2, passes: [0, 10, 20],
                expected: "0 running, 10 running; skipped(instanceLimit) 20; next 30"),
            Case(
                atLimit: .queue, maxInstances: 1, passes: [0, 10, 20],
                expected: "0 running, 10 waiting, 20 waiting; next 30"),
            Case(
                atLimit: .queue, maxInstances: 2, passes: [0, 10, 20],
                expected: "0 running, 10 running, 20 waiting; next 30"),
            Case(
                atLimit: .replace, maxInstances: 1, passes: [0, 10], expected: "0 being cancelled, 10 waiting; next 20"),
            Case(
                atLimit: .replace, maxInstances: 1, passes: [0, 10, 20, 30],
                expected: "0 being cancelled, 10 cancelled, 20 cancelled, 30 waiting; next 40"),
            Case(
                atLimit: .replace, maxInstances: 2, passes: [0, 10, 20, 30],
                expected: "0 being cancelled, 10 running, 20 cancelled, 30 waiting; next 40"),
        ])
    func oneByOne(_ item: Case) throws {
        let policies = JobPolicies.with {
            $0.atLimit = item.atLimit
            $0.maxInstances = item.maxInstances
        }
        var scene = try SimulatedJob(try .interval(seconds: 10), policies)
        for time in item.passes { try scene.pass(at: time) }
        #expect(scene.summary == item.expected)
    }

    @Test(
        "Those that are due together are judged together",
        arguments: [
            Case(
                atLimit: .skip, maxInstances: 1, passes: [0, 45],
                expected: "0 running; skipped(instanceLimit) 10...40 (4); next 50"),
            Case(
                atLimit: .skip, maxInstances: 2, passes: [0, 45],
                expected: "0 running, 10 running, 20 waiting, 30 waiting, 40 waiting; next 50"),
            Case(
                atLimit: .queue, maxInstances: 1, passes: [0, 45],
                expected: "0 running, 10 waiting, 20 waiting, 30 waiting, 40 waiting; next 50"),
            Case(
                atLimit: .replace, maxInstances: 1, passes: [0, 45],
                expected: "0 being cancelled, 40 waiting; skipped(replaced) 10...30 (3); next 50"),
        ])
    func together(_ item: Case) throws {
        let policies = JobPolicies.with {
            $0.atLimit = item.atLimit
            $0.maxInstances = item.maxInstances
            $0.coalesce = .all
        }
        var scene = try SimulatedJob(try .interval(seconds: 10), policies)
        for time in item.passes { try scene.pass(at: time) }
        #expect(scene.summary == item.expected)
    }

    @Test("100 wait; what comes then is recorded", arguments: [Coalesce.all, .latest])
    func queueOverflow(_ coalesce: Coalesce) throws {
        let policies = JobPolicies.with {
            $0.atLimit = .queue
            $0.coalesce = coalesce
        }
        var scene = try SimulatedJob(try .interval(seconds: 10), policies)
        for number in 0...102 { try scene.pass(at: Double(number) * 10) }
        #expect(scene.runs.values.count { $0.state == .waiting } == 100)
        #expect(scene.reasons.map(\.reason) == [.queueFull, .queueFull])
        #expect(scene.reasons.map(\.first) == [at(1010), at(1020)])
        try scene.pass(at: 1025, scene.completion(0, at: 1025))
        #expect(scene.run(10)?.isInstance == true)
        try scene.pass(at: 1030)
        #expect(scene.run(1030)?.state == .waiting)
    }

    @Test("A stretch overflows in one record")
    func queueOverflowOfStretch() throws {
        let policies = JobPolicies.with {
            $0.atLimit = .queue
            $0.coalesce = .all
        }
        var scene = try SimulatedJob(try .interval(seconds: 1), policies)
        try scene.pass(at: 0)
        try scene.pass(at: 2_592_000)
        #expect(scene.runs.count == 101)
        #expect(scene.reasons.map(\.count) == [2_592_000 - 100])
        #expect(scene.reasons.first?.first == at(101))
        #expect(scene.job.next?.due == at(2_592_001))
    }

    @Test("First in, first out")
    func queueOrder() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.atLimit = .queue })
        for time in [0.0, 10, 20, 30] { try scene.pass(at: time) }
        try scene.pass(at: 31, scene.completion(0, at: 31))
        #expect(scene.summary == "0 succeeded, 10 running, 20 waiting, 30 waiting; next 40")
        try scene.pass(at: 32, scene.completion(10, at: 32))
        #expect(scene.summary == "0 succeeded, 10 succeeded, 20 running, 30 waiting; next 40")
    }

    @Test("The later one starts when the oldest has ended")
    func replacement() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.atLimit = .replace })
        try scene.pass(at: 0)
        let plan = try scene.pass(at: 10, node: "other")
        let first = try #require(scene.run(0))
        #expect(plan.events.contains(.cancelRequested(first.id)))
        #expect(first.state == .running(node: try NodeID("node")))
        try scene.pass(at: 11, scene.completion(0, .cancelled, at: 11))
        #expect(scene.summary == "0 cancelled, 10 running; next 20")
        #expect(scene.run(0)?.error == "the later occurrence of 2026-01-01T00:00:10+00:00 took its place")
    }

    @Test(
        "A run that was asked for while no node was there goes first, and what is caught up finds its place taken",
        arguments: [
            (AtLimit.skip, "manual 25 running; coalesced 0...30 (4), skipped(instanceLimit) 40; next 50"),
            (.queue, "manual 25 running, 40 waiting; coalesced 0...30 (4); next 50"),
        ])
    func askedForMeanwhile(atLimit: AtLimit, expected: String) throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.atLimit = atLimit })
        scene.commit(scene.snapshot.ranNow(at: at(25)))
        try scene.pass(at: 45)
        #expect(scene.summary == expected)
    }

    @Test("A run that nobody has taken gives way at once")
    func replacementOfReady() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.atLimit = .replace })
        try scene.pass(at: 0, slots: 0)
        try scene.pass(at: 10, slots: 1)
        #expect(scene.summary == "0 cancelled, 10 running; next 20")
    }

    @Test("A run that somebody asked for waits on while later occurrences come")
    func replacementSparesManual() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.atLimit = .replace })
        try scene.pass(at: 0)
        scene.commit(scene.snapshot.ranNow(at: at(5)))
        try scene.pass(at: 10)
        try scene.pass(at: 20)
        #expect(scene.summary == "0 being cancelled, manual 5 waiting, 10 cancelled, 20 waiting; next 30")
        try scene.pass(at: 21, scene.completion(0, .cancelled, at: 21))
        #expect(scene.summary == "0 cancelled, manual 5 running, 10 cancelled, 20 waiting; next 30")
    }

    @Test("Room that several instances leave is used before what is due is judged", arguments: AtLimit.allCases)
    func roomForBoth(_ atLimit: AtLimit) throws {
        let policies = JobPolicies.with {
            $0.atLimit = atLimit
            $0.maxInstances = 2
        }
        var scene = try SimulatedJob(try .interval(seconds: 10), policies)
        try scene.pass(at: 0)
        try scene.pass(at: 10)
        scene.commit(scene.snapshot.ranNow(at: at(15)))
        try scene.pass(at: 20, scene.completion(0, at: 19) + scene.completion(10, at: 19))
        #expect(scene.summary == "0 succeeded, 10 succeeded, manual 15 running, 20 running; next 30")
    }
}
