import Carillon
import CarillonTriggers
import Logging
import Testing

/// How the log lines of libraries that a task calls name its run.
@Suite(.timeLimit(.minutes(10))) struct LogMetadataTests {
    @Test(
        "The loggers of libraries name the run that calls them",
        arguments: ["threads", "async", "elastic", "debug"], [true, false])
    func namesRuns(_ executor: String, _ isBlocking: Bool) async throws {
        let bench = try await SchedulerBench {
            $0.executors = [
                "threads": ThreadPoolExecutor(), "async": AsyncExecutor(), "elastic": ElasticExecutor(),
                "debug": DebugExecutor(),
            ]
        }
        @Sendable func metadata() -> [String: String] { Logger.MetadataProvider.carillon.get().mapValues { "\($0)" } }
        if isBlocking {
            try bench.scheduler.register("name") { (_: NoArguments, _) -> [String: String] in metadata() }
        } else {
            try bench.scheduler.register("name") { (_: NoArguments, _) async -> [String: String] in
                await Task { metadata() }.value
            }
        }
        var options = SchedulerBench.kept
        options.executor = executor
        try await bench.scheduler.addJob(id: "a", task: "name", options)
        try await bench.start()
        await bench.advance(.seconds(1))
        await bench.scheduler.shutdown()
        let run = try #require(try await bench.runs(of: "a").first)
        #expect(try run.result(as: [String: String].self) == ["job": "a", "run": "\(run.id)", "attempt": "1"])
        #expect(metadata().isEmpty)
    }

    #if os(Linux)
    @Test("So do those in worker processes", arguments: ["named", "named-async"])
    func namesRunsInWorkers(_ task: String) async throws {
        let bench = try await PoolBench()
        let run = try await bench.run(task)
        let job = "\(run.id.occurrence.job)"
        #expect(try run.result(as: [String: String].self) == ["job": job, "run": "\(run.id)", "attempt": "1"])
        await bench.shutdown()
    }
    #endif
}
