import Carillon
import CarillonTesting
import CarillonTriggers
import Logging
import Testing

/// Jobs that seem to be at their limit since the ends of their runs are not in the store yet.
@Suite(.timeLimit(.minutes(10))) struct LimitTests {
    /// Tells when a run has been performed, which is before the scheduler has looked.
    private struct TellingExecutor: JobExecutor {
        let capacity = 10
        let ended = AsyncGate()

        func execute(_ works: [RunWork]) async {
            for work in works {
                Task {
                    await work.perform()
                    ended.open()
                }
            }
        }

        func shutdown() {}
    }

    private struct Scene {
        let bench: SchedulerBench
        let store: TroubledStore
        let executor = TellingExecutor()
        let gate = AsyncGate()

        init(_ storage: SchedulerBench.Storage) async throws {
            let executor = executor
            // The store of a bench, with trouble in front.
            let inner = try await SchedulerBench(.async, storage).store
            let store = TroubledStore(inner)
            self.store = store
            bench = try await SchedulerBench(.async, .memory) { options in
                options.stores["default"] = store
                options.executors["default"] = executor
            }
            try bench.scheduler.register("work") { [gate] (_: TaskContext) in await gate.wait() }
            try await bench.scheduler.addJob(id: "work", task: "work", trigger: .interval(seconds: 5))
        }

        func reasons() async throws -> [ReasonRange] {
            try await store.reasons(JobID("work"), from: .earliest, through: .latest, limit: 10)
        }
    }

    @Test("A run that ended while a pass was under way holds no place", arguments: SchedulerBench.Storage.allCases)
    func ownEnd(_ storage: SchedulerBench.Storage) async throws {
        let scene = try await Scene(storage)
        let bench = scene.bench
        try await (bench.scheduler as? AsyncScheduler)?.start()
        await bench.log.wait { if case .runStarted = $0 { true } else { false } }
        scene.store.get(into: .hangingAtPasses)
        bench.clock.advance(by: .seconds(5))
        await scene.store.hasHeldPass.wait()
        scene.gate.open()
        await scene.executor.ended.wait()
        scene.store.get(into: .none)
        let known = bench.log.events.count { if case .runStarted = $0.kind { true } else { false } }
        #expect(known == 1)
        await bench.scheduler.engine.waitUntilSettled()
        #expect(try await scene.reasons().isEmpty)
        #expect(try await bench.runs(of: "work").map(\.state) == [.finished(.succeeded), .finished(.succeeded)])
        await bench.scheduler.shutdown()
    }

    /// Another node on the store of one, which has taken the first run of a job `long` that comes every ten seconds.
    private struct OtherNode {
        private let node: LoneNode
        private let report: NodeReport
        private let run: Run

        init(beside node: LoneNode) async throws {
            self.node = node
            report = NodeReport(
                id: try NodeID("other"), host: "elsewhere", process: 1, processStart: 1, tasks: [TaskName("long")])
            try await node.scheduler.addJob(id: "long", task: "long", trigger: .interval(seconds: 10))
            _ = try await node.kept.heartbeat(report)
            let pass = StorePass(now: node.clock.now, node: report.id, tasks: report.tasks)
            run = try #require(try await pass.run(on: node.kept).taken.first)
        }

        func beat() async throws { _ = try await node.kept.heartbeat(report) }

        /// Writes that its run has succeeded.
        func writeEnd() async throws -> StorePass.Result {
            var pass = StorePass(now: node.clock.now, node: report.id, tasks: report.tasks)
            pass.fires = false
            pass.slots = 0
            pass.completions = [
                Completion(run: run.id, fence: run.fence, finished: node.clock.now, result: .ended(.succeeded))
            ]
            return try await pass.run(on: node.kept)
        }

        /// Why occurrences of the job were not run.
        func reasons() async throws -> [ReasonRange] {
            try await node.kept.reasons(JobID("long"), from: .earliest, through: .latest, limit: 10)
        }
    }

    @Test(
        "After a stall a job is at its limit only when the node of its run has had the time to write",
        arguments: [true, false])
    func endOfAnother(onlyPassesStall: Bool) async throws {
        let trouble: TroubledStore.Trouble = onlyPassesStall ? .hangingAtPasses : .hanging
        let node = try LoneNode()
        let other = try await OtherNode(beside: node)
        try await node.scheduler.start()
        await node.pass(.seconds(7))
        try await other.beat()
        node.store.get(into: trouble)
        node.clock.advance(by: .seconds(3))
        await node.store.hasHeldPass.wait()
        node.clock.advance(by: .seconds(2))
        node.store.get(into: .none)
        await node.pass(.milliseconds(500))
        // It ended while the store stalled, and is written now.
        _ = try await other.writeEnd()
        try await other.beat()
        await node.pass { node.begun.value == 1 }
        #expect(try await other.reasons().isEmpty)
        node.gate.open()
        await node.scheduler.shutdown()
    }

    @Test("After a stall a job whose run is at work is at its limit, a little later")
    func limitAfterStall() async throws {
        let node = try LoneNode()
        let other = try await OtherNode(beside: node)
        try await node.scheduler.start()
        await node.pass(.seconds(7))
        node.store.get(into: .hangingAtPasses)
        node.clock.advance(by: .seconds(3))
        await node.store.hasHeldPass.wait()
        node.clock.advance(by: .seconds(2))
        node.store.get(into: .none)
        for _ in 0..<6 {
            try await other.beat()
            await node.pass(.seconds(1))
        }
        let reasons = try await other.reasons()
        #expect(reasons.map(\.reason) == [.instanceLimit] && reasons.first?.count == 1)
        node.gate.open()
        await node.scheduler.shutdown()
    }

    @Test("Where a heartbeat has failed others may not have written either, and their jobs seem to be at their limits")
    func failedHeartbeat() async throws {
        let node = try LoneNode()
        let other = try await OtherNode(beside: node)
        try await node.scheduler.start()
        await node.pass(.seconds(5))
        try await other.beat()
        node.store.get(into: .refusingHeartbeats)
        await node.pass(.seconds(4))
        node.store.get(into: .none)
        await node.pass(.seconds(2))
        // Its run has ended long ago, and it writes that now.
        #expect(try await other.writeEnd().refused.isEmpty)
        try await other.beat()
        await node.pass { node.begun.value == 1 }
        #expect(try await other.reasons().isEmpty)
        node.gate.open()
        await node.scheduler.shutdown()
    }

    @Test("What waited until it was known whether its job is at the limit is in time")
    func heldOff() async throws {
        let node = try LoneNode()
        let other = NodeReport(
            id: try NodeID("other"), host: "elsewhere", process: 1, processStart: 1, tasks: [TaskName("long")])
        var policies = JobPolicies()
        policies.misfireGrace = .seconds(1)
        policies.recovery = .markLost
        try await node.scheduler.addJob(
            id: "long", task: "long", trigger: .interval(seconds: 12), JobOptions(policies: policies))
        _ = try await node.kept.heartbeat(other)
        _ = try await StorePass(now: node.clock.now, node: other.id, tasks: other.tasks).run(on: node.kept)
        // By then the other one is silent for a lease, and nobody may say yet that it is dead.
        node.clock.advance(by: .seconds(5))
        try await node.scheduler.start()
        await node.pass { node.begun.value == 1 }
        #expect(node.clock.monotonic >= 15_000_000 && node.ends(.lost) == 1)
        let reasons = try await node.kept.reasons(
            JobID("long"), from: .earliest, through: .latest, limit: 10)
        #expect(reasons.isEmpty)
        node.gate.open()
        await node.scheduler.shutdown()
    }

    @Test("A job that is always slower than its interval falls behind, and that is said once")
    func fallsBehind() async throws {
        let logged = LoggedLines()
        let gate = AsyncGate()
        let bench = try await SchedulerBench(.async, .memory) { $0.logger = logged.logger }
        try bench.scheduler.register("slow") { (_: TaskContext) in await gate.wait() }
        var policies = JobPolicies()
        policies.atLimit = .queue
        try await bench.scheduler.addJob(
            id: "slow", task: "slow", trigger: .interval(seconds: 1), JobOptions(policies: policies))
        try await (bench.scheduler as? AsyncScheduler)?.start()
        await bench.log.wait { if case .runStarted = $0 { true } else { false } }
        for second in 1...15 {
            // The alarm of a lane that rests: time does not run away from it.
            await bench.clock.waitForSleepers()
            bench.clock.advance(by: .seconds(1))
            let time = SchedulerBench.start.advanced(byMicroseconds: Int64(second) * 1_000_000)
            await bench.log.wait {
                if case .runQueued(let run) = $0 { run.occurrence.scheduled == time } else { false }
            }
        }
        let lines = logged.lines(with: "falls behind")
        #expect(lines.count == 1 && lines.first?.level == .warning && lines.first?.metadata["job"] == "slow")
        gate.open()
        await bench.scheduler.shutdown()
    }
}
