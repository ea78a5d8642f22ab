#if Tracing
import Carillon
import CarillonSQLite
import CarillonTracing
import CarillonTriggers
import Foundation
import InMemoryTracing
import Instrumentation
import Testing
import Tracing

@Suite(.timeLimit(.minutes(10))) struct TracingTests {
    struct Trouble: Error {}

    private let tracer = InMemoryTracer()

    private var options: SchedulerOptions {
        var options = SchedulerOptions()
        options.middleware = [TracingMiddleware(tracer: tracer)]
        return options
    }

    /// The spans of runs that have ended.
    private var runs: [FinishedInMemorySpan] { tracer.finishedSpans.filter { $0.operationName.hasPrefix("run ") } }

    @Test(
        "A run has a span, which leads to where its job was added, and is the parent of the task's own",
        arguments: [true, false])
    func span(_ isBlocking: Bool) async throws {
        let scheduler = AsyncScheduler(options)
        if isBlocking {
            try scheduler.register("report") { [tracer] (_: TaskContext) in
                tracer.withAnySpan("query") { _ in }
            }
        } else {
            try scheduler.register("report") { [tracer] (_: TaskContext) async in
                await tracer.withAnySpan("query") { _ in await Task.yield() }
            }
        }
        try await scheduler.start()
        let trigger = try Trigger.date("2026-01-01T00:00:00Z")
        try await tracer.withAnySpan("request") { _ in
            _ = try await scheduler.addJob(
                id: "a", task: "report", trigger: trigger,
                JobOptions(policies: JobPolicies(misfireGrace: .seconds(1e9))))
        }
        await scheduler.shutdown()
        let request = try #require(tracer.finishedSpans.first { $0.operationName == "request" })
        let run = try #require(runs.first)
        #expect(runs.count == 1)
        #expect(run.operationName == "run report" && run.kind == .consumer && run.parentSpanID == nil)
        #expect(run.traceID != request.traceID)
        #expect(run.links.map { $0.context.inMemorySpanContext?.spanID } == [request.spanID])
        #expect(run.links.map { $0.context.inMemorySpanContext?.traceID } == [request.traceID])
        #expect(run.attributes["carillon.job"]?.toSpanAttribute() == "a")
        #expect(run.attributes["carillon.attempt"]?.toSpanAttribute() == 1)
        #expect(run.attributes["carillon.run"]?.toSpanAttribute() == "a/1/2026-01-01T00:00:00+00:00/scheduled/0/1")
        #expect(run.attributes["carillon.scheduled"]?.toSpanAttribute() == "2026-01-01T00:00:00Z")
        #expect(run.errors.isEmpty && run.status == nil)
        let query = try #require(tracer.finishedSpans.first { $0.operationName == "query" })
        #expect(query.parentSpanID == run.spanID && query.traceID == run.traceID)
    }

    @Test("The link is there after a restart, and a job that was added outside of spans has none")
    func restart() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "tracing-\(UUID()).sqlite").path
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        for isSecond in [false, true] {
            let store = try await SQLiteJobStore(path: path)
            var options = options
            options.stores["default"] = store
            let scheduler = AsyncScheduler(options)
            try scheduler.register("report") { (_: TaskContext) in }
            try await scheduler.start()
            if isSecond {
                for job: JobID in ["traced", "plain"] { try await scheduler.runJob(job) }
                while runs.count < 2, !Task.isCancelled { await Task.yield() }
            } else {
                let hourly = try Trigger.interval(hours: 1, firstRun: .afterInterval)
                try await tracer.withAnySpan("request") { _ in
                    _ = try await scheduler.addJob(id: "traced", task: "report", trigger: hourly)
                }
                try await scheduler.addJob(id: "plain", task: "report", trigger: hourly)
            }
            await scheduler.shutdown()
            await store.close()
        }
        let request = try #require(tracer.finishedSpans.first { $0.operationName == "request" })
        let links = runs.map { run in
            (
                "\(run.attributes["carillon.job"]?.toSpanAttribute() ?? "")",
                run.links.map { $0.context.inMemorySpanContext?.spanID }
            )
        }
        #expect(links.count == 2)
        #expect(links.contains { $0.1 == [request.spanID] } && links.contains { $0.1.isEmpty })
    }

    @Test("A run that fails has its error in its span", arguments: [true, false])
    func failure(_ isBlocking: Bool) async throws {
        let scheduler = AsyncScheduler(options)
        if isBlocking {
            try scheduler.register("bad") { (_: TaskContext) in throw Trouble() }
        } else {
            try scheduler.register("bad") { (_: TaskContext) async throws in throw Trouble() }
        }
        try await scheduler.start()
        let policies = JobPolicies(retry: RetryPolicy(count: 1, backoff: .constant(.zero)))
        try await scheduler.addJob(id: "a", task: "bad", JobOptions(policies: policies))
        while runs.count < 2, !Task.isCancelled { await Task.yield() }
        await scheduler.shutdown()
        #expect(runs.map { $0.attributes["carillon.attempt"]?.toSpanAttribute() } == [1, 2])
        #expect(runs.allSatisfy { $0.errors.first?.error is Trouble && $0.status?.code == .error })
    }
}
#endif
