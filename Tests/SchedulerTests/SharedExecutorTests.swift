import Carillon
import CarillonTesting
import CarillonTriggers
import Synchronization
import Testing

/// Several job stores of one scheduler, their ids and the executor that they share.
@Suite(.timeLimit(.minutes(10))) struct SharedExecutorTests {
    /// Returns to the first two that come when both have come.
    private final class Meeting: Sendable {
        private let arrivals = Counter()
        private let gate = AsyncGate()

        func wait() async {
            arrivals.add()
            if arrivals.value >= 2 { gate.open() }
            await gate.wait()
        }
    }

    /// A scheduler whose one worker is shared by two stores: `default`, and `slow`, the one that may be troubled.
    private static func besideSlowStore() -> (ManualClock, TroubledStore, AsyncScheduler) {
        let clock = ManualClock(now: SchedulerBench.start)
        let store = TroubledStore(MemoryJobStore { clock.now })
        var options = SchedulerOptions()
        options.clock = clock
        options.executors["default"] = AsyncExecutor(maxWorkers: 1)
        options.stores = ["default": MemoryJobStore { clock.now }, "slow": store]
        let scheduler = AsyncScheduler(options)
        return (clock, store, scheduler)
    }

    @Test("The room of an executor is given out once, though two stores are looked at together")
    func roomIsGivenOutOnce() async throws {
        let clock = ManualClock(now: SchedulerBench.start)
        let meeting = Meeting()
        var options = SchedulerOptions()
        options.clock = clock
        options.executors["default"] = AsyncExecutor(maxWorkers: 1)
        for alias in ["default", "other"] {
            options.stores[alias] = TroubledStore(MemoryJobStore { clock.now }) { await meeting.wait() }
        }
        let scheduler = AsyncScheduler(options)
        let log = EventLog()
        scheduler.addListener { log.append($0) }
        let (gate, begun) = (AsyncGate(), AsyncGate())
        var policies = JobPolicies()
        policies.recovery = .markLost
        for alias in ["default", "other"] {
            try await scheduler.addJob(id: alias, JobOptions(policies: policies, store: alias)) {
                begun.open()
                await gate.wait()
            }
        }
        try await scheduler.start()
        await begun.wait()
        for _ in 0..<1000 { await scheduler.engine.answer() }
        #expect(log.events.count { if case .runTaken = $0.kind { true } else { false } } == 1)
        // What is not begun within a second is given back.
        clock.advance(by: .seconds(2))
        for _ in 0..<1000 { await scheduler.engine.answer() }
        gate.open()
        await scheduler.engine.waitUntilSettled()
        for alias in ["default", "other"] {
            #expect(try await scheduler.runs(of: alias).map(\.state) == [.finished(.succeeded)])
        }
        await scheduler.shutdown()
    }

    @Test("Room that a pass has drawn is not given out again while its answer is still to come")
    func drawnRoom() async throws {
        let (clock, store, scheduler) = Self.besideSlowStore()
        let log = EventLog()
        scheduler.engine.addSynchronousListener { log.append($0) }
        let gate = AsyncGate()
        for (alias, seconds) in [("slow", Int64(10)), ("default", 20)] {
            let time = SchedulerBench.start.advanced(byMicroseconds: seconds * 1_000_000)
            try await scheduler.addJob(id: alias, trigger: .date(time.date), JobOptions(store: alias)) {
                await gate.wait()
            }
        }
        try await scheduler.start()
        await scheduler.engine.waitUntilSettled()
        store.get(into: .frozen)
        clock.advance(by: .seconds(10))
        await store.hasHeldAnswer.wait()
        clock.advance(by: .seconds(10))
        await log.wait {
            if case .runQueued(let run) = $0 { run.occurrence.job.description == "default" } else { false }
        }
        for _ in 0..<100 { await scheduler.engine.answer() }
        #expect(log.events.count { if case .runTaken = $0.kind { true } else { false } } == 0)
        store.get(into: .none)
        gate.open()
        for alias in ["slow", "default"] {
            await log.wait {
                if case .runEnded(let run, .succeeded, _) = $0 {
                    run.occurrence.job.description == alias
                } else {
                    false
                }
            }
        }
        await scheduler.shutdown()
    }

    @Test("A store that hangs in its pass keeps no room from another")
    func hangingPassKeepsNoRoom() async throws {
        let (clock, store, scheduler) = Self.besideSlowStore()
        let log = EventLog()
        scheduler.addListener { log.append($0) }
        let count = Counter()
        try await scheduler.start()
        await scheduler.engine.waitUntilSettled()
        store.get(into: .hangingAtPasses)
        // It is added by the pass that fires it.
        async let slow = scheduler.addJob(id: "slow", JobOptions(store: "slow")) {}
        while store.hangingCalls == 0 { await scheduler.engine.answer() }
        try await scheduler.addJob(id: "tick", trigger: .interval(seconds: 10)) { count.add() }
        await log.expect("it runs") { _ in count.value == 1 }
        clock.advance(by: .seconds(10))
        await log.expect("it runs again") { _ in count.value == 2 }
        store.get(into: .none)
        await log.expect("so does the job of the store that hung") {
            if case .runEnded(let run, _, _) = $0 { run.occurrence.job.description == "slow" } else { false }
        }
        _ = try await slow
        await scheduler.shutdown()
    }

    @Test(
        "Of two jobs that are added under one id to two stores one is refused",
        arguments: SchedulerBench.Storage.allCases)
    func idsAreUnique(_ storage: SchedulerBench.Storage) async throws {
        let other = try await SchedulerBench(.async, storage).store
        let bench = try await SchedulerBench(.async, storage) { $0.stores["other"] = other }
        let scheduler = bench.scheduler
        try scheduler.register("nothing") { (_: TaskContext) in }
        let accepted = await withTaskGroup(of: (String, Bool).self) { group in
            for number in 0..<200 {
                for alias in ["default", "other"] {
                    group.addTask {
                        let id = "job \(number)"
                        do {
                            try await scheduler.addJob(
                                id: id, task: "nothing", trigger: .interval(hours: 1), JobOptions(store: alias))
                            return (id, true)
                        } catch {
                            return (id, (error as? CarillonError)?.code != .jobExists)
                        }
                    }
                }
            }
            return await group.reduce(into: [String: Int]()) { $0[$1.0, default: 0] += $1.1 ? 1 : 0 }
        }
        #expect(accepted.count == 200)
        #expect(accepted.values.allSatisfy { $0 == 1 })
        #expect(try await scheduler.jobs().count == 200)
    }

    /// A scheduler whose store gets into trouble, and one that has a job `twin` before a thousand others.
    private func twins() async throws -> (scheduler: AsyncScheduler, own: TroubledStore, other: TroubledStore) {
        let clock = ManualClock(now: SchedulerBench.start)
        let (own, other) = (TroubledStore(MemoryJobStore { clock.now }), TroubledStore(MemoryJobStore { clock.now }))
        let definition = JobDefinition(task: TaskName("nothing"), trigger: try .interval(hours: 1))
        let ids = ["twin"] + (0..<1000).map { "z\($0)" }
        _ = try await other.insert(
            ids.map { NewJob(id: try JobID($0), definition: definition, added: SchedulerBench.start) })
        var options = SchedulerOptions()
        options.clock = clock
        options.stores["default"] = own
        let scheduler = AsyncScheduler(options)
        try scheduler.register("nothing") { (_: TaskContext) in }
        return (scheduler, own, other)
    }

    @Test("A store is not looked through while a job of its id is on its way into another")
    func idOnItsWay() async throws {
        let (scheduler, own, other) = try await twins()
        own.get(into: .hangingAtAdditions)
        let job = Task { try await scheduler.addJob(id: "twin", task: "nothing") }
        while own.hangingCalls == 0 { await scheduler.engine.answer() }
        let store = Task { try await scheduler.addStore(other, as: "other") }
        for _ in 0..<1000 { await scheduler.engine.answer() }
        own.get(into: .none)
        _ = try await job.value
        await #expect(throws: CarillonError.self) { try await store.value }
        #expect(try await scheduler.jobs().count == 1)
    }

    @Test("No job is added while a store that may have its id is looked through")
    func idOfAStoreThatIsLookedThrough() async throws {
        let (scheduler, _, other) = try await twins()
        other.get(into: .hangingAtLaterPages)
        let store = Task { try await scheduler.addStore(other, as: "other") }
        while other.hangingCalls == 0 { await scheduler.engine.answer() }
        let job = Task { try await scheduler.addJob(id: "twin", task: "nothing") }
        for _ in 0..<1000 { await scheduler.engine.answer() }
        other.get(into: .none)
        try await store.value
        await #expect(throws: CarillonError.self) { try await job.value }
        #expect(try await scheduler.jobs().count == 1001)
    }

    @Test("A store that comes while a job is added under an id of its own is refused, or the job is")
    func idsOfAStoreThatComes() async throws {
        let definition = JobDefinition(task: TaskName("nothing"), trigger: try .interval(hours: 1))
        for _ in 0..<100 {
            let bench = try await SchedulerBench()
            let scheduler = bench.scheduler
            try scheduler.register("nothing") { (_: TaskContext) in }
            let other = MemoryJobStore { bench.clock.now }
            let twin = NewJob(id: JobID("twin"), definition: definition, added: SchedulerBench.start)
            _ = try await other.insert([twin])
            async let store: Bool = {
                do { try await scheduler.addStore(other, as: "other") } catch { return false }
                return true
            }()
            async let job: Bool = {
                do { try await scheduler.addJob(id: "twin", task: "nothing") } catch { return false }
                return true
            }()
            let outcome = await (store, job)
            #expect(outcome.0 != outcome.1)
            #expect(try await scheduler.jobs().count == 1)
        }
    }
}
