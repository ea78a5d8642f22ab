import Carillon
import CarillonTesting
import CarillonTriggers
import MetricsTestKit
import Testing

/// What the stop of a scheduler ends, and nobody else wanted to end, is recovered like the runs of a node that died.
@Suite(.timeLimit(.minutes(10))) struct InterruptionTests {
    private struct Trouble: Error {}

    /// A scheduler with a job whose task works until it is asked to end, and then does what `end` says.
    private struct Scene {
        let bench: SchedulerBench
        /// Open once the stop of the scheduler, or somebody else, has asked.
        let asked = AsyncGate()
        let timesAsked = Counter()
        /// Held until it is opened, after the task was asked to end.
        let mayEnd = AsyncGate()
        let begun = Counter()

        init(
            _ storage: SchedulerBench.Storage,
            _ policies: JobPolicies = JobPolicies(),
            trigger: Trigger = .date(SchedulerBench.start.date),
            adjust: (inout SchedulerOptions) -> Void = { _ in },
            onlyOnce: Bool = false,
            end: @escaping @Sendable () throws -> Void = { throw CancellationError() }
        ) async throws {
            bench = try await SchedulerBench(.async, storage, adjust)
            let (asked, timesAsked, mayEnd, begun) = (asked, timesAsked, mayEnd, begun)
            try bench.scheduler.register("long") { (_: TaskContext) in
                begun.add()
                if onlyOnce, begun.value > 1 { return }
                let (never, source) = AsyncStream.makeStream(of: Void.self)
                // It ends when the task is cancelled.
                for await _ in never {}
                source.finish()
                timesAsked.add()
                asked.open()
                await mayEnd.wait()
                try end()
            }
            try bench.scheduler.register("tell") { (context: TaskContext) in
                context.log("\(context.failure?.outcome.rawValue ?? "nothing"): \(context.failure?.error ?? "")")
            }
            try await bench.scheduler.addJob(
                id: "long", task: "long", trigger: trigger, JobOptions(policies: policies))
        }

        var scheduler: any Scheduler { bench.scheduler }

        /// Starts it, and returns when a run has begun.
        func start() async throws {
            let known = bench.log.events.count
            try await (scheduler as? AsyncScheduler)?.start()
            await bench.log.wait(after: known) { if case .runStarted = $0 { true } else { false } }
        }

        /// The job's only run of a kind.
        func run(_ kind: Occurrence.Kind = .scheduled) async throws -> Run {
            let runs = try await bench.store.runs(RunFilter(), page: Page()).filter { $0.id.occurrence.kind == kind }
            try #require(runs.count == 1)
            return try #require(runs.first)
        }

        /// How often an event came that says that a run was interrupted.
        var interruptions: Int { count { if case .runInterrupted = $0 { true } else { false } } }

        func count(_ isMeant: (SchedulerEvent.Kind) -> Bool) -> Int { bench.log.events.count { isMeant($0.kind) } }

        /// Lets time go by, from one time that somebody waits for to the next, until something is so, but no further than so
        /// far from now.
        func pass(_ most: Duration, until isSo: () -> Bool) async {
            let end = bench.clock.monotonic + most.wholeMicroseconds
            while !isSo() {
                if let next = bench.clock.nextWakeUp, next <= end {
                    bench.clock.advance(by: .microseconds(next - bench.clock.monotonic))
                }
                await Task.yield()
            }
        }

        /// Lets the half second go by after which runs are asked to end, and no second more, after which they are left.
        func passDeadline() async { await pass(.milliseconds(900)) { timesAsked.value > 0 } }
    }

    /// How a scheduler may come to ask its runs to end.
    enum Stop: String, CaseIterable, Sendable {
        case cancel, deadline, cancelWhileDraining
    }

    static let stops = SchedulerBench.Storage.allCases.flatMap { storage in Stop.allCases.map { (storage, $0) } }

    /// Stops a scheduler, and returns when all its events have come.
    private func stop(_ scene: Scene, _ how: Stop) async {
        let scheduler = scene.scheduler
        let known = scene.bench.log.events.count
        scene.mayEnd.open()
        switch how {
        case .cancel: await scheduler.shutdown(.cancel)
        case .deadline:
            async let end: Void = scheduler.shutdown(.drain, deadline: .milliseconds(500))
            await scene.passDeadline()
            await end
        case .cancelWhileDraining:
            async let end: Void = scheduler.shutdown(.drain)
            async let sooner: Void = scheduler.shutdown(.cancel, deadline: .seconds(1))
            _ = await (end, sooner)
        }
        await scene.bench.log.wait(after: known) { if case .shutDown = $0 { true } else { false } }
    }

    @Test("Interrupted by the stop, a run is run again when the same scheduler is started again", arguments: stops)
    func runsAgain(_ storage: SchedulerBench.Storage, _ how: Stop) async throws {
        let scene = try await Scene(storage, onlyOnce: true)
        try await scene.start()
        await stop(scene, how)
        let between = try await scene.run()
        try #require(between.state == .ready)
        #expect(between.recoveries == 1 && between.finished == nil)
        #expect(between.error == "interrupted by the stop of node '\(scene.scheduler.node)'")
        #expect(scene.interruptions == 1)
        #expect(scene.count { if case .runEnded = $0 { true } else { false } } == 0)
        try await (scene.scheduler as? AsyncScheduler)?.start()
        await scene.bench.log.wait { if case .runEnded(_, .succeeded, _) = $0 { true } else { false } }
        let run = try await scene.run()
        #expect(run.id == between.id && run.state == .finished(.succeeded))
        #expect(run.recoveries == 1 && run.error == nil)
        #expect(scene.begun.value == 2)
        await scene.scheduler.shutdown()
    }

    /// Nobody waits for the lease of a node that left in good order.
    @Test("Another node takes it at once", arguments: SchedulerBench.Storage.allCases)
    func anotherNode(_ storage: SchedulerBench.Storage) async throws {
        let scene = try await Scene(storage)
        try await scene.start()
        var options = SchedulerOptions()
        options.clock = scene.bench.clock
        options.stores["default"] = scene.bench.store
        let other = AsyncScheduler(options)
        let log = EventLog()
        other.engine.addSynchronousListener { log.append($0) }
        try other.register("long") { (_: TaskContext) in }
        try await other.start()
        await other.engine.waitUntilSettled()
        let begin = scene.bench.clock.monotonic
        await stop(scene, .cancel)
        // A store in memory tells at once, and a file by the next heartbeat.
        try #require(try await scene.run().state != .finished(.cancelled))
        await scene.pass(.seconds(5)) {
            log.events.contains { if case .runEnded(_, .succeeded, _) = $0.kind { true } else { false } }
        }
        #expect(scene.bench.clock.monotonic - begin < options.lease.wholeMicroseconds)
        #expect(try await scene.run().node == other.node)
        await other.shutdown()
    }

    @Test("With markLost it is lost, which the task for failed runs is told", arguments: stops)
    func markLost(_ storage: SchedulerBench.Storage, _ how: Stop) async throws {
        let metrics = TestMetrics()
        var policies = JobPolicies()
        policies.recovery = .markLost
        policies.retry = RetryPolicy(count: 5, backoff: .constant(.seconds(0)))
        policies.onFailure = FailureTask(TaskName("tell"))
        let scene = try await Scene(storage, policies, adjust: { $0.metrics = metrics })
        try await scene.start()
        await stop(scene, how)
        let words = "interrupted by the stop of node '\(scene.scheduler.node)'"
        let run = try await scene.run()
        #expect(run.state == .finished(.lost) && run.error == words)
        #expect(scene.interruptions == 0)
        #expect(scene.count { if case .runEnded(_, .lost, words) = $0 { true } else { false } } == 1)
        let labels = [("task", "long"), ("outcome", "lost")]
        #expect(try metrics.expectCounter("carillon_runs_ended", labels).totalValue == 1)
        #expect(try await scene.run(.onFailure).state == .ready)
        try await (scene.scheduler as? AsyncScheduler)?.start()
        await scene.bench.log.wait { if case .runEnded(_, .succeeded, _) = $0 { true } else { false } }
        let told = try await scene.run(.onFailure).log.map { String(decoding: $0, as: UTF8.self) }
        #expect(told == "lost: \(words)\n")
        #expect(scene.begun.value == 1)
        await scene.scheduler.shutdown()
    }

    @Test("At the fourth time without an outcome it is lost", arguments: SchedulerBench.Storage.allCases)
    func tooOften(_ storage: SchedulerBench.Storage) async throws {
        let scene = try await Scene(storage)
        for time in 1...4 {
            try await scene.start()
            await stop(scene, .cancel)
            let run = try await scene.run()
            #expect(run.state == (time < 4 ? .ready : .finished(.lost)))
            #expect(run.recoveries == time && run.fence == Int64(time))
        }
        #expect(scene.begun.value == 4 && scene.interruptions == 3)
    }

    /// When and how somebody wants the run to be cancelled whose scheduler stops.
    enum Wish: String, CaseIterable, Sendable {
        case before, beforeByAnotherProcess, during, duringByAnotherProcess
    }

    @Test(
        "What somebody wants to be cancelled is cancelled, before the stop and during it",
        arguments: SchedulerBench.Storage.allCases.flatMap { storage in Wish.allCases.map { (storage, $0) } })
    func cancelled(_ storage: SchedulerBench.Storage, _ wish: Wish) async throws {
        let scene = try await Scene(storage)
        try await scene.start()
        let id = try await scene.run().id
        let now = scene.bench.clock.now
        switch wish {
        case .before: #expect(try await scene.scheduler.cancelRun(id))
        case .beforeByAnotherProcess: #expect(try await scene.bench.store.cancel(id, at: now))
        case .during, .duringByAnotherProcess: break
        }
        let scheduler = scene.scheduler
        async let end: Void = scheduler.shutdown(.cancel)
        await scene.asked.wait()
        switch wish {
        case .before, .beforeByAnotherProcess: break
        case .during: #expect(try await scene.scheduler.cancelRun(id))
        case .duringByAnotherProcess: #expect(try await scene.bench.store.cancel(id, at: now))
        }
        scene.mayEnd.open()
        await end
        let run = try await scene.run()
        #expect(run.state == .finished(.cancelled) && run.error == nil)
        #expect(scene.interruptions == 0)
        try await (scene.scheduler as? AsyncScheduler)?.start()
        await scene.scheduler.engine.waitUntilSettled()
        #expect(scene.begun.value == 1)
        await scene.scheduler.shutdown()
    }

    @Test("Cancelled between the stop and the next start, it is cancelled", arguments: SchedulerBench.Storage.allCases)
    func cancelledAfterwards(_ storage: SchedulerBench.Storage) async throws {
        let scene = try await Scene(storage)
        try await scene.start()
        await stop(scene, .cancel)
        #expect(try await scene.bench.store.cancel(try await scene.run().id, at: scene.bench.clock.now))
        let run = try await scene.run()
        #expect(run.state == .finished(.cancelled) && run.error == nil)
    }

    @Test("What ends by itself in the time it has is written as that", arguments: SchedulerBench.Storage.allCases)
    func ownOutcome(_ storage: SchedulerBench.Storage) async throws {
        let good = try await Scene(storage, end: {})
        try await good.start()
        await stop(good, .cancel)
        #expect(try await good.run().state == .finished(.succeeded))
        var policies = JobPolicies()
        policies.onFailure = FailureTask(TaskName("tell"))
        let bad = try await Scene(storage, policies, end: { throw Trouble() })
        try await bad.start()
        await stop(bad, .cancel)
        let failed = try await bad.run()
        #expect(failed.state == .finished(.failed) && failed.error == "Trouble()" && failed.recoveries == 0)
        #expect(try await bad.run(.onFailure).state == .ready)
    }

    /// The pass that writes what ended meanwhile looks at a job that is due.
    @Test("What is due meanwhile is left to the next start", arguments: SchedulerBench.Storage.allCases)
    func nothingFires(_ storage: SchedulerBench.Storage) async throws {
        var policies = JobPolicies()
        policies.maxInstances = 2
        let scene = try await Scene(storage, policies, trigger: .interval(minutes: 1), end: {})
        try await scene.start()
        async let end: Void = scene.scheduler.shutdown(.cancel)
        await scene.asked.wait()
        scene.bench.clock.advance(by: .seconds(90))
        scene.mayEnd.open()
        await end
        let first = try await scene.run()
        #expect(first.state == .finished(.succeeded))
        let next = try #require(try await scene.scheduler.job("long").job.next)
        #expect(next.scheduled == first.id.occurrence.scheduled.advanced(byMicroseconds: 60_000_000))
    }

    @Test("A timeout that passes meanwhile is one", arguments: SchedulerBench.Storage.allCases)
    func timeout(_ storage: SchedulerBench.Storage) async throws {
        var policies = JobPolicies()
        policies.timeout = .seconds(60)
        let scene = try await Scene(storage, policies)
        try await scene.start()
        let scheduler = scene.scheduler
        async let end: Void = scheduler.shutdown(.cancel)
        await scene.asked.wait()
        scene.bench.clock.advance(by: .seconds(61))
        await scene.bench.log.wait { if case .runOverdue = $0 { true } else { false } }
        scene.mayEnd.open()
        await end
        #expect(try await scene.run().state == .finished(.timedOut))
    }

    @Test("Left behind, it is run again once it has ended", arguments: SchedulerBench.Storage.allCases)
    func leftBehind(_ storage: SchedulerBench.Storage) async throws {
        let scene = try await Scene(storage, onlyOnce: true)
        try await scene.start()
        let scheduler = scene.scheduler
        let hasEnded = Counter()
        Task {
            await scheduler.shutdown(.cancel, deadline: .milliseconds(500))
            hasEnded.add()
        }
        await scene.pass(.seconds(60)) { hasEnded.value > 0 }
        #expect(try await scene.run().state == .running(node: scheduler.node))
        try await (scheduler as? AsyncScheduler)?.start()
        scene.mayEnd.open()
        await scene.bench.log.wait { if case .runEnded(_, .succeeded, _) = $0 { true } else { false } }
        #expect(scene.interruptions == 1 && scene.begun.value == 2)
        await scheduler.shutdown()
    }

    @Test("Without its job it is lost", arguments: SchedulerBench.Storage.allCases)
    func withoutJob(_ storage: SchedulerBench.Storage) async throws {
        let scene = try await Scene(storage)
        try await scene.start()
        let id = try await scene.run().id
        try await scene.scheduler.removeJob("long")
        await stop(scene, .cancel)
        let run = try #require(try await scene.bench.store.run(id))
        #expect(run.state == .finished(.lost) && run.error?.contains("its job was removed") == true)
        #expect(scene.count { if case .runEnded(id, .lost, _) = $0 { true } else { false } } == 1)
    }

    @Test("What the removal of its store interrupts is ready for others")
    func removedStore() async throws {
        let scene = try await Scene(.memory)
        try await scene.scheduler.addStore(MemoryJobStore(), as: "other")
        try await scene.start()
        let scheduler = scene.scheduler
        scene.mayEnd.open()
        let end = Task { try await scheduler.removeStore("default", deadline: .milliseconds(500)) }
        await scene.passDeadline()
        try await end.value
        let run = try await scene.run()
        #expect(run.state == .ready && run.recoveries == 1)
        await scene.bench.log.wait { if case .runInterrupted(run.id) = $0 { true } else { false } }
        await scheduler.shutdown()
    }
}
