import Carillon
import CarillonTesting
import Foundation
import Synchronization
import Testing

/// What the executor of small threads promises beyond what every executor does.
@Suite(.timeLimit(.minutes(10))) struct ElasticExecutorTests {
    /// A system that gives threads only while it is told to.
    private final class ThreadSource: Sendable {
        private struct State {
            var left: Int
            var refused = 0
            var stacks: Set<Int?> = []
            var alive = 0
        }

        private let state: Mutex<State>

        init(threads: Int) { state = Mutex(State(left: threads)) }

        var refused: Int { state.withLock { $0.refused } }
        var stacks: Set<Int?> { state.withLock { $0.stacks } }
        /// How many threads have begun and not ended.
        var alive: Int { state.withLock { $0.alive } }

        func give(_ threads: Int) { state.withLock { $0.left = threads } }

        var creation: NamedThread.Creation {
            { name, stackBytes, body in
                let isGiven = self.state.withLock { state in
                    state.stacks.insert(stackBytes)
                    guard state.left > 0 else {
                        state.refused += 1
                        return false
                    }
                    state.left -= 1
                    state.alive += 1
                    return true
                }
                guard isGiven else { return EAGAIN }
                return NamedThread.create(name, stackBytes) {
                    body()
                    self.state.withLock { $0.alive -= 1 }
                }
            }
        }
    }

    @Test("1,000 runs that block are at work at the same time, and hold up neither the engine nor other executors")
    func manyBlockedRuns() async throws {
        let (count, ended) = (1000, Counter())
        let bench = try await SchedulerBench(.elastic) { $0.executors["other"] = AsyncExecutor() }
        let hold = DispatchSemaphore(value: 0)
        let (atWork, areAllAtWork) = (Counter(), AsyncGate())
        try bench.scheduler.register("hold") { (_: TaskContext) in
            atWork.add()
            if atWork.value == count { areAllAtWork.open() }
            hold.wait()
            ended.add()
        }
        for number in 0..<count { try bench.scheduler.declareJob(id: JobID("job \(number)"), task: "hold") }
        try await (bench.scheduler as? ElasticScheduler)?.start()
        await areAllAtWork.wait()
        await bench.scheduler.engine.answer()
        let other = AsyncGate()
        try await bench.scheduler.addJob(id: "other", JobOptions(executor: "other")) { other.open() }
        await other.wait()
        #expect(atWork.value == count && ended.value == 0)
        for _ in 0..<count { hold.signal() }
        await bench.scheduler.shutdown()
        #expect(ended.value == count)
    }

    @Test("Runs wait when the system refuses threads, and each is performed once when it has some")
    func refusedThreads() async throws {
        let source = ThreadSource(threads: 0)
        let executor = ElasticExecutor(maxWorkers: 100, creating: source.creation)
        let bench = try await SchedulerBench(.elastic) { $0.executors["default"] = executor }
        let begun = Counter()
        for number in 0..<20 { try bench.scheduler.declareJob(id: JobID("job \(number)")) { begun.add() } }
        try await (bench.scheduler as? ElasticScheduler)?.start()
        // Refused at once, and again by the next attempt.
        while source.refused < 2, !Task.isCancelled { await Task.yield() }
        #expect(begun.value == 0)
        await bench.scheduler.engine.answer()
        source.give(100)
        await bench.scheduler.engine.waitUntilSettled()
        #expect(begun.value == 20)
        await bench.scheduler.shutdown()
    }

    @Test("One thread performs what others were refused for")
    func oneThread() async throws {
        let source = ThreadSource(threads: 1)
        let executor = ElasticExecutor(maxWorkers: 100, creating: source.creation)
        let bench = try await SchedulerBench(.elastic) { $0.executors["default"] = executor }
        let (blocking, suspending) = (Counter(), Counter())
        for number in 0..<20 {
            try bench.scheduler.declareJob(id: JobID("blocking \(number)")) { blocking.add() }
            try bench.scheduler.declareJob(id: JobID("suspending \(number)")) {
                await Task.yield()
                suspending.add()
            }
        }
        try await bench.start()
        #expect(blocking.value == 20 && suspending.value == 20)
        await bench.scheduler.shutdown()
    }

    @Test("Threads end when there is no work, all but a few, and those at the shutdown")
    func threadsEnd() async throws {
        let source = ThreadSource(threads: 1000)
        let executor = ElasticExecutor(maxWorkers: 1000, creating: source.creation)
        let bench = try await SchedulerBench(.elastic) { $0.executors["default"] = executor }
        let (count, hold) = (100, DispatchSemaphore(value: 0))
        let (atWork, areAllAtWork) = (Counter(), AsyncGate())
        for number in 0..<count {
            try bench.scheduler.declareJob(id: JobID("job \(number)")) {
                atWork.add()
                if atWork.value == count { areAllAtWork.open() }
                hold.wait()
            }
        }
        try await (bench.scheduler as? ElasticScheduler)?.start()
        await areAllAtWork.wait()
        #expect(source.alive >= count)
        for _ in 0..<count { hold.signal() }
        await bench.scheduler.engine.waitUntilSettled()
        while source.alive > 8, !Task.isCancelled { await Task.yield() }
        #expect(source.alive <= 8)
        await bench.scheduler.shutdown()
        while source.alive > 0, !Task.isCancelled { await Task.yield() }
        #expect(source.alive == 0)
        #expect(source.stacks == [256 << 10])
    }

    @Test(
        "The size of stacks can be set, to whole pages that hold a call",
        arguments: [(Int.min, 64 << 10), (1, 64 << 10), (200_000, 208 << 10), (1 << 20, 1 << 20)])
    func stackSize(_ wanted: Int, _ size: Int) async throws {
        let source = ThreadSource(threads: 10)
        let executor = ElasticExecutor(maxWorkers: 2, stackBytes: wanted, creating: source.creation)
        #expect(executor.stackBytes == size && executor.capacity == 2)
        let bench = try await SchedulerBench(.elastic) { $0.executors["default"] = executor }
        try bench.scheduler.declareJob(id: "print") { print("", terminator: "") }
        try await bench.start()
        #expect(source.stacks == [size])
        #expect(try await bench.runs(of: "print").map(\.state) == [.finished(.succeeded)])
        await bench.scheduler.shutdown()
    }

    @Test("No stack size that can be asked for ends the program")
    func greatestStack() {
        #expect(ElasticExecutor(stackBytes: .max).stackBytes > 1 << 30)
        #expect(ElasticExecutor().stackBytes == ElasticExecutor.defaultStackBytes)
        #expect(ElasticExecutor().capacity == 10_000)
    }

    /// Arguments within one another.
    private struct Nest: Codable {
        var within: [Nest]

        init(levels: Int) { within = levels == 0 ? [] : [Nest(levels: levels - 1)] }

        var levels: Int {
            var (levels, nest) = (0, self)
            while let next = nest.within.first { (levels, nest) = (levels + 1, next) }
            return levels
        }
    }

    @Test("Arguments that are nested as deep as can be decoded end no process")
    func deepArguments() async {
        await #expect(processExitsWith: .success) {
            let scheduler = ElasticScheduler()
            try scheduler.register("blocking") { (nest: Nest, _) in nest.levels }
            try scheduler.register("suspending") { (nest: Nest, _) in
                await Task.yield()
                return nest.levels
            }
            let kept = JobOptions(policies: JobPolicies(whenEnded: .keep))
            // Each has two brackets, and Foundation decodes 512.
            let nest = Nest(levels: 250)
            let (ends, ended) = AsyncStream.makeStream(of: Void.self)
            scheduler.addListener(for: EventFilter([.runEnded])) { _ in ended.yield() }
            try await scheduler.start()
            for task in ["blocking", "suspending"] {
                try await scheduler.addJob(id: task, task: task, arguments: nest, kept)
            }
            var count = 0
            for await _ in ends {
                count += 1
                if count == 2 { break }
            }
            for task in ["blocking", "suspending"] {
                let run = try #require(try await scheduler.runs(of: task).first)
                #expect(try await scheduler.run(run.id).result(as: Int.self) == 250)
            }
            await scheduler.shutdown()
        }
    }

    @Test("How deep JSON is nested is found, whatever is in its texts")
    func depths() throws {
        func nested(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        for (json, exceeds) in [
            (nested(64), false), (nested(65), true), ("[\(nested(63)),\(nested(63)),\(nested(63))]", false),
            ("[\"\(nested(100))\"]", false), ("[\"\\\"\(nested(100))\"]", false), ("[\"\\\\\",\(nested(64))]", true),
            (String(repeating: "{\"a\":", count: 65) + "1" + String(repeating: "}", count: 65), true),
            (String(repeating: "]", count: 200), false), ("", false),
        ] {
            #expect(JSONDepth.exceeds(64, Array(json.utf8)) == exceeds, "\(json)")
        }
    }
}
