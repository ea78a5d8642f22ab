import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

/// A node that stood still for longer than its lease, and nodes that start beside the runs of dead ones.
@Suite(.timeLimit(.minutes(10))) struct FrozenNodeTests {
    /// Recovers the runs of a node as another one, at the time of its clock.
    private func recover(_ node: LoneNode, slots: Int) async throws -> StorePass.Result {
        var pass = StorePass(now: node.clock.now, node: try NodeID("other"), tasks: [TaskName("long")])
        pass.dead = [node.scheduler.node]
        pass.slots = slots
        return try await pass.run(on: node.kept)
    }

    /// A node that has taken a run, and stands still before it hears so.
    private func frozenAfterATake() async throws -> LoneNode {
        let node = try LoneNode()
        try await node.addJob(after: .seconds(5))
        try await node.scheduler.start()
        await node.pass(.seconds(4))
        node.store.get(into: .frozen)
        node.clock.advance(by: .seconds(1))
        await node.store.hasHeldAnswer.wait()
        return node
    }

    @Test("What was taken before a node stood still is not begun after its lease, but given back")
    func takenBefore() async throws {
        let node = try await frozenAfterATake()
        node.clock.advance(by: .seconds(12))
        #expect(try await recover(node, slots: 1).taken.count == 1)
        node.store.get(into: .none)
        await node.events.wait {
            switch $0 {
            case .runRefused, .runStarted: true
            default: false
            }
        }
        await node.pass(.seconds(3))
        #expect(node.begun.value == 0)
        #expect(node.refusals == 1)
        node.gate.open()
        await node.scheduler.shutdown()
    }

    @Test("What was taken just before a node stood still for less than its lease is begun")
    func takenBeforeShortStop() async throws {
        let node = try await frozenAfterATake()
        node.clock.advance(by: .seconds(8))
        node.store.get(into: .none)
        await node.events.wait {
            switch $0 {
            case .runRefused, .runStarted: true
            default: false
            }
        }
        node.gate.open()
        await node.events.wait { if case .runEnded = $0 { true } else { false } }
        #expect(node.begun.value == 1 && node.refusals == 0)
        let run = try #require(try await node.kept.runs(RunFilter(), page: Page()).first)
        // Not from when it was taken, which was eight seconds earlier.
        #expect(run.started == node.clock.now)
        #expect(run.finished == run.started)
        await node.scheduler.shutdown()
    }

    @Test("A node whose heartbeats fail begins runs until its lease is over, and none after that")
    func unheard() async throws {
        let node = try LoneNode()
        try await node.addJob(after: .seconds(12))
        let late = SchedulerBench.start.advanced(byMicroseconds: 15_000_000)
        try await node.scheduler.addJob(id: "late", task: "long", trigger: .date(late.date))
        try await node.scheduler.start()
        await node.pass(.seconds(4))
        node.store.get(into: .refusingHeartbeats)
        let begins = { (job: String) in
            node.count { if case .runTaken(let run) = $0 { run.occurrence.job.description == job } else { false } }
        }
        await node.pass(.milliseconds(9500))
        #expect(begins("long") == 1)
        await node.pass(.seconds(5))
        #expect(begins("late") == 0)
        node.store.get(into: .none)
        await node.pass { begins("late") == 1 }
        node.gate.open()
        await node.scheduler.shutdown()
    }

    @Test("A node that wakes does not take its own recovered run again while it is at work on it")
    func wakes() async throws {
        let node = try LoneNode()
        try await node.startRun()
        await node.pass(.seconds(2))
        node.store.get(into: .hanging)
        node.clock.advance(by: .seconds(12))
        #expect(try await recover(node, slots: 0).taken.isEmpty)
        node.store.get(into: .none)
        await node.asked.wait()
        await node.pass(.seconds(5))
        #expect(node.begun.value == 1)
        let run = try #require(try await node.kept.runs(RunFilter(), page: Page()).first)
        #expect(run.state == .ready)
        node.gate.open()
        await node.pass { node.begun.value == 2 }
        await node.events.wait { if case .runRefused = $0 { true } else { false } }
        await node.events.wait { if case .runEnded(_, .succeeded, _) = $0 { true } else { false } }
        #expect(node.refusals == 1)
        await node.scheduler.shutdown()
    }

    /// The host of the dead node: this one, where its process can be looked for, or another.
    @Test(
        "A node that starts recovers what the dead left before it judges what is due", arguments: [true, false])
    func starts(onThisHost: Bool) async throws {
        let bench = try await SchedulerBench(.async, .sqlite)
        try bench.scheduler.register("work") { (_: TaskContext) in }
        var policies = JobPolicies()
        policies.recovery = .markLost
        try await bench.scheduler.addJob(
            id: "work", task: "work", trigger: .interval(seconds: 20), JobOptions(policies: policies))
        let report = NodeReport(
            id: try NodeID("killed"), host: onThisHost ? ProcessInfo.processInfo.hostName : "elsewhere",
            // Linux has no such process: pid_max is 4,194,304 at most.
            process: 4_194_309, processStart: 1, tasks: [TaskName("work")])
        _ = try await bench.store.heartbeat(report)
        let pass = StorePass(now: SchedulerBench.start, node: report.id, tasks: report.tasks)
        let taken = try await pass.run(on: bench.store).taken
        try #require(taken.count == 1)
        bench.clock.advance(by: .seconds(20))
        try await bench.start()
        for _ in 0..<15 {
            // A heartbeat that sleeps, and a lane with an alarm: time does not run away from the heartbeats.
            await bench.clock.waitForSleepers(2)
            await bench.advance(.seconds(1))
        }
        let runs = try await bench.runs(of: "work")
        #expect(runs.map(\.state) == [.finished(.succeeded), .finished(.lost)])
        let reasons = try await bench.store.reasons(
            JobID("work"), from: .earliest, through: .latest, limit: 10)
        #expect(reasons.isEmpty)
        await bench.scheduler.shutdown()
    }
}
