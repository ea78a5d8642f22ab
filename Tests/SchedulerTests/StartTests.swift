import Carillon
import CarillonTesting
import CarillonTriggers
import Testing

/// What becomes of jobs that are added before a start, and what a start leaves running.
@Suite(.timeLimit(.minutes(10))) struct StartTests {
    private func options(_ clock: ManualClock, _ stores: [String: any JobStore]) -> SchedulerOptions {
        var options = SchedulerOptions()
        options.clock = clock
        options.stores = stores
        return options
    }

    @Test(
        "A start that fails keeps the jobs for the next one, those in no store and those in some",
        arguments: [TroubledStore.Trouble.unavailable, .refusingWrites, .unavailableAfterWriting])
    func failedStart(_ trouble: TroubledStore.Trouble) async throws {
        let clock = ManualClock(now: SchedulerBench.start)
        let store = TroubledStore(MemoryJobStore { clock.now })
        let scheduler = AsyncScheduler(options(clock, ["default": MemoryJobStore { clock.now }, "other": store]))
        let (first, second) = (Counter(), Counter())
        try scheduler.register("first") { (_: TaskContext) in first.add() }
        try scheduler.register("second") { (_: TaskContext) in second.add() }
        func declare() throws {
            try scheduler.declareJob(id: "first", task: "first", trigger: .interval(seconds: 10))
            try scheduler.declareJob(
                id: "second", task: "second", trigger: .interval(seconds: 10), JobOptions(store: "other"))
        }
        try declare()
        store.get(into: trouble)
        for _ in 1...3 {
            await #expect(throws: CarillonError.self) { try await scheduler.start() }
            #expect(!scheduler.isRunning)
            clock.advance(by: .seconds(1))
        }
        store.get(into: .none)
        try await scheduler.start()
        await clock.advance(scheduler.engine, by: .seconds(20))
        #expect(first.value == 3)
        #expect(second.value == 3)
        await scheduler.shutdown()
    }

    @Test("A job that is refused at the start is refused at the next one too, until it is removed")
    func refusedJob() async throws {
        let clock = ManualClock(now: SchedulerBench.start)
        let scheduler = AsyncScheduler(options(clock, [:]))
        let count = Counter()
        try await scheduler.addJob(id: "there", trigger: .interval(seconds: 10)) { count.add() }
        func declare(_ id: String, _ options: JobOptions = JobOptions()) throws {
            try scheduler.declareJob(id: id, trigger: .interval(seconds: 10), options) { count.add() }
        }
        try declare("other")
        try declare("wrong", JobOptions(executor: "none"))
        for _ in 1...2 {
            await #expect(throws: CarillonError.self) { try await scheduler.start() }
        }
        try await scheduler.removeJob("wrong")
        await #expect(throws: CarillonError.self) { try await scheduler.removeJob("wrong") }
        try await scheduler.start()
        await scheduler.engine.waitUntilSettled()
        #expect(count.value == 2)
        await scheduler.shutdown()
    }

    @Test(
        "A task that is not registered at the start is told with its job, and with what to call",
        arguments: [
            (["nightly"], "job 'u': no task 'unknown' is registered; the tasks are 'nightly'; "),
            ([], "job 'u': no task 'unknown' is registered, and no other one is; "),
        ])
    func unknownTask(_ tasks: [String], _ beginning: String) async throws {
        let scheduler = AsyncScheduler()
        for task in tasks { try scheduler.register(task) { (_: TaskContext) in } }
        try scheduler.declareJob(id: "u", task: "unknown", trigger: .interval(seconds: 10))
        let error = await #expect(throws: CarillonError.self) { try await scheduler.start() }
        #expect(error?.code == .taskNotFound)
        #expect(
            error?.reason == beginning + #"call scheduler.register("unknown") { … } before the start"#,
            "\(error?.reason ?? "")")
        // Taken back, it does not hold up the start.
        try await scheduler.removeJob("u")
        try await scheduler.start()
        await scheduler.shutdown()
    }

    @Test("A job that is declared again takes the place of the first, or leaves it, as it says")
    func declaredAgain() async throws {
        let clock = ManualClock(now: SchedulerBench.start)
        let stores = ["default": MemoryJobStore { clock.now }, "other": MemoryJobStore { clock.now }]
        let scheduler = AsyncScheduler(options(clock, stores))
        let count = Counter()
        try scheduler.register("count") { (_: TaskContext) in count.add() }
        try scheduler.declareJob(id: "a", task: "unknown", trigger: .interval(seconds: 10))
        try scheduler.declareJob(
            id: "a", task: "count", trigger: .interval(seconds: 20), JobOptions(store: "other", ifExists: .replace))
        try scheduler.declareJob(id: "a", task: "unknown", trigger: .interval(seconds: 30), JobOptions(ifExists: .keep))
        try await scheduler.start()
        await clock.advance(scheduler.engine, by: .seconds(25))
        #expect(count.value == 2)
        #expect(try await scheduler.job("a").store == "other")
        await scheduler.shutdown()
    }

    @Test("One id that is declared for two stores is refused")
    func oneIDForTwoStores() async throws {
        let clock = ManualClock(now: SchedulerBench.start)
        let stores = ["default": MemoryJobStore { clock.now }, "other": MemoryJobStore { clock.now }]
        let scheduler = AsyncScheduler(options(clock, stores))
        func declare(_ store: String) throws {
            try scheduler.declareJob(id: "twin", trigger: .interval(seconds: 10), JobOptions(store: store)) {}
        }
        try declare("default")
        try declare("other")
        do {
            try await scheduler.start()
            Issue.record("both were accepted")
        } catch {
            #expect(error.code == .jobExists)
        }
    }

    @Test("A scheduler that stops when it is idle is not so while a completion is being written")
    func idleWhileACompletionIsWritten() async throws {
        let clock = ManualClock(now: SchedulerBench.start)
        let store = TroubledStore(MemoryJobStore { clock.now })
        let scheduler = AsyncScheduler(options(clock, ["default": MemoryJobStore { clock.now }, "slow": store]))
        let log = EventLog()
        scheduler.addListener { log.append($0) }
        struct Trouble: Error {}
        let (gate, otherGate, attempts) = (AsyncGate(), AsyncGate(), Counter())
        var policies = JobPolicies()
        policies.retry = RetryPolicy(count: 1, backoff: .constant(.seconds(10)))
        try await scheduler.addJob(id: "flaky", JobOptions(policies: policies, store: "slow")) {
            attempts.add()
            await gate.wait()
            if attempts.value == 1 { throw Trouble() }
        }
        try await scheduler.addJob(id: "other") { await otherGate.wait() }
        try scheduler.engine.claimStart()
        try await scheduler.engine.start(untilIdle: true)
        for job in ["flaky", "other"] {
            await log.wait {
                if case .runStarted(let run) = $0 { run.occurrence.job.description == job } else { false }
            }
        }
        store.get(into: .hangingAtPasses)
        gate.open()
        while store.hangingCalls == 0 { await scheduler.engine.answer() }
        otherGate.open()
        await log.wait {
            if case .runEnded(let run, _, _) = $0 { run.occurrence.job.description == "other" } else { false }
        }
        for _ in 0..<100 { await scheduler.engine.answer() }
        store.get(into: .none)
        await log.wait {
            switch $0 {
            case .runRetrying, .shutDown: true
            default: false
            }
        }
        for _ in 0..<100 { await scheduler.engine.answer() }
        clock.advance(by: .seconds(10))
        await log.wait { if case .shutDown = $0 { true } else { false } }
        #expect(attempts.value == 2)
        #expect(try await scheduler.runs(of: "flaky").map(\.state) == [.finished(.succeeded), .finished(.failed)])
    }
}
