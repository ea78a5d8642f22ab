import Carillon
import CarillonTriggers
import Testing

/// A completion counts once, with the fence of the latest take.
@Suite struct CompletionTests {
    private func running() throws -> (SimulatedJob, Run) {
        var scene = try SimulatedJob(try .interval(seconds: 10))
        let plan = try scene.pass(at: 0)
        return (scene, try #require(plan.taken.first))
    }

    @Test("A wrong fence is refused, and nothing changes", arguments: [-1, 0, 2, 100])
    func wrongFence(_ fence: Int64) throws {
        var (scene, run) = try running()
        let late = Completion(run: run.id, fence: fence, finished: at(1), result: .ended(.succeeded))
        let plan = try scene.pass(at: 1, [late])
        #expect(plan.refused == [late])
        #expect(plan.change == nil)
        #expect(plan.events.isEmpty)
        #expect(scene.run(0) == run)
    }

    @Test("A run that has ended, or that nobody knows, is refused")
    func unknown() throws {
        var (scene, run) = try running()
        let completion = Completion(run: run.id, fence: run.fence, finished: at(1), result: .ended(.succeeded))
        #expect(try scene.pass(at: 1, [completion]).refused.isEmpty)
        #expect(try scene.pass(at: 2, [completion]).refused == [completion])
        let attempt = Completion(
            run: Run.ID(run.id.occurrence, attempt: 2), fence: 1, finished: at(1), result: .ended(.failed))
        #expect(try scene.pass(at: 2, [attempt]).refused == [attempt])
        #expect(scene.summary == "0 succeeded; next 10")
    }

    @Test("Of two completions in one pass the first counts")
    func twiceInOnePass() throws {
        var (scene, run) = try running()
        let first = Completion(run: run.id, fence: run.fence, finished: at(1), result: .ended(.failed, error: "no"))
        let second = Completion(run: run.id, fence: run.fence, finished: at(2), result: .ended(.succeeded))
        #expect(try scene.pass(at: 2, [first, second]).refused == [second])
        #expect(scene.run(0)?.state == .finished(.failed))
        #expect(scene.run(0)?.finished == at(1))
        #expect(scene.run(0)?.error == "no")
    }

    @Test("What is ready and not taken cannot be completed")
    func notTaken() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10))
        try scene.pass(at: 0, slots: 0)
        #expect(try scene.pass(at: 1, scene.completion(0, at: 1), slots: 0).refused.count == 1)
    }

    @Test("Of many open runs those are written that ended, and no others", arguments: [1, 63, 64, 65, 150])
    func someOfMany(_ count: Int) throws {
        var scene = try SimulatedJob(try .interval(seconds: 1), .with { $0.maxInstances = 1000 })
        for second in 0..<count { try scene.pass(at: Double(second)) }
        let open = scene.ordered
        #expect(open.count == count)
        for step in [2, 7, 64] {
            let ended = open.enumerated().filter { $0.offset % step == step - 1 }.map(\.element)
                .filter { scene.runs[$0.id]?.isOpen == true }
            let plan = try scene.pass(
                at: Double(count - 1),
                ended.map { Completion(run: $0.id, fence: $0.fence, finished: at(1000), result: .ended(.succeeded)) })
            #expect(plan.refused.isEmpty)
            #expect(Set(plan.change?.runs.map(\.id) ?? []) == Set(ended.map(\.id)))
        }
    }

    @Test("What is given back may be taken again, with a higher fence")
    func givenBack() throws {
        var (scene, run) = try running()
        let back = Completion(run: run.id, fence: run.fence, finished: at(1), result: .givenBack)
        let plan = try scene.pass(at: 1, [back], slots: 0)
        #expect(plan.events == [.givenBack(run.id)])
        #expect(scene.summary == "0 ready; next 10")
        #expect(scene.run(0)?.started == nil)
        let again = try #require(try scene.pass(at: 2, node: "other").taken.first)
        #expect(again.id == run.id)
        #expect(again.fence == run.fence + 1)
        #expect(again.started == at(2))
        let late = Completion(run: run.id, fence: run.fence, finished: at(3), result: .ended(.succeeded))
        #expect(try scene.pass(at: 3, [late]).refused == [late])
    }

    @Test("What is given back while it is to be cancelled is cancelled")
    func givenBackCancelled() throws {
        var (scene, run) = try running()
        scene.commit(scene.snapshot.cancelled(run.id, at: at(1)))
        try scene.pass(at: 2, [Completion(run: run.id, fence: run.fence, finished: at(2), result: .givenBack)])
        #expect(scene.summary == "0 cancelled; next 10")
    }

    @Test("The end of a run makes room that is used in the same plan")
    func roomInOnePlan() throws {
        var scene = try SimulatedJob(try .interval(seconds: 10), .with { $0.atLimit = .queue })
        try scene.pass(at: 0)
        try scene.pass(at: 10)
        let plan = try scene.pass(at: 20, scene.completion(0, at: 20))
        let ids = try [0.0, 10, 20].map { try scene.id($0) }
        #expect(
            plan.events == [.ended(ids[0], .succeeded), .promoted(ids[1]), .queued(ids[2]), .taken(ids[1])]
        )
        #expect(scene.summary == "0 succeeded, 10 running, 20 waiting; next 30")

        var single = try SimulatedJob(try .interval(seconds: 10))
        try single.pass(at: 0)
        try single.pass(at: 10, single.completion(0, at: 10))
        #expect(single.summary == "0 succeeded, 10 running; next 20")
    }

    @Test("What is given back and was to be cancelled never began")
    func givenBackAndCancelled() throws {
        var (scene, run) = try running()
        scene.commit(scene.snapshot.cancelled(run.id, at: at(1)))
        let back = Completion(run: run.id, fence: run.fence, finished: at(2), result: .givenBack)
        try scene.pass(at: 2, [back])
        let ended = try #require(scene.run(0))
        #expect(ended.state == .finished(.cancelled) && ended.finished == at(2))
        #expect(ended.node == nil && ended.started == nil)
    }

    @Test("Results, logs and errors are held to their limits")
    func payloads() throws {
        let limit = Run.payloadLimit
        var (scene, run) = try running()
        let result = Completion.Result.ended(
            .failed,
            error: String(repeating: "ä", count: limit),
            result: Array(repeating: 0x31, count: limit + 1),
            log: Array(String(repeating: "ä", count: limit).utf8)
        )
        try scene.pass(at: 1, [Completion(run: run.id, fence: run.fence, finished: at(1), result: result)])
        let ended = try #require(scene.run(0))
        #expect(ended.result == nil)
        #expect(ended.error == String(repeating: "ä", count: limit / 2))
        let log = try #require(ended.log)
        #expect(log.count <= limit && log.count > limit - 4)
        #expect(String(validating: log, as: UTF8.self)?.hasSuffix("are the most") == true)

        (scene, run) = try running()
        let fitting = Completion.Result.ended(
            .succeeded,
            result: Array(repeating: 0x31, count: limit),
            log: Array(repeating: 0x31, count: limit)
        )
        try scene.pass(at: 1, [Completion(run: run.id, fence: run.fence, finished: at(1), result: fitting)])
        #expect(scene.run(0)?.result?.count == limit)
        #expect(scene.run(0)?.log?.count == limit)
    }

    @Test("Of a removed job runs end, and nothing follows from it")
    func ofRemovedJob() throws {
        let (scene, run) = try running()
        func plan(_ result: Completion.Result, cancelled: Bool = false, dead: Bool = false) throws -> Run? {
            var snapshot = JobSnapshot(job: scene.job, open: [run], isRemoved: true)
            snapshot.job.next = nil
            snapshot.job.state = .ended
            snapshot.job.definition.policies.retry.count = 3
            snapshot.open[0].isCancelRequested = cancelled
            let input = Planner.Input(
                now: at(1), node: try NodeID("other"), tasks: [scene.job.definition.task], slots: 9,
                dead: dead ? [try #require(run.node)] : [])
            let end = Completion(run: run.id, fence: run.fence, finished: at(1), result: result)
            let plan = Planner.plan(snapshot, completions: dead ? [] : [end], input)
            #expect(plan.refused.isEmpty && plan.taken.isEmpty)
            #expect(plan.change?.runs.count == 1)
            return plan.change?.runs.first
        }
        #expect(try plan(.ended(.succeeded))?.state == .finished(.succeeded))
        #expect(try plan(.ended(.failed))?.state == .finished(.failed))
        let back = try plan(.givenBack)
        #expect(back?.state == .finished(.cancelled) && back?.error == "the job was removed")
        #expect(back?.started == nil && back?.node == nil)
        let interrupted = try plan(.interrupted())
        #expect(interrupted?.state == .finished(.lost) && interrupted?.isInterrupted == true)
        #expect(interrupted?.error?.hasSuffix(", and its job was removed") == true)
        #expect(try plan(.interrupted(), cancelled: true)?.state == .finished(.cancelled))
        let lost = try plan(.givenBack, dead: true)
        #expect(lost?.state == .finished(.lost))
        #expect(lost?.error == "its node was gone before it ended, and its job was removed")
        #expect(try plan(.givenBack, cancelled: true, dead: true)?.state == .finished(.cancelled))
    }
}
