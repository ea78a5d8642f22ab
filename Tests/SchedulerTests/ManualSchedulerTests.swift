import Carillon
import CarillonTesting
import CarillonTriggers
import Testing

/// Runs that sleep by the clock that a test moves.
@Suite(.timeLimit(.minutes(10))) struct ManualSchedulerTests {
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

    /// Nothing but its clock moves a scheduler that a test has: heartbeats come when their tasks have their turn.
    @Test("It stops where something is due though its lease has run out")
    func withoutLease() async throws {
        let clock = ManualClock()
        let store = TroubledStore(MemoryJobStore { clock.now }, isShared: true)
        var options = SchedulerOptions()
        options.stores["default"] = store
        let scheduler = ManualScheduler(clock, options)
        let count = Counter()
        let time = clock.now.advanced(byMicroseconds: 300_000_000)
        try await scheduler.addJob(id: "once", trigger: .date(time.date)) { count.add() }
        try await scheduler.start()
        store.get(into: .hangingAtHeartbeats)
        await scheduler.advance(by: .seconds(60))
        // The lane looks at its clock, and rests.
        await scheduler.stepWall(by: .zero)
        #expect(clock.nextWakeUp == 300_000_000)
        store.get(into: .none)
        await scheduler.advance(by: .seconds(240))
        #expect(count.value == 1)
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
