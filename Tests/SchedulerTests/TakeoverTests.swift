import Carillon
import CarillonTesting
import CarillonTriggers
import Logging
import Testing

/// Two nodes, one of which does not reach their store for longer than its lease while it has a run at work.
@Suite(.timeLimit(.minutes(10))) struct TakeoverTests {
    /// A scheduler with what it says, and how it sees the store.
    private struct Node {
        let scheduler: AsyncScheduler
        let store: TroubledStore
        let events = EventLog()
        let logged = LoggedLines()
        let begun = Counter()
        /// Open once its task has been asked to end.
        let asked = AsyncGate()
        /// What its task waits for, and what ends that.
        let held: AsyncStream<Void>
        let hold: AsyncStream<Void>.Continuation

        init(_ store: any JobStore, _ clock: ManualClock) {
            (held, hold) = AsyncStream.makeStream(of: Void.self)
            self.store = TroubledStore(store, isShared: true)
            var options = SchedulerOptions()
            options.clock = clock
            options.stores["default"] = self.store
            options.logger = logged.logger
            scheduler = AsyncScheduler(options)
            scheduler.engine.addSynchronousListener { [events] in events.append($0) }
        }

        func count(_ isMeant: (SchedulerEvent.Kind) -> Bool) -> Int { events.events.count { isMeant($0.kind) } }

        var refusals: Int { count { if case .runRefused = $0 { true } else { false } } }

        var ends: Int { count { if case .runEnded = $0 { true } else { false } } }

        /// What it said of runs that others have.
        var takeovers: [LoggedLines.Line] { logged.lines(with: "taken over") }
    }

    private struct Scene {
        let clock = ManualClock(now: SchedulerBench.start)
        /// The one with the run.
        let first: Node
        let second: Node
        let store: MemoryJobStore

        /// Starts both, and returns when the run of the first has begun.
        init() async throws {
            let clock = clock
            store = MemoryJobStore { clock.now }
            first = Node(store, clock)
            second = Node(store, clock)
            try first.scheduler.register("long") { [first] (_: TaskContext) in
                first.begun.add()
                for await _ in first.held {}
                guard Task.isCancelled else { return }
                first.asked.open()
                throw CancellationError()
            }
            try second.scheduler.register("long") { [second] (_: TaskContext) in second.begun.add() }
            try await first.scheduler.addJob(id: "long", task: "long", trigger: .date(SchedulerBench.start.date))
            try await first.scheduler.start()
            await first.events.wait { if case .runStarted = $0 { true } else { false } }
            try await second.scheduler.start()
        }

        /// Lets time go by, from one thing that somebody waits for to the next, until something is so, but no longer than so
        /// long.
        func pass(_ most: Duration, until isSo: () -> Bool = { false }) async {
            let end = clock.monotonic + most.wholeMicroseconds
            while !isSo(), clock.monotonic < end {
                // Each of the two has a heartbeat that sleeps, and a lane with an alarm.
                await clock.waitForSleepers(4)
                // What the heartbeats told is looked at before the next ones are sent.
                for _ in 0..<3 { await first.scheduler.engine.answer() }
                await second.scheduler.engine.waitUntilSettled()
                guard let next = clock.nextWakeUp else { return }
                clock.advance(by: .microseconds(next - clock.monotonic))
            }
        }

        /// Lets time go by until the second has begun the run.
        func passUntilTakenOver() async throws {
            await pass(.seconds(300)) { second.begun.value > 0 }
            try #require(second.begun.value == 1)
        }

        var run: Run? {
            get async throws { try await store.runs(RunFilter(), page: Page()).first }
        }

        func shutdown() async {
            await first.scheduler.shutdown()
            await second.scheduler.shutdown()
        }
    }

    private func expectTakeover(_ scene: Scene, _ words: String) async throws {
        let run = try #require(try await scene.run)
        #expect(run.state == .finished(.succeeded) && run.node == scene.second.scheduler.node)
        let lines = scene.first.takeovers
        #expect(lines.count == 1 && lines.first?.level == .warning)
        #expect(lines.first?.message.contains("by node '\(scene.second.scheduler.node)'") == true)
        #expect(lines.first?.message.hasSuffix(words) == true)
        #expect(lines.first?.metadata == ["store": "default", "job": "long", "run": "\(run.id)"])
        #expect(scene.first.refusals == 1 && scene.first.ends == 0)
        #expect(scene.second.takeovers.isEmpty && scene.second.refusals == 0)
    }

    @Test("A node that can still read its store sees that another has its run, and ends its own work")
    func readable() async throws {
        let scene = try await Scene()
        scene.first.store.get(into: .refusingWrites)
        try await scene.passUntilTakenOver()
        await scene.pass(.seconds(5)) { !scene.first.takeovers.isEmpty }
        try #require(scene.first.takeovers.count == 1)
        await scene.first.asked.wait()
        await scene.first.events.wait { if case .runRefused = $0 { true } else { false } }
        await scene.pass(.seconds(30))
        try await expectTakeover(scene, "its work here is ended and its outcome does not count")
        scene.first.store.get(into: .none)
        await scene.pass(.seconds(30))
        try await expectTakeover(scene, "its work here is ended and its outcome does not count")
        await scene.shutdown()
    }

    @Test("A node that was silent and hears of its store again ends what another has by then")
    func silent() async throws {
        let scene = try await Scene()
        scene.first.store.get(into: .unavailable)
        try await scene.passUntilTakenOver()
        await scene.pass(.seconds(30))
        #expect(scene.first.takeovers.isEmpty)
        scene.first.store.get(into: .none)
        await scene.pass(.seconds(100)) { !scene.first.takeovers.isEmpty }
        try #require(scene.first.takeovers.count == 1)
        await scene.first.asked.wait()
        await scene.first.events.wait { if case .runRefused = $0 { true } else { false } }
        await scene.pass(.seconds(5))
        try await expectTakeover(scene, "its work here is ended and its outcome does not count")
        await scene.shutdown()
    }

    @Test("What has ended by itself meanwhile does not count, and that is said")
    func ended() async throws {
        let scene = try await Scene()
        scene.first.store.get(into: .unavailable)
        try await scene.passUntilTakenOver()
        scene.first.hold.finish()
        await scene.pass(.seconds(5))
        #expect(scene.first.takeovers.isEmpty)
        scene.first.store.get(into: .none)
        await scene.pass(.seconds(200)) { !scene.first.takeovers.isEmpty }
        try #require(scene.first.takeovers.count == 1)
        await scene.first.events.wait { if case .runRefused = $0 { true } else { false } }
        await scene.pass(.seconds(5))
        try await expectTakeover(scene, "the outcome of its work here does not count")
        await scene.shutdown()
    }

    /// Nobody is declared dead while nobody has a lease.
    @Test("A store that nobody reaches has nobody's runs end, and is told of once a minute")
    func outage() async throws {
        let scene = try await Scene()
        await scene.pass(.seconds(15))
        for node in [scene.first, scene.second] { node.store.get(into: .unavailable) }
        await scene.pass(.seconds(150))
        for node in [scene.first, scene.second] { node.store.get(into: .none) }
        await scene.pass(.seconds(30))
        for node in [scene.first, scene.second] {
            let first = node.logged.lines(with: "a heartbeat failed: ")
            #expect(first.count == 1 && first.first?.level == .warning)
            #expect(first.first?.metadata == ["store": "default"])
            let later = node.logged.lines(with: "heartbeats have failed since 2027-01-15T08:00:1")
            #expect(later.count == 2 && later.allSatisfy { $0.level == .warning })
            #expect(node.logged.lines(with: "heartbeats are answered again").count == 1)
            #expect(node.takeovers.isEmpty)
        }
        #expect(scene.second.begun.value == 0 && scene.first.begun.value == 1)
        scene.first.hold.finish()
        await scene.first.events.wait { if case .runEnded(_, .succeeded, _) = $0 { true } else { false } }
        await scene.shutdown()
    }

    /// The pass with the end of the run was written, and its answer was lost; the repetition is refused.
    @Test("An end that was written though nobody heard of it counts, and nothing was taken over")
    func lostAnswer() async throws {
        let scene = try await Scene()
        scene.first.store.get(into: .unavailableAfterWriting)
        scene.first.hold.finish()
        await scene.first.events.wait { if case .storeFailed = $0 { true } else { false } }
        scene.first.store.get(into: .none)
        await scene.pass(.seconds(200)) { scene.first.ends + scene.first.refusals > 0 }
        await scene.pass(.seconds(5))
        #expect(scene.first.count { if case .runEnded(_, .succeeded, nil) = $0 { true } else { false } } == 1)
        #expect(scene.first.refusals == 0 && scene.first.takeovers.isEmpty)
        #expect(scene.second.begun.value == 0)
        await scene.shutdown()
    }
}
