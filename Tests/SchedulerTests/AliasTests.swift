import Carillon
import CarillonTesting
import CarillonTriggers
import Dispatch
import Testing

/// Job stores and executors come and go while the scheduler runs.
@Suite(.timeLimit(.minutes(10))) struct AliasTests {
    private func code(_ body: () async throws -> Void) async -> CarillonError.Code? {
        do { try await body() } catch { return (error as? CarillonError)?.code }
        return nil
    }

    /// A store with a job that counts every ten seconds.
    private func store(_ storage: SchedulerBench.Storage, _ bench: SchedulerBench, job: String) async throws
        -> any JobStore
    {
        let store = try await SchedulerBench(.async, storage).store
        let definition = JobDefinition(task: TaskName("count"), trigger: try .interval(seconds: 10))
        _ = try await store.insert([NewJob(id: try JobID(job), definition: definition, added: bench.clock.now)])
        return store
    }

    // MARK: Stores

    @Test(arguments: SchedulerBench.Storage.allCases)
    func aStoreComesAndGoes(_ storage: SchedulerBench.Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        let (own, count) = (Counter(), Counter())
        try bench.scheduler.register("count") { (_: TaskContext) in count.add() }
        try await bench.scheduler.addJob(id: "own", trigger: .interval(seconds: 10)) { own.add() }
        try await bench.start()
        let other = try await store(storage, bench, job: "other")
        try await bench.scheduler.addStore(other, as: "other")
        await bench.advance(.seconds(20))
        #expect(count.value == 3)
        #expect(try await bench.scheduler.job("other").store == "other")
        try await bench.scheduler.removeStore("other")
        await bench.advance(.seconds(20))
        #expect(count.value == 3)
        #expect(own.value == 5)
        #expect(await code { _ = try await bench.scheduler.job("other") } == .jobNotFound)
        // It is what it was; what fell due meanwhile is late.
        try await bench.scheduler.addStore(other, as: "again")
        await bench.advance(.seconds(10))
        #expect(count.value == 5)
        await bench.scheduler.shutdown()
        let aliases = bench.log.events.compactMap { event -> String? in
            switch event.kind {
            case .storeAdded(let alias): "+\(alias)"
            case .storeRemoved(let alias): "-\(alias)"
            default: nil
            }
        }
        #expect(aliases == ["+other", "-other", "+again"])
    }

    /// A run of the store that leaves is waited for and its end written, while another store goes on.
    @Test func aStoreLeavesWhenItsRunsHaveEnded() async throws {
        let bench = try await SchedulerBench(.background)
        let gate = DispatchSemaphore(value: 0)
        let own = Counter()
        let store = MemoryJobStore { bench.clock.now }
        try await bench.scheduler.addStore(store, as: "other")
        try await bench.scheduler.addJob(id: "slow", trigger: .interval(seconds: 10), JobOptions(store: "other")) {
            gate.wait()
        }
        try await bench.scheduler.addJob(id: "own", trigger: .interval(seconds: 10)) { own.add() }
        try await (bench.scheduler as? BackgroundScheduler)?.start()
        await bench.log.wait {
            if case .runStarted(let run) = $0 { run.occurrence.job.description == "slow" } else { false }
        }
        async let removal: Void = bench.scheduler.removeStore("other")
        while await code({ _ = try await bench.scheduler.jobs(in: "other") }) != .aliasNotFound {
            await Task.yield()
        }
        for count in 2...4 {
            bench.clock.advance(by: .seconds(10))
            await bench.log.wait { _ in own.value >= count }
        }
        let refusal = await code { try await bench.scheduler.addJob(id: "x", JobOptions(store: "other")) {} }
        #expect(refusal == .aliasNotFound)
        gate.signal()
        try await removal
        // What fell due meanwhile is left to whoever has the store next.
        let runs = try await store.runs(RunFilter(), page: Page())
        #expect(runs.map(\.state) == [.finished(.succeeded)])
        let next = try await store.snapshot(JobID("slow"), at: bench.clock.now).job.next
        #expect(next?.scheduled == runs.first?.id.occurrence.scheduled.advanced(byMicroseconds: 10_000_000))
        await bench.scheduler.shutdown()
    }

    @Test func whatAStoreMayNotDo() async throws {
        let bench = try await SchedulerBench()
        let scheduler = bench.scheduler
        try scheduler.register("count") { (_: TaskContext) in }
        try await bench.start()
        #expect(await code { try await scheduler.addStore(MemoryJobStore(), as: "default") } == .aliasTaken)
        #expect(await code { try await scheduler.removeStore("none") } == .aliasNotFound)
        // The only one.
        #expect(await code { try await scheduler.removeStore("default") } == .wrongState)
        try await scheduler.addJob(id: "job", task: "count", trigger: .interval(seconds: 10))
        let twin = try await store(.memory, bench, job: "job")
        #expect(await code { try await scheduler.addStore(twin, as: "twin") } == .jobExists)
        #expect(await code { try await scheduler.removeStore("twin") } == .aliasNotFound)
        // Even the one named default may leave; what names no store is refused then.
        try await scheduler.addStore(MemoryJobStore(), as: "other")
        try await scheduler.removeStore("default")
        #expect(await code { try await scheduler.addJob(id: "x", task: "count") } == .aliasNotFound)
        try await scheduler.addJob(id: "x", task: "count", JobOptions(store: "other"))
        #expect(await code { try await scheduler.removeStore("other") } == .wrongState)
        await scheduler.shutdown()
        #expect(!scheduler.isRunning)
    }

    @Test func storesOfASchedulerThatDoesNotRun() async throws {
        let bench = try await SchedulerBench()
        let count = Counter()
        try bench.scheduler.register("count") { (_: TaskContext) in count.add() }
        let other = try await store(.memory, bench, job: "other")
        try await bench.scheduler.addStore(other, as: "other")
        try await bench.scheduler.removeStore("default")
        try await bench.start()
        #expect(count.value == 1)
        await bench.scheduler.shutdown()
        try await bench.scheduler.addStore(bench.store, as: "default")
        try await bench.scheduler.removeStore("other")
        try await bench.start()
        await bench.advance(.seconds(60))
        #expect(count.value == 1)
        await bench.scheduler.shutdown()
    }

    @Test func aRunRemovesItsOwnStore() async throws {
        let bench = try await SchedulerBench(.async)
        let scheduler = bench.scheduler
        let store = MemoryJobStore { bench.clock.now }
        try await scheduler.addStore(store, as: "other")
        try await scheduler.addJob(id: "last", trigger: .interval(seconds: 10), JobOptions(store: "other")) {
            try await scheduler.removeStore("other")
        }
        try await bench.start()
        await bench.log.wait { if case .storeRemoved("other") = $0 { true } else { false } }
        #expect(try await store.runs(RunFilter(), page: Page()).map(\.state) == [.finished(.succeeded)])
        await scheduler.shutdown()
    }

    @Test(arguments: [TroubledStore.Trouble.unavailable, .hanging])
    func aStoreInTroubleLeavesAtItsDeadline(_ trouble: TroubledStore.Trouble) async throws {
        let bench = try await SchedulerBench()
        let own = Counter()
        let store = TroubledStore(MemoryJobStore { bench.clock.now })
        try await bench.scheduler.addStore(store, as: "other")
        let gate = AsyncGate()
        try await bench.scheduler.addJob(id: "slow", trigger: .interval(seconds: 10), JobOptions(store: "other")) {
            await gate.wait()
        }
        try await bench.scheduler.addJob(id: "own", trigger: .interval(seconds: 10)) { own.add() }
        try await (bench.scheduler as? AsyncScheduler)?.start()
        await bench.log.wait {
            if case .runStarted(let run) = $0 { run.occurrence.job.description == "slow" } else { false }
        }
        store.get(into: trouble)
        gate.open()
        let removal = Task { try await bench.scheduler.removeStore("other", deadline: .seconds(3)) }
        let removed = bench.log
        for _ in 0..<6 {
            let before = bench.clock.sleepers
            bench.clock.advance(by: .seconds(1))
            for _ in 0..<1000 where bench.clock.sleepers >= before { await Task.yield() }
        }
        while !removed.events.contains(where: { if case .storeRemoved("other") = $0.kind { true } else { false } }) {
            bench.clock.advance(by: .seconds(1))
            for _ in 0..<1000 { await Task.yield() }
        }
        try await removal.value
        store.get(into: .none)
        // The executor has its worker back, and the other store goes on.
        await bench.advance(.seconds(10))
        #expect(own.value >= 2)
        await bench.scheduler.shutdown()
    }

    @Test func shutdownWhileAStoreLeaves() async throws {
        let bench = try await SchedulerBench(.background)
        let gate = DispatchSemaphore(value: 0)
        let store = MemoryJobStore { bench.clock.now }
        try await bench.scheduler.addStore(store, as: "other")
        try await bench.scheduler.addJob(id: "slow", JobOptions(store: "other")) { gate.wait() }
        try await (bench.scheduler as? BackgroundScheduler)?.start()
        await bench.log.wait { if case .runStarted = $0 { true } else { false } }
        async let removal: Void = bench.scheduler.removeStore("other")
        while await code({ _ = try await bench.scheduler.jobs(in: "other") }) != .aliasNotFound {
            await Task.yield()
        }
        async let end: Void = bench.scheduler.shutdown()
        gate.signal()
        try await removal
        await end
        #expect(!bench.scheduler.isRunning)
        #expect(try await store.runs(RunFilter(), page: Page()).map(\.state) == [.finished(.succeeded)])
    }

    // MARK: Executors

    @Test func anExecutorComesAndGoes() async throws {
        let bench = try await SchedulerBench()
        let scheduler = bench.scheduler
        let count = Counter()
        try scheduler.register("count") { (_: TaskContext) in count.add() }
        let options = JobOptions(executor: "extra")
        try await bench.start()
        #expect(
            await code { try await scheduler.addJob(id: "job", task: "count", options) } == .aliasNotFound)
        try await scheduler.addExecutor(AsyncExecutor(), as: "extra")
        #expect(await code { try await scheduler.addExecutor(AsyncExecutor(), as: "extra") } == .aliasTaken)
        try await scheduler.addJob(id: "job", task: "count", trigger: .interval(seconds: 10), options)
        await bench.advance(.seconds(10))
        #expect(count.value == 2)
        try await scheduler.removeExecutor("extra")
        #expect(await code { try await scheduler.removeExecutor("extra") } == .aliasNotFound)
        await bench.advance(.seconds(30))
        #expect(count.value == 2)
        // The run that has waited is taken at once; what fell due behind it was at the limit.
        try await scheduler.addExecutor(ThreadPoolExecutor(maxWorkers: 1), as: "extra")
        await bench.advance(.seconds(1))
        #expect(count.value == 3)
        await bench.advance(.seconds(10))
        #expect(count.value == 4)
        await scheduler.shutdown()
    }

    /// Its runs are waited for, and nothing more is taken for it.
    @Test func anExecutorLeavesWhenItsRunsHaveEnded() async throws {
        let bench = try await SchedulerBench(.background) { $0.executors["extra"] = ThreadPoolExecutor(maxWorkers: 2) }
        let scheduler = bench.scheduler
        let gate = DispatchSemaphore(value: 0)
        try await scheduler.addJob(id: "slow", JobOptions(executor: "extra")) { gate.wait() }
        try await (scheduler as? BackgroundScheduler)?.start()
        await bench.log.wait { if case .runStarted = $0 { true } else { false } }
        let removal = Task { try await scheduler.removeExecutor("extra") }
        while await code({ try await scheduler.addJob(id: "more", JobOptions(executor: "extra", ifExists: .keep)) {} })
            != .aliasNotFound
        {
            await Task.yield()
        }
        #expect(!bench.log.events.contains { if case .executorRemoved = $0.kind { true } else { false } })
        // Another executor goes on.
        try await scheduler.addJob(id: "other") {}
        await bench.log.wait {
            if case .runEnded(let run, .succeeded, _) = $0 { run.occurrence.job.description == "other" } else { false }
        }
        gate.signal()
        try await removal.value
        await bench.log.wait { if case .executorRemoved("extra") = $0 { true } else { false } }
        await scheduler.shutdown()
        #expect(try await scheduler.runs(of: "slow").map(\.state) == [.finished(.succeeded)])
    }

    @Test func aRunRemovesItsOwnExecutor() async throws {
        let bench = try await SchedulerBench { $0.executors["extra"] = AsyncExecutor() }
        let scheduler = bench.scheduler
        try await scheduler.addJob(id: "last", JobOptions(executor: "extra")) {
            try await scheduler.removeExecutor("extra")
        }
        try await bench.start()
        await bench.log.wait { if case .executorRemoved("extra") = $0 { true } else { false } }
        #expect(try await bench.runs(of: "last").map(\.state) == [.finished(.succeeded)])
        await scheduler.shutdown()
    }
}
