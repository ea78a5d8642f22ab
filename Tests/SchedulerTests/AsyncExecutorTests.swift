import Carillon
import CarillonTriggers
import Foundation
import Synchronization
import Testing

/// What the executor of Swift tasks promises of runs that follow one another on one task.
@Suite(.timeLimit(.minutes(10))) struct AsyncExecutorTests {
    /// Has every other run cancelled from a thread of its own, just when it is about to end.
    private final class CancellingExecutor: JobExecutor {
        let capacity = 1
        private let executor = AsyncExecutor(maxWorkers: 1)
        private let works = Mutex<[RunWork]>([])
        /// How many runs have begun, and whether no more will.
        let begun = Atomic(0)
        let isOver = Atomic(false)

        func execute(_ new: [RunWork]) async {
            works.withLock { $0 += new }
            await executor.execute(new)
        }

        func cancelEveryOther() {
            var next = 1
            var random = SystemRandomNumberGenerator()
            while !isOver.load(ordering: .relaxed) {
                guard begun.load(ordering: .acquiring) >= next else {
                    sched_yield()
                    continue
                }
                let work = works.withLock { $0[next - 1] }
                AsyncExecutorTests.spin(Int.random(in: 0..<400, using: &random))
                work.cancel()
                next += 2
            }
        }

        func shutdown() { executor.shutdown() }
    }

    private static func spin(_ times: Int) {
        let count = Atomic(0)
        for _ in 0..<times { count.add(1, ordering: .relaxed) }
    }

    /// Whoever cancels may be late by the time between two steps: the run has ended and the next one has begun.
    @Test func aCancelThatComesLateHitsNoOtherRun() async throws {
        let executor = CancellingExecutor()
        let bench = try await SchedulerBench { $0.executors["default"] = executor }
        let (rounds, jobs) = (400, 100)
        let struck = Counter()
        try bench.scheduler.register("short") { (_: TaskContext) async in
            let number = executor.begun.add(1, ordering: .releasing).newValue
            Self.spin(Int.random(in: 0..<400))
            if number % 2 == 0, Task.isCancelled { struck.add() }
        }
        for number in 0..<jobs {
            try await bench.scheduler.addJob(id: "job \(number)", task: "short", trigger: .interval(seconds: 1))
        }
        Thread.detachNewThread { executor.cancelEveryOther() }
        defer { executor.isOver.store(true, ordering: .relaxed) }
        try await bench.start()
        for _ in 1..<rounds { await bench.advance(.seconds(1)) }
        await bench.scheduler.shutdown()
        #expect(executor.begun.load(ordering: .relaxed) == rounds * jobs)
        #expect(struck.value == 0)
    }
}
