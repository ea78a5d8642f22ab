import Carillon
import CarillonTriggers
import Testing

/// What a trigger named in the past is run.
@Suite struct BackfillTests {
    private func code(_ body: () throws -> Void) -> CarillonError.Code? {
        do { try body() } catch { return (error as? CarillonError)?.code }
        return nil
    }

    @Test("Both ends of a range are meant, and runs wait behind one another, the earliest first")
    func range() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), added: 0)
        scene.commit(scene.snapshot.paused(at: at(95)))
        scene.commit(try scene.snapshot.backfilled(from: at(20), through: at(40), at: at(100)))
        #expect(scene.summary == "backfill 20 ready from 100, backfill 30 waiting, backfill 40 waiting; paused, next 0")
        #expect(scene.run(30, .backfill)?.due == at(30))
        #expect(scene.run(30, .backfill)?.available == at(100))
    }

    @Test("As many are ready as the job has instances free")
    func instances() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.maxInstances = 2 })
        try scene.pass(at: 0)
        scene.commit(try scene.snapshot.backfilled(from: at(0), through: at(5), at: at(5)))
        scene.commit(try scene.snapshot.backfilled(from: at(0), through: at(5), at: at(6)))
        #expect(scene.summary == "0 running, backfill 0 ready from 5, backfill 0 waiting; next 10")
    }

    @Test("They run one after another, in the order of their times, and the trigger goes on behind them")
    func order() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.atLimit = .queue })
        for time in stride(from: 0.0, through: 30, by: 10) {
            try scene.pass(at: time)
            try scene.pass(at: time, scene.completion(time, at: time))
        }
        scene.commit(try scene.snapshot.backfilled(from: at(10), through: at(30), at: at(35)))
        var ran: [String] = []
        var time = 35.0
        for _ in 0..<4 {
            for run in try scene.pass(at: time).taken {
                ran.append("\(run.id.occurrence.kind.rawValue) \(seconds(run.id.occurrence.scheduled))")
                let done = Completion(run: run.id, fence: run.fence, finished: at(time), result: .ended(.succeeded))
                // The next is taken in the same plan; it is told apart by the next round.
                time += 6
                try scene.pass(at: time, [done], slots: 0)
            }
        }
        #expect(ran == ["backfill 10", "backfill 20", "backfill 30", "scheduled 40"])
    }

    @Test("The same range again has another number, also when the first have ended")
    func again() throws {
        var scene = try SimulatedJob(try .interval(seconds: 100))
        for _ in 0..<3 {
            scene.commit(try scene.snapshot.backfilled(from: at(0), through: at(0), at: at(1)))
            let open = try #require(scene.snapshot.open.first { $0.id.occurrence.kind == .backfill })
            scene.commit(scene.snapshot.cancelled(open.id, at: at(2)))
        }
        #expect(Set(scene.runs.keys.map(\.occurrence.number)).count == 3)
    }

    @Test("A range that names nothing changes nothing")
    func nothing() throws {
        let scene = try SimulatedJob(try .interval(seconds: 10), added: 50)
        #expect(try scene.snapshot.backfilled(from: at(0), through: at(49), at: at(60)) == nil)
        #expect(try scene.snapshot.backfilled(from: at(51), through: at(59), at: at(60)) == nil)
    }

    @Test("A job that has ended, or that is paused, is backfilled as well")
    func ended() throws {
        var scene = try SimulatedJob(.date(at(0).date))
        try scene.pass(at: 0)
        try scene.pass(at: 1, scene.completion(0, at: 1))
        scene.commit(try scene.snapshot.backfilled(from: at(-5), through: at(5), at: at(5)))
        #expect(scene.summary == "0 succeeded, backfill 0 ready from 5; ended")
    }

    @Test("A waiting backfill gives way to no later occurrence")
    func replace() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.atLimit = .replace })
        for time in [0.0, 10] {
            try scene.pass(at: time)
            try scene.pass(at: time, scene.completion(time, at: time))
        }
        scene.commit(try scene.snapshot.backfilled(from: at(0), through: at(10), at: at(15)))
        try scene.pass(at: 16)
        try scene.pass(at: 20)
        #expect(scene.run(10, .backfill)?.state == .waiting)
    }

    @Test(
        "What is no past range is refused, with what is wrong",
        arguments: [
            (20.0, 10.0, "before"), (0, 101, "still to come"),
        ])
    func refused(_ first: Double, _ last: Double, _ word: String) throws {
        let scene = try SimulatedJob(try .interval(seconds: 10))
        let error = #expect(throws: CarillonError.self) {
            try scene.snapshot.backfilled(from: at(first), through: at(last), at: at(100))
        }
        #expect(error?.code == .invalidRange)
        #expect(error?.reason.contains(word) == true, "\(error?.reason ?? "")")
    }

    @Test("No more than the limit are open at a time, and the error says how far one gets")
    func limit() throws {
        var scene = try SimulatedJob(try .interval(seconds: 1))
        let error = #expect(throws: CarillonError.self) {
            try scene.snapshot.backfilled(from: at(0), through: at(1000), at: at(5000))
        }
        #expect(error?.code == .invalidRange)
        // The thousandth is that of second 999.
        #expect(error?.reason.contains("through 2026-01-01T00:16:39+00:00") == true, "\(error?.reason ?? "")")
        scene.commit(try scene.snapshot.backfilled(from: at(0), through: at(999), at: at(5000)))
        #expect(scene.runs.count == JobPolicies.backfillLimit)
        #expect(code { _ = try scene.snapshot.backfilled(from: at(0), through: at(0), at: at(5000)) } == .invalidRange)
        scene.commit(scene.snapshot.cancelled(try #require(scene.run(7, .backfill)).id, at: at(5001)))
        scene.commit(try scene.snapshot.backfilled(from: at(7), through: at(7), at: at(5001)))
    }

    @Test("A range of ten thousand years is refused at once, whatever the trigger")
    func endless() throws {
        let everySecond = try Trigger.cron(second: "*", in: .utc)
        for trigger in [everySecond, .any(of: everySecond, try .interval(seconds: 7, start: at(0).date))] {
            let scene = try SimulatedJob(trigger)
            let error = code { _ = try scene.snapshot.backfilled(from: .earliest, through: at(0), at: at(0)) }
            #expect(error == .invalidRange)
        }
    }
}
