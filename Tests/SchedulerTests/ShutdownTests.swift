import Carillon
import CarillonTesting
import CarillonTriggers
import Testing

/// What a shutdown ends, what it waits for, and what the next start finds.
@Suite(.timeLimit(.minutes(10))) struct ShutdownTests {
    /// A run that waits for a gate, and says when it is asked to end.
    private struct GatedRun: Sendable {
        let begun = AsyncGate()
        let gate = AsyncGate()
        let asked = AsyncGate()
        let isAsked = Counter()

        func body() async throws {
            begun.open()
            await withTaskCancellationHandler {
                await gate.wait()
            } onCancel: {
                isAsked.add()
                asked.open()
            }
        }
    }

    private func isEnd(of job: String, _ outcome: Outcome) -> @Sendable (SchedulerEvent.Kind) -> Bool {
        { if case .runEnded(let run, outcome, _) = $0 { run.occurrence.job.description == job } else { false } }
    }

    @Test("The deadline of a shutdown ends with it, and is not that of the next one")
    func deadlineOfAnEarlierShutdown() async throws {
        let bench = try await SchedulerBench()
        let scheduler = try #require(bench.scheduler as? AsyncScheduler)
        let (first, second) = (GatedRun(), GatedRun())
        try await scheduler.start()
        try await scheduler.addJob(id: "first") { try await first.body() }
        await first.begun.wait()
        async let quickEnd: Void = scheduler.shutdown(deadline: .seconds(3))
        while bench.clock.nextWakeUp.map({ $0 > bench.clock.monotonic + 3_000_000 }) ?? true { await Task.yield() }
        first.gate.open()
        await quickEnd
        #expect(bench.clock.sleepers == 0)
        try await scheduler.start()
        try await scheduler.addJob(id: "second") { try await second.body() }
        await second.begun.wait()
        async let slowEnd: Void = scheduler.shutdown(deadline: .seconds(60))
        while bench.clock.nextWakeUp.map({ $0 > bench.clock.monotonic + 60_000_000 }) ?? true { await Task.yield() }
        for _ in 0..<10 {
            bench.clock.advance(by: .seconds(1))
            for _ in 0..<100 { await scheduler.engine.answer() }
        }
        #expect(second.isAsked.value == 0)
        #expect(scheduler.isRunning)
        second.gate.open()
        await slowEnd
        #expect(try await scheduler.runs(of: "second").map(\.state) == [.finished(.succeeded)])
    }

    @Test("Nothing is asked of a store, and nothing is open there, when the shutdown has returned")
    func storeIsDoneWith() async throws {
        for _ in 0..<50 {
            let store = TroubledStore(MemoryJobStore(), isShared: true)
            var options = SchedulerOptions()
            options.stores["default"] = store
            let scheduler = AsyncScheduler(options)
            let log = EventLog()
            scheduler.addListener { log.append($0) }
            try await scheduler.addJob(id: "once") {}
            try await scheduler.start()
            await log.wait(for: isEnd(of: "once", .succeeded))
            await scheduler.shutdown()
            store.close()
            for _ in 0..<100 { await Task.yield() }
            #expect(store.lateBeginnings == 0)
            #expect(store.lateEnds == 0)
        }
    }

    @Test("A shutdown waits for what its store was asked beside the runs")
    func storeThatIsClearing() async throws {
        let store = TroubledStore(MemoryJobStore())
        var options = SchedulerOptions()
        options.stores["default"] = store
        let scheduler = AsyncScheduler(options)
        store.get(into: .hangingAtPruning)
        try await scheduler.start()
        while store.hangingCalls == 0 { await scheduler.engine.answer() }
        async let end: Void = scheduler.shutdown()
        for _ in 0..<1000 { await scheduler.engine.answer() }
        #expect(scheduler.isRunning)
        store.get(into: .none)
        await end
        store.close()
        for _ in 0..<100 { await Task.yield() }
        #expect(store.lateBeginnings == 0 && store.lateEnds == 0)
    }

    @Test("A store that is removed is done with as well")
    func removedStoreIsDoneWith() async throws {
        let scheduler = AsyncScheduler()
        try await scheduler.start()
        for _ in 0..<50 {
            let store = TroubledStore(MemoryJobStore(), isShared: true)
            try await scheduler.addStore(store, as: "other")
            while store.heartbeats == 0 { await scheduler.engine.answer() }
            try await scheduler.removeStore("other")
            store.close()
            for _ in 0..<100 { await Task.yield() }
            #expect(store.lateBeginnings == 0)
            #expect(store.lateEnds == 0)
        }
        await scheduler.shutdown()
    }

    @Test("A store that hangs is left after the deadline, and is asked nothing more when it answers")
    func storeThatHangs() async throws {
        let clock = ManualClock(now: SchedulerBench.start)
        let store = TroubledStore(MemoryJobStore { clock.now }, isShared: true)
        var options = SchedulerOptions()
        options.clock = clock
        options.stores["default"] = store
        let scheduler = AsyncScheduler(options)
        let run = GatedRun()
        try await scheduler.addJob(id: "long") { try await run.body() }
        try await scheduler.start()
        await run.begun.wait()
        store.get(into: .hanging)
        run.gate.open()
        while store.hangingCalls == 0 { await scheduler.engine.answer() }
        async let end: Void = scheduler.shutdown(deadline: .seconds(1))
        while scheduler.isRunning {
            clock.advance(by: .milliseconds(100))
            await scheduler.engine.answer()
        }
        await end
        store.close()
        store.get(into: .none)
        for _ in 0..<1000 { await scheduler.engine.answer() }
        #expect(store.lateBeginnings == 0)
        #expect(store.lateEnds > 0)
        // What the pass wrote counts, and the next start knows it.
        try await scheduler.start()
        await scheduler.engine.waitUntilSettled()
        #expect(try await scheduler.runs(of: "long").map(\.state) == [.finished(.succeeded)])
        await scheduler.shutdown()
    }

    @Test("A shutdown while the start waits for a store returns when that has answered, and nothing runs")
    func shutdownDuringAStart() async throws {
        let clock = ManualClock(now: SchedulerBench.start)
        let store = TroubledStore(MemoryJobStore { clock.now })
        var options = SchedulerOptions()
        options.clock = clock
        options.stores["default"] = store
        let scheduler = AsyncScheduler(options)
        let count = Counter()
        let events = scheduler.events()
        try await scheduler.addJob(id: "tick", trigger: .interval(seconds: 10)) { count.add() }
        store.get(into: .hanging)
        let start = Task { try await scheduler.start() }
        while store.hangingCalls == 0 { await scheduler.engine.answer() }
        async let end: Void = scheduler.shutdown()
        for _ in 0..<100 { await scheduler.engine.answer() }
        #expect(scheduler.isRunning)
        store.get(into: .none)
        await end
        store.close()
        try await start.value
        for _ in 0..<100 { await scheduler.engine.answer() }
        #expect(store.lateBeginnings == 0)
        #expect(count.value == 0)
        // It has ended.
        for await _ in events {}
        try await scheduler.start()
        await scheduler.engine.waitUntilSettled()
        #expect(count.value == 1)
        await scheduler.shutdown()
    }

    @Test("A timeout is enforced though a run was left behind before that is past its own")
    func timeoutAfterARunWasLeftBehind() async throws {
        let bench = try await SchedulerBench()
        let scheduler = try #require(bench.scheduler as? AsyncScheduler)
        let (stubborn, other) = (GatedRun(), GatedRun())
        var options = JobOptions(policies: JobPolicies())
        options.policies?.timeout = .seconds(5)
        try await scheduler.start()
        try await scheduler.addJob(id: "stubborn", options) { try await stubborn.body() }
        await stubborn.begun.wait()
        async let end: Void = scheduler.shutdown(deadline: .seconds(1))
        while scheduler.isRunning {
            bench.clock.advance(by: .milliseconds(100))
            await scheduler.engine.answer()
        }
        await end
        try await scheduler.start()
        options.policies?.timeout = .seconds(8)
        try await scheduler.addJob(id: "other", options) { try await other.body() }
        await other.begun.wait()
        bench.clock.advance(by: .seconds(5))
        #expect(other.isAsked.value == 0)
        bench.clock.advance(by: .seconds(3))
        #expect(other.isAsked.value == 1)
        other.gate.open()
        stubborn.gate.open()
        await bench.log.wait {
            if case .runEnded(let run, _, _) = $0 { run.occurrence.job.description == "other" } else { false }
        }
        #expect(try await scheduler.runs(of: "other").map(\.state) == [.finished(.timedOut)])
        await bench.log.wait {
            if case .runEnded(let run, _, _) = $0 { run.occurrence.job.description == "stubborn" } else { false }
        }
        await scheduler.shutdown()
    }

    @Test("A pause ends with the shutdown", arguments: SchedulerBench.Storage.allCases)
    func pause(_ storage: SchedulerBench.Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        let count = Counter()
        try await bench.scheduler.addJob(id: "tick", trigger: .interval(seconds: 10)) { count.add() }
        try await bench.start()
        #expect(!bench.scheduler.isPaused)
        await bench.scheduler.pause()
        #expect(bench.scheduler.isPaused)
        await bench.advance(.seconds(60))
        #expect(count.value == 1)
        await bench.scheduler.shutdown()
        #expect(!bench.scheduler.isPaused)
        try await bench.start()
        #expect(!bench.scheduler.isPaused)
        // As after any stop: what fell due meanwhile is late.
        #expect(count.value == 2)
        await bench.advance(.seconds(60))
        #expect(count.value == 8)
        await bench.scheduler.shutdown()
    }

    @Test("A scheduler may be paused before it is started, and resumed later")
    func pauseBeforeTheStart() async throws {
        let bench = try await SchedulerBench()
        let count = Counter()
        try await bench.scheduler.addJob(id: "tick", trigger: .interval(seconds: 10)) { count.add() }
        await bench.scheduler.pause()
        try await bench.start()
        await bench.advance(.seconds(65))
        #expect(bench.scheduler.isPaused)
        #expect(count.value == 0)
        await bench.scheduler.resume()
        #expect(!bench.scheduler.isPaused)
        await bench.advance(.seconds(10))
        #expect(count.value == 1)
        await bench.scheduler.shutdown()
    }
}
