import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Synchronization
import Testing

/// What happens when things go wrong round the scheduler.
@Suite(.timeLimit(.minutes(10))) struct TroubleTests {
    @Test func storeThatHangsHoldsUpNoOther() async throws {
        let clock = ManualClock(now: SchedulerBench.start)
        let store = TroubledStore(MemoryJobStore { clock.now })
        let (slow, other) = (Counter(), Counter())
        var options = SchedulerOptions()
        options.clock = clock
        options.stores = ["default": store, "other": MemoryJobStore { clock.now }]
        let scheduler = AsyncScheduler(options)
        let log = EventLog()
        scheduler.engine.addSynchronousListener { log.append($0) }
        try await scheduler.addJob(id: "slow", trigger: .interval(seconds: 10)) { slow.add() }
        try await scheduler.addJob(id: "other", trigger: .interval(seconds: 10), JobOptions(store: "other")) {
            other.add()
        }
        try await scheduler.start()
        await clock.advance(scheduler.engine, by: .seconds(10))
        store.get(into: .hanging)
        // The clock is moved by hand: the engine does not settle while one of its stores hangs.
        for count in 3...5 {
            clock.advance(by: .seconds(10))
            await log.wait { _ in other.value == count }
        }
        #expect(slow.value == 2)
        store.get(into: .none)
        await clock.advance(scheduler.engine, by: .seconds(10))
        #expect(other.value == 6)
        #expect(slow.value >= 4)
        await scheduler.shutdown()
    }

    /// A store may try a transaction again, and not find the job any more that was planned the first time.
    @Test(arguments: SchedulerBench.Storage.allCases)
    func runWhoseJobIsRemovedBetweenTwoTriesIsWritten(_ storage: SchedulerBench.Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        let store = TroubledStore(bench.store)
        var options = SchedulerOptions()
        options.clock = bench.clock
        options.stores["default"] = store
        let scheduler = AsyncScheduler(options)
        let log = EventLog()
        scheduler.engine.addSynchronousListener { log.append($0) }
        let gate = AsyncGate()
        try scheduler.register("wait") { (_: TaskContext) async in await gate.wait() }
        try await scheduler.start()
        try await scheduler.addJob(id: "a", task: "wait")
        await log.wait { if case .runStarted = $0 { true } else { false } }
        let id = try #require(try await scheduler.runs(of: "a", limit: 1).first?.id)
        store.get(into: .losing(JobID("a")))
        gate.open()
        await log.wait { if case .runEnded(id, .succeeded, _) = $0 { true } else { false } }
        #expect(try await store.run(id)?.state == .finished(.succeeded))
        await #expect(throws: CarillonError.self) { try await scheduler.job("a") }
        await scheduler.shutdown()
    }

    /// What clears history may still be held up by its store when the scheduler starts again.
    @Test func startWhileHistoryIsBeingClearedKeepsNobodyBusy() async throws {
        let clock = ReadCountingClock(SchedulerBench.start)
        let store = TroubledStore(MemoryJobStore { clock.now })
        var options = SchedulerOptions()
        options.clock = clock
        options.stores["default"] = store
        let scheduler = AsyncScheduler(options)
        let log = EventLog()
        scheduler.engine.addSynchronousListener { log.append($0) }
        try await scheduler.addJob(id: "tick", trigger: .interval(seconds: 10)) {}
        store.get(into: .hangingAtPruning)
        for start in 1...2 {
            let known = log.events.count
            try await scheduler.start()
            await log.wait(after: known) { if case .runEnded = $0 { true } else { false } }
            while store.hangingCalls == 0 { await scheduler.engine.answer() }
            if start == 1 {
                // The store is left behind, since it does not answer.
                async let end: Void = scheduler.shutdown(deadline: .seconds(1))
                while scheduler.isRunning {
                    clock.manual.advance(by: .seconds(1))
                    await scheduler.engine.answer()
                }
                await end
            }
            clock.manual.advance(by: .seconds(10))
        }
        let known = log.events.count
        clock.manual.advance(by: .seconds(10))
        await log.wait(after: known) { if case .runEnded = $0 { true } else { false } }
        // A lane that does not come to rest asks for the time several times while the engine answers once.
        let reads = clock.reads
        for _ in 0..<10_000 { await scheduler.engine.answer() }
        #expect(clock.reads < reads + 1000)
        store.get(into: .none)
        await scheduler.shutdown()
    }

    @Test func listenerThatThrows() async throws {
        struct Trouble: Error {}
        let bench = try await SchedulerBench()
        bench.scheduler.addListener { _ in throw Trouble() }
        try await bench.scheduler.addJob(id: "tick", trigger: .interval(minutes: 1)) {}
        try await bench.start()
        await bench.advance(.seconds(300))
        #expect(try await bench.runs(of: "tick").count == 6)
        await bench.log.wait { if case .listenerFailed = $0 { true } else { false } }
        await bench.scheduler.shutdown()
    }

    @Test func listenerThatBlocks() async throws {
        let bench = try await SchedulerBench()
        let gate = DispatchSemaphore(value: 0)
        bench.scheduler.addListener { _ in gate.wait() }
        try await bench.scheduler.addJob(id: "tick", trigger: .interval(minutes: 1)) {}
        try await bench.start()
        await bench.advance(.seconds(300))
        #expect(try await bench.runs(of: "tick").count == 6)
        await bench.scheduler.shutdown()
        for _ in 0..<1000 { gate.signal() }
    }

    @Test func argumentsThatDoNotDecode() async throws {
        struct Report: Codable, Sendable { var name: String }
        let bench = try await SchedulerBench()
        try bench.scheduler.register("report") { (_: Report, _) in }
        await #expect(throws: CarillonError.self) {
            try await bench.scheduler.addJob(id: "wrong", task: "report", arguments: ["nom": "x"])
        }
        // Stored by somebody else: the run fails with the reason, and the job is kept.
        let definition = JobDefinition(
            task: TaskName("report"), arguments: Array(#"{"nom": 1}"#.utf8), trigger: try .interval(minutes: 1))
        let new = NewJob(id: JobID("other"), definition: definition, added: SchedulerBench.start)
        _ = try await bench.store.insert([new])
        try await bench.start()
        let run = try #require(try await bench.runs(of: "other").first)
        #expect(run.state == .finished(.failed))
        #expect(run.error?.contains("'name' is missing") == true)
        #expect(try await bench.scheduler.job("other").parked?.contains("'name' is missing") == true)
        await bench.log.wait { if case .jobParked = $0 { true } else { false } }
        await bench.scheduler.shutdown()
    }

    @Test func tenThousandJobsDueTogether() async throws {
        let bench = try await SchedulerBench()
        let count = Counter()
        try bench.scheduler.register("count") { (_: TaskContext) in count.add() }
        let date = SchedulerBench.start.date
        for number in 0..<10_000 {
            try await bench.scheduler.addJob(id: "job \(number)", task: "count", trigger: .date(date))
        }
        try await bench.start()
        #expect(count.value == 10_000)
        await bench.scheduler.shutdown()
    }

    @Test func taskThatIgnoresItsTimeout() async throws {
        let bench = try await SchedulerBench(.background)
        let gate = DispatchSemaphore(value: 0)
        let wasCancelled = Mutex(false)
        try bench.scheduler.register("stubborn") { (context: TaskContext) in
            gate.wait()
            wasCancelled.withLock { $0 = context.isCancelled }
        }
        var options = JobOptions(policies: JobPolicies())
        options.policies?.timeout = .seconds(5)
        try await bench.scheduler.addJob(id: "s", task: "stubborn", trigger: .interval(minutes: 1), options)
        try await (bench.scheduler as? BackgroundScheduler)?.start()
        await bench.log.wait { if case .runStarted = $0 { true } else { false } }
        await bench.clock.waitForSleepers(2)
        bench.clock.advance(by: .seconds(5))
        await bench.log.wait { if case .runOverdue = $0 { true } else { false } }
        gate.signal()
        await bench.log.wait { if case .runEnded(_, .timedOut, _) = $0 { true } else { false } }
        #expect(wasCancelled.withLock { $0 })
        await bench.scheduler.shutdown()
    }

    @Test func shutdownWithADeadlineLeavesAStubbornRunBehind() async throws {
        let bench = try await SchedulerBench(.background)
        let gate = DispatchSemaphore(value: 0)
        try await bench.scheduler.addJob(id: "s", trigger: .interval(minutes: 1)) { gate.wait() }
        try await (bench.scheduler as? BackgroundScheduler)?.start()
        await bench.log.wait { if case .runStarted = $0 { true } else { false } }
        async let end: Void = bench.scheduler.shutdown(.drain, deadline: .seconds(2))
        // The lane sleeps until the next minute, the deadline until its own.
        for _ in 0..<2 {
            while bench.clock.nextWakeUp.map({ $0 > bench.clock.monotonic + 2_000_000 }) ?? true { await Task.yield() }
            bench.clock.advance(by: .seconds(2))
        }
        await end
        #expect(!bench.scheduler.isRunning)
        let run = try #require(try await bench.store.runs(RunFilter(), page: Page()).first)
        #expect(run.state == .running(node: bench.scheduler.node))
        gate.signal()
    }

    /// The run goes on after the pool was told to let go of its threads.
    @Test func runThatIsLeftBehindKeepsNoThreadInTheEnd() async throws {
        func threads() throws -> Int {
            let tasks = URL(filePath: "/proc/self/task")
            return try FileManager.default.contentsOfDirectory(atPath: tasks.path).count {
                (try? String(contentsOf: tasks.appending(path: "\($0)/comm"), encoding: .utf8)) == "left-behind\n"
            }
        }
        let bench = try await SchedulerBench(.background) {
            $0.executors["default"] = ThreadPoolExecutor(maxWorkers: 2, name: "left-behind")
        }
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        try await bench.scheduler.addJob(id: "s", trigger: .interval(minutes: 1)) {
            // A task of its own, which a cancellation does not reach.
            await Task { for await _ in gate {} }.value
        }
        try await (bench.scheduler as? BackgroundScheduler)?.start()
        await bench.log.wait { if case .runStarted = $0 { true } else { false } }
        #expect(try threads() > 0)
        async let end: Void = bench.scheduler.shutdown(.drain, deadline: .seconds(2))
        for _ in 0..<2 {
            while bench.clock.nextWakeUp.map({ $0 > bench.clock.monotonic + 2_000_000 }) ?? true { await Task.yield() }
            bench.clock.advance(by: .seconds(2))
        }
        await end
        opener.finish()
        while try threads() > 0 {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    /// Often, since what went wrong comes from another thread than the one that `start` keeps.
    @Test func blockingStartThrowsWhatWentWrong() async throws {
        for _ in 0..<300 {
            let error: (any Error)? = await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    let scheduler = BlockingScheduler()
                    do {
                        try scheduler.declareJob(id: "j", JobOptions(executor: "none")) {}
                        try scheduler.start()
                        continuation.resume(returning: nil)
                    } catch {
                        continuation.resume(returning: error)
                    }
                }
            }
            #expect((error as? CarillonError)?.code == .aliasNotFound)
        }
    }

    @Test func shutdownTwiceAndBeforeTheStart() async throws {
        let bench = try await SchedulerBench()
        await bench.scheduler.shutdown()
        try await bench.start()
        async let first: Void = bench.scheduler.shutdown()
        async let second: Void = bench.scheduler.shutdown()
        _ = await (first, second)
        #expect(!bench.scheduler.isRunning)
    }

    /// With the machine's own clock, since its alarms have a thread and descriptors.
    @Test func startsAndStopsLeakNothing() async throws {
        func resources() throws -> (threads: Int, descriptors: Int) {
            (
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count,
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            )
        }
        func cycle() async throws {
            let scheduler = BackgroundScheduler()
            let log = EventLog()
            scheduler.engine.addSynchronousListener { log.append($0) }
            try await scheduler.addJob(id: "once") {}
            try await scheduler.start()
            await log.wait { if case .runEnded = $0 { true } else { false } }
            await scheduler.shutdown()
        }
        for _ in 0..<5 { try await cycle() }
        let before = try resources()
        for _ in 0..<300 { try await cycle() }
        let after = try resources()
        // Other tests run beside this one, and have threads and files of their own.
        #expect(after.threads < before.threads + 200)
        #expect(after.descriptors < before.descriptors + 200)
    }
}
