import Carillon
import CarillonTesting
import CarillonTriggers
import Testing

/// Runs that sleep by the clock that a test moves.
@Suite(.timeLimit(.minutes(2))) struct ManualSchedulerTests {
    private static let executors: [any JobExecutor] = [
        DebugExecutor(), AsyncExecutor(), ThreadPoolExecutor(), AsyncExecutor(maxWorkers: 1),
    ]

    private func scheduler(_ executor: Int) -> ManualScheduler {
        var options = SchedulerOptions()
        options.executors["default"] = Self.executors[executor]
        return ManualScheduler(ManualClock(), options)
    }

    private func states(_ scheduler: ManualScheduler, _ job: String) async throws -> [Run.State] {
        try await scheduler.runs(of: job).map(\.state)
    }

    @Test("Time goes by while a run sleeps", arguments: executors.indices)
    func sleep(_ executor: Int) async throws {
        let scheduler = scheduler(executor)
        try scheduler.register("nap") { (context: TaskContext) in
            try await context.sleep(for: .seconds(10))
            try await scheduler.clock.sleep(for: .seconds(10))
        }
        try await scheduler.start()
        try await scheduler.addJob(id: "nap", task: "nap")
        await scheduler.advance(by: .seconds(19))
        #expect(try await states(scheduler, "nap") == [.running(node: scheduler.node)])
        await scheduler.advance(by: .seconds(1))
        #expect(try await states(scheduler, "nap") == [.finished(.succeeded)])
        await scheduler.shutdown()
    }

    @Test("A timeout ends a run that sleeps", arguments: executors.indices)
    func timeout(_ executor: Int) async throws {
        let scheduler = scheduler(executor)
        try scheduler.register("nap") { (context: TaskContext) in try await context.sleep(for: .seconds(60)) }
        var options = JobOptions(policies: JobPolicies())
        options.policies?.timeout = .seconds(5)
        try await scheduler.start()
        try await scheduler.addJob(id: "nap", task: "nap", options)
        await scheduler.advance(by: .seconds(5))
        #expect(try await states(scheduler, "nap") == [.finished(.timedOut)])
        await scheduler.shutdown()
    }

    @Test("Time stops at what is due though the node has lost its lease, until a heartbeat is answered")
    func withoutLease() async throws {
        let clock = ManualClock(now: SchedulerBench.start)
        let store = TroubledStore(MemoryJobStore { clock.now }, isShared: true)
        var options = SchedulerOptions()
        options.stores["default"] = store
        let scheduler = ManualScheduler(clock, options)
        let log = EventLog()
        scheduler.engine.addSynchronousListener { log.append($0) }
        let due = SchedulerBench.start.advanced(byMicroseconds: 100_000_000)
        try await scheduler.addJob(id: "once", trigger: .date(due.date)) {}
        try await scheduler.start()
        store.get(into: .hanging)
        await scheduler.advance(by: .seconds(60))
        let advance = Task { await scheduler.advance(by: .seconds(50)) }
        for _ in 0..<1000 { await scheduler.engine.answer() }
        store.get(into: .none)
        await advance.value
        await log.expect("it runs") { if case .runEnded = $0 { true } else { false } }
        #expect(try await scheduler.runs(of: "once").map(\.started) == [due])
        await scheduler.shutdown()
    }

    @Test("Runs wait for those that sleep", arguments: executors.indices)
    func several(_ executor: Int) async throws {
        let scheduler = scheduler(executor)
        try scheduler.register("nap") { (context: TaskContext) in
            await withTaskGroup { group in
                for seconds in 1...3 { group.addTask { try? await context.sleep(for: .seconds(seconds)) } }
            }
        }
        for number in 1...3 { try await scheduler.addJob(id: "\(number)", task: "nap") }
        try await scheduler.start()
        await scheduler.advance(by: .seconds(60))
        for number in 1...3 { #expect(try await states(scheduler, "\(number)") == [.finished(.succeeded)]) }
        await scheduler.shutdown()
    }
}
