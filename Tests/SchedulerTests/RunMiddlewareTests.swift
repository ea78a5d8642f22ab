import Carillon
import CarillonTriggers
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct RunMiddlewareTests {
    private struct Refusal: Error {}

    /// Notes when it begins and ends.
    private struct Noting: RunMiddleware {
        let name: String
        let notes: Notes

        func currentTrace() -> [String: String] { ["by": name, name: "\(name) trace"] }

        func perform(_ context: TaskContext, blocking task: () throws -> [UInt8]?) throws -> [UInt8]? {
            notes.add("\(name) begins \(context.runID.attempt) of \(context.task)")
            defer { notes.add("\(name) ends") }
            return try task()
        }

        nonisolated(nonsending) func perform(
            _ context: TaskContext, task: nonisolated(nonsending) () async throws -> [UInt8]?
        ) async throws -> [UInt8]? {
            notes.add("\(name) begins \(context.runID.attempt) of \(context.task)")
            defer { notes.add("\(name) ends") }
            return try await task()
        }
    }

    /// Lets no run of a task begin, and replaces the results of others.
    private struct Judging: RunMiddleware {
        func perform(_ context: TaskContext, blocking task: () throws -> [UInt8]?) throws -> [UInt8]? {
            if context.task == "forbidden" { throw Refusal() }
            return try task().map { _ in Array("\"another\"".utf8) }
        }

        nonisolated(nonsending) func perform(
            _ context: TaskContext, task: nonisolated(nonsending) () async throws -> [UInt8]?
        ) async throws -> [UInt8]? {
            if context.task == "forbidden" { throw Refusal() }
            return try await task().map { _ in Array("\"another\"".utf8) }
        }
    }

    private final class Notes: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }

        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    @Test(
        "The first is the outermost, and the run is inside of all", arguments: SchedulerBench.Flavour.allCases,
        [true, false])
    func order(_ flavour: SchedulerBench.Flavour, _ isBlocking: Bool) async throws {
        let notes = Notes()
        let bench = try await SchedulerBench(flavour) {
            $0.middleware = [Noting(name: "outer", notes: notes), Noting(name: "inner", notes: notes)]
        }
        if isBlocking {
            try bench.scheduler.register("work") { (_: TaskContext) in notes.add("work") }
        } else {
            try bench.scheduler.register("work") { (_: TaskContext) async in notes.add("work") }
        }
        try await bench.scheduler.addJob(id: "a", task: "work", SchedulerBench.kept)
        try await bench.start()
        await bench.advance(.seconds(1))
        await bench.scheduler.shutdown()
        #expect(
            notes.all == [
                "outer begins 1 of work", "inner begins 1 of work", "work", "inner ends", "outer ends",
            ])
        let job = try await bench.scheduler.job("a")
        #expect(job.job.definition.trace == ["by": "outer", "outer": "outer trace", "inner": "inner trace"])
    }

    @Test("What it throws is the run's error, and what it returns the run's result", arguments: [true, false])
    func judgement(_ isBlocking: Bool) async throws {
        let bench = try await SchedulerBench { $0.middleware = [Judging()] }
        for task in ["forbidden", "allowed"] {
            if isBlocking {
                try bench.scheduler.register(task) { (_: NoArguments, _) -> String in task }
            } else {
                try bench.scheduler.register(task) { (_: NoArguments, _) async -> String in task }
            }
            try await bench.scheduler.addJob(id: try JobID(task), task: task, SchedulerBench.kept)
        }
        try await bench.start()
        await bench.advance(.seconds(1))
        await bench.scheduler.shutdown()
        let (forbidden, allowed) = (try await bench.runs(of: "forbidden"), try await bench.runs(of: "allowed"))
        #expect(forbidden.map(\.outcome) == [.failed] && forbidden.first?.error == "Refusal()")
        #expect(try allowed.first?.result(as: String.self) == "another")
    }

    #if os(Linux)
    @Test("Workers of a process pool have their own, which knows the trace that the job was added in")
    func inWorkers() async throws {
        let bench = try await PoolBench { $0.middleware = [Noting(name: "here", notes: Notes())] }
        for task in ["traced", "traced-async"] {
            let run = try await bench.run(task)
            let log = String(decoding: run.log ?? [], as: UTF8.self)
            #expect(log == "around \(task) of here trace\n\(task)\n")
        }
        await bench.shutdown()
    }
    #endif
}
