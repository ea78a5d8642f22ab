import Carillon
import CarillonTriggers
import Testing

/// Runs have a priority of their own, not that of whoever starts the scheduler.
@Suite(.timeLimit(.minutes(10))) struct PriorityTests {
    private static let executors: [(any JobExecutor)?] = [
        nil, AsyncExecutor(), ThreadPoolExecutor(), ElasticExecutor(), DebugExecutor(),
    ]

    @Test(arguments: SchedulerBench.Flavour.allCases, executors.indices)
    func priorityOfRuns(_ flavour: SchedulerBench.Flavour, _ executor: Int) async throws {
        let bench = try await SchedulerBench(flavour) { options in
            Self.executors[executor].map { options.executors["default"] = $0 }
        }
        let seen = TextLog()
        try bench.scheduler.register("look") { (_: TaskContext) async in
            await Task.yield()
            seen.append(Task.basePriority.map { "\($0 == .medium)" } ?? "none")
        }
        for number in 1...3 { try await bench.scheduler.addJob(id: "job \(number)", task: "look") }
        try await Task(priority: .high) { try await bench.start() }.value
        #expect(seen.texts == ["true", "true", "true"])
        await bench.scheduler.shutdown()
    }
}
