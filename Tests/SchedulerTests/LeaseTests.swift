import Carillon
import CarillonTesting
import CarillonTriggers
import Testing

/// When runs change hands, and when a scheduler that stops asks for their ends: not too soon, and not never.
@Suite(.timeLimit(.minutes(10))) struct LeaseTests {
    private static let lease: Int64 = 10_000_000

    private func pass(by node: String, at time: Instant, dead: Set<NodeID> = []) throws -> StorePass {
        var pass = StorePass(now: time, node: try NodeID(node), tasks: [TaskName("held")])
        pass.dead = dead
        return pass
    }

    @Test("Runs of a silent node are taken over after a lease, and no sooner")
    func silentNode() async throws {
        let held = try await HeldRuns(.sqlite) { $0.atLimit = .queue }
        let store = held.bench.store
        let other = NodeReport(
            id: try NodeID("silent"), host: "elsewhere", process: 1, processStart: 1, tasks: [TaskName("held")])
        _ = try await store.heartbeat(other)
        #expect(try await pass(by: "silent", at: SchedulerBench.start).run(on: store).taken.count == 1)
        try await held.start()
        #expect(await held.pass(.seconds(50)) { !held.begun.isEmpty })
        #expect(held.bench.clock.monotonic > Self.lease)
        #expect(held.begun == [0])
        await held.end()
    }

    @Test("A node that a store kept waiting recovers nothing: who was dead may have come back")
    func staleJudgement() async throws {
        let bench = try await SchedulerBench(.async, .sqlite)
        let start = SchedulerBench.start
        let definition = JobDefinition(task: TaskName("held"), trigger: .date(start.date))
        _ = try await bench.store.insert([NewJob(id: JobID("a"), definition: definition, added: start)])
        #expect(try await pass(by: "back again", at: start).run(on: bench.store).taken.count == 1)
        var recovery = try pass(by: "waiting", at: start, dead: [NodeID("back again")])
        recovery.deadFor = Self.lease / 2
        recovery.readNow = { start.advanced(byMicroseconds: 6_000_000) }
        #expect(try await recovery.run(on: bench.store).taken.isEmpty)
        recovery.readNow = { start.advanced(byMicroseconds: 4_000_000) }
        #expect(try await recovery.run(on: bench.store).taken.count == 1)
    }

    @Test("A node that was frozen for longer than its lease ends what others have taken over")
    func ownLease() async throws {
        let held = try await HeldRuns(.sqlite)
        let clock = held.bench.clock
        try await held.start()
        await held.expectStart(0)
        // Its heartbeats are answered.
        #expect(await held.pass(.seconds(3)) { clock.monotonic >= 3_000_000 })
        let later = clock.now.advanced(byMicroseconds: 2 * Self.lease)
        let takeover = try pass(by: "other", at: later, dead: [held.bench.scheduler.node])
        #expect(try await takeover.run(on: held.bench.store).taken.count == 1)
        #expect(held.asked == [])
        clock.advance(by: .microseconds(2 * Self.lease))
        #expect(await held.pass(.seconds(20)) { held.asked == [0] })
        await held.end()
    }

    @Test(
        "A stop asks runs to end at its deadline, and leaves them as long after",
        arguments: SchedulerBench.Storage.allCases)
    func deadline(_ storage: SchedulerBench.Storage) async throws {
        let logged = LoggedLines()
        let held = try await HeldRuns(storage, endsWhenAsked: false, logger: logged.logger)
        let clock = held.bench.clock
        try await held.start()
        await held.expectStart(0)
        let scheduler = held.bench.scheduler
        let begun = clock.monotonic
        let hasEnded = Counter()
        let end = Task {
            await scheduler.shutdown(.drain, deadline: .seconds(30))
            hasEnded.add()
        }
        // Before the deadline is set some time may go by: what a lane or a heartbeat waits for.
        #expect(await held.pass(.seconds(55)) { !held.asked.isEmpty })
        let asked = clock.monotonic - begun
        #expect((30_000_000...50_000_000).contains(asked), "\(asked)")
        #expect(await held.pass(.seconds(55)) { hasEnded.value > 0 })
        // A shutdown that goes on without its store ends, too, but its runs go on in it.
        try #require(logged.lines(with: "a run was left behind").count == 1)
        let left = clock.monotonic - begun - asked
        #expect((30_000_000...50_000_000).contains(left), "\(left)")
        #expect(try await held.runs().first?.state == .running(node: scheduler.node))
        held.release(0)
        await end.value
    }

    @Test("A blocking task can see that its time is over")
    func timeoutOfABlockingTask() async throws {
        let bench = try await SchedulerBench()
        let (begun, gate) = (AsyncGate(), BlockingGate())
        let wasAsked = Counter()
        try bench.scheduler.register("blocking") { (context: TaskContext) in
            begun.open()
            gate.wait()
            if context.isCancelled { wasAsked.add() }
        }
        var policies = JobPolicies()
        policies.timeout = .seconds(30)
        try await bench.scheduler.addJob(id: "a", task: "blocking", JobOptions(policies: policies))
        try await (bench.scheduler as? AsyncScheduler)?.start()
        await begun.wait()
        bench.clock.advance(by: .seconds(30))
        gate.open()
        await bench.log.expect("it has timed out") { if case .runEnded(_, .timedOut, _) = $0 { true } else { false } }
        #expect(wasAsked.value == 1)
        await bench.scheduler.shutdown()
    }
}
