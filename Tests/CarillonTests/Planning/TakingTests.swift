import Carillon
import CarillonTriggers
import Testing

/// Runs are taken while the node has room, and taken anew from nodes that died.
@Suite struct TakingTests {
    struct Case: Sendable {
        let slots: Int
        let ahead: Int
        let recovery: Recovery
        let taken: Int
    }

    @Test(arguments: [
        Case(slots: 0, ahead: 0, recovery: .rerun, taken: 0), Case(slots: 2, ahead: 0, recovery: .rerun, taken: 2),
        Case(slots: 2, ahead: 2, recovery: .rerun, taken: 4), Case(slots: 9, ahead: 9, recovery: .rerun, taken: 5),
        Case(slots: .max, ahead: .max, recovery: .rerun, taken: 5),
        Case(slots: -3, ahead: 0, recovery: .rerun, taken: 0),
        Case(slots: 2, ahead: 2, recovery: .markLost, taken: 2),
        Case(slots: 0, ahead: 9, recovery: .markLost, taken: 0),
    ])
    func slots(_ item: Case) throws {
        let policies = JobPolicies.with {
            $0.maxInstances = 5
            $0.coalesce = .all
            $0.recovery = item.recovery
        }
        var scene = try SimulatedJob(try .interval(seconds: 10), policies)
        let plan = try scene.pass(at: 40, slots: item.slots, ahead: item.ahead)
        #expect(plan.taken.map(\.id.occurrence.scheduled) == (0..<item.taken).map { at(Double($0) * 10) })
        #expect(plan.taken.allSatisfy { scene.runs[$0.id] == $0 })
    }

    @Test("A node without the task takes nothing and fires nothing, not even a reason")
    func otherTasks() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.misfireGrace = .seconds(1) })
        try scene.pass(at: 0, slots: 0)
        #expect(try scene.pass(at: 100, tasks: ["other"]).change == nil)
        #expect(scene.summary == "0 ready; next 10")
        #expect(try scene.pass(at: 100, node: "second").taken.count == 1)
    }

    @Test("A node without the task moves up what waits, recovers what died, and fires nothing by that")
    func otherTasksRecover() throws {
        let policies = JobPolicies.with {
            $0.atLimit = .queue
            $0.recovery = .markLost
        }
        var scene = try SimulatedJob(try .interval(seconds: 10), policies)
        for time in [0.0, 10] { try scene.pass(at: time) }
        try scene.pass(at: 35, node: "second", tasks: ["other"], dead: ["node"])
        #expect(scene.summary == "0 lost, 10 ready; next 20")
    }

    @Test("Fences rise with every take, and lie above the store's floor")
    func fences() throws {
        var scene = try SimulatedJob(.date(at(0).date))
        var fences: [Int64] = []
        for (time, floor) in [(0.0, 0), (1, 0), (2, 100), (3, 50)] as [(Double, Int64)] {
            scene.fenceFloor = floor
            let taken = try #require(try scene.pass(at: time).taken.first)
            fences.append(taken.fence)
            try scene.pass(
                at: time,
                [Completion(run: taken.id, fence: taken.fence, finished: at(time), result: .givenBack)],
                slots: 0
            )
        }
        #expect(fences == [1, 2, 101, 102])
    }

    @Test("The run of a dead node is taken again, at the fourth death it is lost")
    func recovery() throws {
        var scene = try SimulatedJob(.date(at(0).date))
        try scene.pass(at: 0, node: "node0")
        for death in 1...3 {
            let plan = try scene.pass(at: Double(death), node: "node\(death)", dead: ["node\(death - 1)"])
            let run = try #require(scene.run(0))
            #expect(plan.events == [.recovered(run.id), .taken(run.id)])
            #expect(run.recoveries == death)
            #expect(run.fence == Int64(death) + 1)
            #expect(run.id.attempt == 1)
        }
        let plan = try scene.pass(at: 4, node: "node4", dead: ["node3"])
        #expect(plan.taken.isEmpty)
        #expect(scene.summary == "0 lost; ended")
        let words = "its node was gone before it ended; it had been run again 3 times, which is the limit"
        #expect(scene.run(0)?.error == words)
    }

    @Test("Only the runs of the dead are touched")
    func othersGoOn() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.maxInstances = 2 })
        try scene.pass(at: 0, node: "a")
        try scene.pass(at: 10, node: "b")
        let kept = scene.run(0)
        try scene.pass(at: 11, node: "c", slots: 0, dead: ["b", "x"])
        #expect(scene.run(0) == kept)
        #expect(scene.summary == "0 running, 10 ready from 11; next 20")
    }

    @Test("A late completion of the dead is refused once the run is another's")
    func lateCompletion() throws {
        var scene = try SimulatedJob(.date(at(0).date))
        try scene.pass(at: 0, node: "a")
        let late = scene.completion(0, at: 5)
        try scene.pass(at: 11, node: "b", dead: ["a"])
        #expect(try scene.pass(at: 12, late).refused == late)
        #expect(scene.summary == "0 running; ended")
    }

    @Test("markLost loses it at once, and the task for failed runs is told")
    func markLost() throws {
        let task = TaskName("tell")
        let policies = JobPolicies.with {
            $0.recovery = .markLost
            $0.onFailure = FailureTask(task)
            $0.retry = RetryPolicy(count: 5, backoff: .constant(.seconds(0)))
        }
        var scene = try SimulatedJob(.date(at(0).date), policies)
        try scene.pass(at: 0, node: "a")
        try scene.pass(at: 11, node: "b", dead: ["a"])
        #expect(scene.run(0)?.state == .finished(.lost))
        #expect(scene.run(0)?.error == "its node was gone before it ended")
        #expect(scene.run(0, .onFailure)?.state == .ready)
        let report = String(decoding: scene.run(0, .onFailure)?.arguments ?? [], as: UTF8.self)
        #expect(report.contains(#""outcome":"lost","error":"its node was gone before it ended""#), "\(report)")
    }

    @Test("What the stop of its node interrupts is taken again, at the fourth time it is lost")
    func interruption() throws {
        let task = TaskName("tell")
        var scene = try SimulatedJob(.date(at(0).date), .with { $0.onFailure = FailureTask(task) })
        for time in 1...4 {
            let taken = try #require(try scene.pass(at: Double(time), node: "node\(time)").taken.first)
            #expect(taken.fence == Int64(time) && taken.id.attempt == 1)
            let plan = try scene.pass(at: Double(time) + 0.5, [interrupted(taken, at: Double(time) + 0.25)], slots: 0)
            let run = try #require(scene.run(0))
            #expect(run.recoveries == time && run.error == "interrupted by the stop of node 'node\(time)'")
            guard time == 4 else {
                #expect(plan.events == [.interrupted(run.id)] && plan.refused.isEmpty)
                #expect(run.state == .ready && run.available == at(Double(time) + 0.5) && run.log == nil)
                continue
            }
            #expect(run.state == .finished(.lost) && run.finished == at(4.25) && run.log == Array("half".utf8))
            let report = String(decoding: scene.run(0, .onFailure)?.arguments ?? [], as: UTF8.self)
            let words = #""outcome":"lost","error":"interrupted by the stop of node 'node4'""#
            #expect(report.contains(words), "\(report)")
        }
    }

    private func interrupted(_ run: Run, at time: Double) -> Completion {
        let result = Completion.Result.interrupted(log: Array("half".utf8))
        return Completion(run: run.id, fence: run.fence, finished: at(time), result: result)
    }

    @Test("The time of a run that was begun again and then cancelled is that of its last take, where that is known")
    func workAfterRecovery() throws {
        // Its second node ends it.
        var scene = try SimulatedJob(.date(at(0).date))
        try scene.pass(at: 0, node: "a")
        let again = try #require(try scene.pass(at: 20, node: "b", dead: ["a"]).taken.first)
        scene.commit(scene.snapshot.cancelled(again.id, at: at(25)))
        try scene.pass(at: 26, scene.completion(0, .cancelled, at: 26), node: "b")
        let time = scene.run(0)?.workTime
        #expect(scene.summary == "0 cancelled; ended" && time?.began == at(20) && time?.ended == at(26))

        // Its second node is found dead, too.
        var other = try SimulatedJob(.date(at(0).date))
        try other.pass(at: 0, node: "a")
        let second = try #require(try other.pass(at: 20, node: "b", dead: ["a"]).taken.first)
        other.commit(other.snapshot.cancelled(second.id, at: at(25)))
        try other.pass(at: 40, node: "c", dead: ["b"])
        #expect(other.summary == "0 cancelled; ended" && other.run(0)?.workTime == nil)

        // So is its first.
        var first = try SimulatedJob(.date(at(0).date))
        let run = try #require(try first.pass(at: 0, node: "a").taken.first)
        first.commit(first.snapshot.cancelled(run.id, at: at(5)))
        try first.pass(at: 20, node: "b", dead: ["a"])
        #expect(first.summary == "0 cancelled; ended" && first.run(0)?.workTime == nil)

        // The clock of whoever finds that out is behind.
        var behind = try SimulatedJob(.date(at(0).date))
        let early = try #require(try behind.pass(at: 30, node: "a").taken.first)
        behind.commit(behind.snapshot.cancelled(early.id, at: at(31)))
        try behind.pass(at: 10, node: "b", dead: ["a"])
        #expect(behind.summary == "0 cancelled; ended" && behind.run(0)?.wasBegunAgain == false)
        #expect(behind.run(0)?.workTime == nil)
    }

    @Test("What a task says of its own end is not taken for what is said of a stop")
    func ownWords() throws {
        var scene = try SimulatedJob(.date(at(0).date))
        let run = try #require(try scene.pass(at: 0).taken.first)
        try scene.pass(at: 1, [interrupted(run, at: 1)], slots: 0)
        #expect(scene.run(0)?.isInterrupted == true)
        try scene.pass(at: 2)
        #expect(scene.run(0)?.isInterrupted == true)
        try scene.pass(at: 3, scene.completion(0, .failed, at: 3, error: "interrupted by the stop of the mains"))
        #expect(scene.run(0)?.state == .finished(.failed) && scene.run(0)?.isInterrupted == false)
    }

    @Test("What was to be cancelled is, though the stop of its node interrupts it, and so is what waits after that")
    func interruptedAndCancelled() throws {
        var scene = try SimulatedJob(.date(at(0).date))
        let run = try #require(try scene.pass(at: 0).taken.first)
        scene.commit(scene.snapshot.cancelled(run.id, at: at(1)))
        try scene.pass(at: 2, [interrupted(run, at: 2)])
        #expect(scene.summary == "0 cancelled; ended" && scene.run(0)?.error == nil)
        // It was worked at until then, and lost no node before it had an outcome.
        #expect(scene.run(0)?.workTime?.ended == at(2) && scene.run(0)?.recoveries == 0)

        var later = try SimulatedJob(.date(at(0).date))
        let other = try #require(try later.pass(at: 0).taken.first)
        try later.pass(at: 1, [interrupted(other, at: 1)], slots: 0)
        later.commit(later.snapshot.cancelled(other.id, at: at(2)))
        #expect(later.summary == "0 cancelled; ended" && later.run(0)?.error == nil)
    }

    @Test("An interruption counts with the fence of the latest take alone, and is forgotten when its next node dies")
    func interruptionOfAnother() throws {
        var scene = try SimulatedJob(.date(at(0).date))
        let old = try #require(try scene.pass(at: 0, node: "a").taken.first)
        try scene.pass(at: 1, [interrupted(old, at: 1)], node: "b")
        #expect(try scene.pass(at: 2, [interrupted(old, at: 2)]).refused.count == 1)
        #expect(scene.run(0)?.error == "interrupted by the stop of node 'a'")
        try scene.pass(at: 3, node: "c", slots: 0, dead: ["b"])
        #expect(scene.run(0)?.error == nil && scene.run(0)?.recoveries == 2)
    }

    @Test("What was to be cancelled ends when its node dies")
    func cancelRequested() throws {
        var scene = try SimulatedJob(.date(at(0).date))
        try scene.pass(at: 0, node: "a")
        scene.commit(scene.snapshot.cancelled(try scene.id(0), at: at(1)))
        try scene.pass(at: 11, node: "b", dead: ["a"])
        #expect(scene.summary == "0 cancelled; ended")
    }

    @Test("Room that a death makes is used in the same plan")
    func roomOfTheDead() throws {
        let policies = JobPolicies.with {
            $0.recovery = .markLost
            $0.atLimit = .queue
        }
        var scene = try SimulatedJob(try .interval(seconds: 10), policies)
        try scene.pass(at: 0, node: "a")
        try scene.pass(at: 10, node: "b")
        try scene.pass(at: 11, node: "b", dead: ["a"])
        #expect(scene.summary == "0 lost, 10 running; next 20")
    }
}
