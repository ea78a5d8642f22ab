import Carillon
import CarillonTesting
import CarillonTriggers
import Synchronization
import Testing

/// When something counts as late, and what comes first.
@Suite(.timeLimit(.minutes(10))) struct PunctualityTests {
    private func policies(grace: Int) -> JobOptions {
        var policies = JobPolicies()
        policies.misfireGrace = .seconds(grace)
        return JobOptions(policies: policies)
    }

    private func reasons(_ bench: SchedulerBench) async throws -> [ReasonRange.Reason] {
        try await bench.store.reasons(JobID("tick"), from: .earliest, through: .latest, limit: 10).map(\.reason)
    }

    /// A thread wakes a little later than it wants to.
    @Test("A grace of 0 runs on a node that is awake", arguments: SchedulerBench.Storage.allCases)
    func awake(_ storage: SchedulerBench.Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        let count = Counter()
        try await bench.scheduler.addJob(id: "tick", trigger: .interval(seconds: 5), policies(grace: 0)) {
            count.add()
        }
        try await bench.start()
        for _ in 1...3 {
            bench.clock.advance(by: .milliseconds(5005))
            await bench.scheduler.engine.waitUntilSettled()
        }
        #expect(try await reasons(bench) == [])
        #expect(count.value >= 3)
        await bench.scheduler.shutdown()
    }

    @Test("What came due while the process stood still is missed", arguments: SchedulerBench.Storage.allCases)
    func stoodStill(_ storage: SchedulerBench.Storage) async throws {
        let bench = try await SchedulerBench(.async, storage)
        let count = Counter()
        try await bench.scheduler.addJob(id: "tick", trigger: .interval(seconds: 60), policies(grace: 2)) {
            count.add()
        }
        try await bench.start()
        let before = count.value
        bench.clock.advance(by: .seconds(63))
        await bench.scheduler.engine.waitUntilSettled()
        #expect(try await reasons(bench) == [.missed])
        #expect(count.value == before)
        // The next one is in time again.
        bench.clock.advance(by: .milliseconds(57_100))
        await bench.scheduler.engine.waitUntilSettled()
        #expect(count.value == before + 1)
        await bench.scheduler.shutdown()
    }

    @Test("What came due while a node had no lease is missed")
    func withoutLease() async throws {
        let node = try LoneNode()
        try await node.addJob(after: .seconds(15), policies(grace: 1))
        try await node.scheduler.start()
        await node.pass(.seconds(2))
        // Passes would be made: the lease alone keeps it from that.
        node.store.get(into: .refusingHeartbeats)
        await node.pass(.seconds(16))
        node.store.get(into: .none)
        await node.pass(.seconds(5))
        let reasons = try await node.kept.reasons(JobID("long"), from: .earliest, through: .latest, limit: 10)
        #expect(reasons.map(\.reason) == [.missed] && node.begun.value == 0)
        node.gate.open()
        await node.scheduler.shutdown()
    }

    @Test("What came due before a job was added is judged by its grace")
    func addedLate() async throws {
        let bench = try await SchedulerBench()
        let count = Counter()
        try await bench.start()
        await bench.advance(.seconds(3600))
        let past = bench.clock.now.advanced(byMicroseconds: -60_000_000)
        try await bench.scheduler.addJob(id: "tick", trigger: .date(past.date), policies(grace: 30)) { count.add() }
        await bench.advance(.seconds(10))
        #expect(try await reasons(bench) == [.missed])
        #expect(count.value == 0)
        await bench.scheduler.shutdown()
    }

    @Test("A job that is due when it is added is not missed by a node that starts then", arguments: [0, 30, 90])
    func dueWhenAdded(seconds: Int64) async throws {
        let bench = try await SchedulerBench()
        let count = Counter()
        let time = bench.clock.now
        try await bench.scheduler.addJob(id: "once", trigger: .date(time.date), policies(grace: 0)) { count.add() }
        bench.clock.advance(by: .seconds(seconds) + .milliseconds(30))
        try await bench.start()
        await bench.scheduler.engine.waitUntilSettled()
        #expect(count.value == (seconds < 60 ? 1 : 0))
        await bench.scheduler.shutdown()
    }

    @Test("While a store is locked nothing has started", arguments: SchedulerBench.Storage.allCases)
    func started(_ storage: SchedulerBench.Storage) async throws {
        let inner = try await SchedulerBench(.async, storage)
        // A store whose passes wait for a lock, as those of SQLite do.
        let store = TroubledStore(inner.store, isShared: false)
        let bench = try await SchedulerBench(.async, .memory) { $0.stores["default"] = store }
        let time = SchedulerBench.start.advanced(byMicroseconds: 5_000_000)
        let gate = AsyncGate()
        try await bench.scheduler.addJob(id: "tick", trigger: .date(time.date)) { await gate.wait() }
        try await bench.start()
        store.get(into: .hanging)
        bench.clock.advance(by: .seconds(5))
        await store.hasHeldPass.wait()
        bench.clock.advance(by: .seconds(7))
        store.get(into: .none)
        await bench.log.wait { if case .runStarted = $0 { true } else { false } }
        let begun = try #require(try await bench.runs(of: "tick").first)
        #expect(begun.state == .running(node: bench.scheduler.node))
        #expect(begun.started == time.advanced(byMicroseconds: 7_000_000))
        gate.open()
        await bench.scheduler.engine.waitUntilSettled()
        let run = try #require(try await bench.runs(of: "tick").first)
        #expect(run.started == time.advanced(byMicroseconds: 7_000_000))
        #expect(run.finished == run.started)
        await bench.scheduler.shutdown()
    }

    @Test(
        "What waits in a locked store for longer than its grace is missed", arguments: SchedulerBench.Storage.allCases)
    func heldUp(_ storage: SchedulerBench.Storage) async throws {
        let inner = try await SchedulerBench(.async, storage)
        let store = TroubledStore(inner.store, isShared: false)
        let bench = try await SchedulerBench(.async, .memory) { $0.stores["default"] = store }
        let time = SchedulerBench.start.advanced(byMicroseconds: 5_000_000)
        let count = Counter()
        try await bench.scheduler.addJob(id: "tick", trigger: .date(time.date), policies(grace: 2)) { count.add() }
        try await bench.start()
        store.get(into: .hanging)
        bench.clock.advance(by: .seconds(5))
        await store.hasHeldPass.wait()
        bench.clock.advance(by: .seconds(7))
        store.get(into: .none)
        await bench.scheduler.engine.waitUntilSettled()
        #expect(try await reasons(inner) == [.missed])
        #expect(count.value == 0)
        await bench.scheduler.shutdown()
    }

    @Test("Of what is due together the highest priority runs first", arguments: SchedulerBench.Storage.allCases)
    func priorities(_ storage: SchedulerBench.Storage) async throws {
        let order = Mutex<[Int]>([])
        let bench = try await SchedulerBench(.async, storage) { $0.executors["default"] = DebugExecutor() }
        let time = SchedulerBench.start.advanced(byMicroseconds: 5_000_000)
        for priority in 0...5 {
            var policies = JobPolicies()
            policies.priority = priority
            try await bench.scheduler.addJob(
                id: "p\(priority)", trigger: .date(time.date), JobOptions(policies: policies)
            ) {
                order.withLock { $0.append(priority) }
            }
        }
        try await bench.start()
        await bench.advance(.seconds(5))
        #expect(order.withLock { $0 } == [5, 4, 3, 2, 1, 0])
        await bench.scheduler.shutdown()
    }

    /// Two stores, whose lanes know nothing of each other's runs, fill the queue of one worker.
    @Test("Of what waits in an executor the highest priority runs first", arguments: [true, false])
    func priorityInQueue(isBlocking: Bool) async throws {
        let executor: any JobExecutor =
            isBlocking ? ThreadPoolExecutor(maxWorkers: 1) : AsyncExecutor(maxWorkers: 1)
        let kept = HoldingExecutor(executor)
        let order = Mutex<[Int]>([])
        let bench = try await SchedulerBench(.async, .memory) { $0.executors["default"] = kept }
        for priority in [2, 0, 1] {
            var policies = JobPolicies()
            policies.priority = priority
            let (id, options) = ("p\(priority)", JobOptions(policies: policies))
            // What blocks has workers of its own.
            if isBlocking {
                try await bench.scheduler.addJob(id: id, options) { order.withLock { $0.append(priority) } }
            } else {
                try await bench.scheduler.addJob(id: id, options) { () async in order.withLock { $0.append(priority) } }
            }
        }
        try await (bench.scheduler as? AsyncScheduler)?.start()
        await kept.hold(3)
        await kept.release(inReverse: true)
        await bench.scheduler.engine.waitUntilSettled()
        #expect(order.withLock { $0 } == [2, 1, 0])
        await bench.scheduler.shutdown()
    }

    /// A node at work on a run with a timeout of five seconds, whose clock moves on by a minute at once.
    private func standsStillPastATimeout() async throws -> LoneNode {
        let node = try LoneNode()
        var policies = JobPolicies()
        policies.timeout = .seconds(5)
        try await node.addJob(JobOptions(policies: policies))
        try await node.scheduler.start()
        await node.events.wait { if case .runStarted = $0 { true } else { false } }
        node.clock.advance(by: .seconds(60))
        return node
    }

    @Test("A timeout that rings late lets a run say that it has ended")
    func lateTimeout() async throws {
        let node = try await standsStillPastATimeout()
        #expect(node.count { if case .runOverdue = $0 { true } else { false } } == 0)
        node.gate.open()
        await node.events.wait { if case .runEnded = $0 { true } else { false } }
        #expect(node.ends(.succeeded) == 1)
        await node.scheduler.shutdown()
    }

    @Test("A timeout that rings late is a timeout a second later")
    func lateTimeoutOfOneThatGoesOn() async throws {
        let node = try await standsStillPastATimeout()
        node.clock.advance(by: .seconds(1))
        await node.asked.wait()
        node.gate.open()
        await node.events.wait { if case .runEnded = $0 { true } else { false } }
        #expect(node.ends(.timedOut) == 1)
        await node.scheduler.shutdown()
    }
}

/// Keeps what it is given until it is told to hand it to another executor.
private final class HoldingExecutor: JobExecutor {
    private struct State {
        var works: [RunWork] = []
        var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    let capacity = 10
    private let executor: any JobExecutor
    private let state = Mutex(State())

    init(_ executor: any JobExecutor) { self.executor = executor }

    func execute(_ works: [RunWork]) async {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.works += works
            guard let waiter = state.waiter, state.works.count >= waiter.count else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume()
    }

    /// Returns when it has so many.
    func hold(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.works.count < count { state.waiter = (count, continuation) }
                return state.works.count >= count
            }
            if isDone { continuation.resume() }
        }
    }

    /// Hands over what it has, at once, the last one first where that is wanted.
    func release(inReverse: Bool) async {
        let works = state.withLock { $0.works }
        await executor.execute(inReverse ? works.reversed() : works)
    }

    func shutdown() { executor.shutdown() }
}
