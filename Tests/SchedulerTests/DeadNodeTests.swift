import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Logging
import Testing

/// Runs whose node was killed, as a scheduler on the same store finds them.
@Suite(.timeLimit(.minutes(10))) struct DeadNodeTests {
    @Test("What is lost since its node died says so, in its event too")
    func lost() async throws {
        let bench = try await SchedulerBench(.async, .sqlite)
        try bench.scheduler.register("long") { (_: TaskContext) in }
        var policies = JobPolicies()
        policies.recovery = .markLost
        try await bench.scheduler.addJob(
            id: "long", task: "long", trigger: .date(SchedulerBench.start.date), JobOptions(policies: policies))
        let pass = StorePass(
            now: SchedulerBench.start, node: try NodeID("killed"), tasks: [TaskName("long")])
        try #require(try await pass.run(on: bench.store).taken.count == 1)
        try await bench.start()
        var seconds = 0
        while try await bench.runs(of: "long").first?.isOpen == true, seconds < 600 {
            seconds += 1
            // A heartbeat that sleeps, and a lane with an alarm: time does not run away from the heartbeats.
            await bench.clock.waitForSleepers(2)
            await bench.advance(.seconds(1))
        }
        await bench.log.wait { if case .runEnded = $0 { true } else { false } }
        let told = bench.log.events.compactMap { event -> String? in
            if case .runEnded(_, .lost, let error) = event.kind { error } else { nil }
        }
        #expect(told == ["its node was gone before it ended"])
        #expect(try await bench.runs(of: "long").map(\.error) == ["its node was gone before it ended"])
        await bench.scheduler.shutdown()
    }

    @Test("So does the log, of a run whose job was removed", arguments: SchedulerBench.Storage.allCases)
    func lostWithoutJob(_ storage: SchedulerBench.Storage) async throws {
        let logged = LoggedLines()
        let inner = try await SchedulerBench(.async, storage)
        let store = TroubledStore(inner.store, isShared: true)
        let bench = try await SchedulerBench(.async, .memory) { options in
            options.stores["default"] = store
            options.logger = logged.logger
        }
        try bench.scheduler.register("long") { (_: TaskContext) in }
        try await bench.scheduler.addJob(id: "long", task: "long")
        let report = NodeReport(
            id: try NodeID("killed"), host: ProcessInfo.processInfo.hostName,
            // Linux has no such process: pid_max is 4,194,304 at most.
            process: 4_194_309, processStart: 1, tasks: [TaskName("long")])
        _ = try await store.heartbeat(report)
        let pass = StorePass(now: SchedulerBench.start, node: report.id, tasks: report.tasks)
        let run = try #require(try await pass.run(on: store).taken.first)
        try await bench.scheduler.removeJob("long")
        try await bench.start()
        await bench.log.expect("the run is lost") { if case .runEnded(run.id, .lost, _) = $0 { true } else { false } }
        let lines = logged.lines(at: .error)
        #expect(lines.map(\.message) == ["a run failed"])
        #expect(lines.first?.metadata["run"] == "\(run.id)" && lines.first?.metadata["outcome"] == "lost")
        #expect(lines.first?.metadata["error"] == "its node was gone before it ended, and its job was removed")
        await bench.scheduler.shutdown()
    }
}
