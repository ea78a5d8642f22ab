import Carillon
import CarillonTriggers
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
            now: SchedulerBench.start, node: try NodeID("killed"), tasks: [try TaskName("long")])
        try #require(try await pass.run(on: bench.store).taken.count == 1)
        try await bench.start()
        var seconds = 0
        while try await bench.runs(of: "long").first?.isOpen == true, seconds < 600 {
            seconds += 1
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
}
