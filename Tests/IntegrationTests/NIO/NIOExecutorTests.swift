#if NIO
import Carillon
import CarillonNIO
import CarillonTriggers
import NIOCore
import NIOPosix
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct NIOExecutorTests {
    @Test("A task that suspends stays on its loop")
    func staysOnLoop() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 3)
        let loops = Array(group.makeIterator())
        let scheduler = AsyncScheduler(options(EventLoopExecutor(on: group)))
        let places = Signals<[Int?]>()
        try await scheduler.start()
        for number in 0..<6 {
            try await scheduler.addJob(id: JobID("job \(number)")) { (context: TaskContext) async throws in
                var seen = [loops.firstIndex { $0.inEventLoop }]
                for _ in 0..<3 {
                    try await context.sleep(for: .milliseconds(1))
                    seen.append(loops.firstIndex { $0.inEventLoop })
                }
                places.send(seen)
            }
        }
        var used: Set<Int?> = []
        for _ in 0..<6 {
            let seen = try #require(await places.next())
            #expect(Set(seen).count == 1 && !seen.contains(nil), "\(seen)")
            used.formUnion(seen)
        }
        #expect(used.count == 3, "the loops of the group take turns")
        await scheduler.shutdown()
        try await group.shutdownGracefully()
    }

    @Test("What blocks is not on a loop")
    func blocksElsewhere() async throws {
        let scheduler = AsyncScheduler(options(EventLoopExecutor()))
        let places = Signals<Bool>()
        try await scheduler.start()
        try await scheduler.addJob(id: "blocks") { (_: TaskContext) in
            places.send(MultiThreadedEventLoopGroup.singleton.makeIterator().contains { $0.inEventLoop })
        }
        #expect(await places.next() == false)
        await scheduler.shutdown()
    }

    @Test("Loops that are gone lose no run")
    func loopsAreGone() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let scheduler = AsyncScheduler(options(EventLoopExecutor(on: group)))
        let said = Signals<Bool>()
        try await scheduler.start()
        try await group.shutdownGracefully()
        try await scheduler.addJob(id: "once") { (_: TaskContext) async in said.send(true) }
        #expect(await said.next() == true)
        await scheduler.shutdown()
    }

    @Test("A pool of others that is shut down loses no run", arguments: [false, true])
    func poolIsGone(suspends: Bool) async throws {
        let pool = NIOThreadPool(numberOfThreads: 2)
        pool.start()
        let executor = NIOThreadPoolExecutor(pool)
        #expect(executor.capacity == 2)
        let scheduler = AsyncScheduler(options(executor))
        let said = Signals<Bool>()
        try await scheduler.start()
        for number in 0..<3 {
            if number == 2 { try await pool.shutdownGracefully() }
            if suspends {
                try await scheduler.addJob(id: JobID("job \(number)")) { (_: TaskContext) async in said.send(true) }
            } else {
                try await scheduler.addJob(id: JobID("job \(number)")) { (_: TaskContext) in said.send(true) }
            }
            #expect(await said.next() == true)
        }
        await scheduler.shutdown()
    }

    @Test("A pool of its own has as many threads as it may, and is there again after a shutdown")
    func ownPool() async throws {
        let executor = NIOThreadPoolExecutor(maxWorkers: 3)
        let scheduler = AsyncScheduler(options(executor))
        for round in 0..<2 {
            let gate = Gate()
            let said = Signals<Int>()
            let atWork = Atomic(0)
            try await scheduler.start()
            for number in 0..<5 {
                try await scheduler.addJob(id: JobID("job \(round) \(number)")) { (_: TaskContext) in
                    said.send(atWork.add(1, ordering: .relaxed).newValue)
                    gate.wait()
                    atWork.subtract(1, ordering: .relaxed)
                }
            }
            for expected in 1...3 { #expect(await said.next() == expected) }
            gate.open()
            for _ in 4...5 { #expect(try #require(await said.next()) <= 3) }
            await scheduler.shutdown()
        }
    }

    private func options(_ executor: any JobExecutor) -> SchedulerOptions {
        SchedulerOptions(executors: ["default": executor])
    }
}
#endif
