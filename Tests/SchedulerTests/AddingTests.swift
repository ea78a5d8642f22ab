import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

/// How jobs that are added get to their store.
@Suite(.timeLimit(.minutes(10))) struct AddingTests {
    /// A scheduler that is at work, on a store that gets into trouble and says what was asked of it.
    private struct Scene {
        let bench: SchedulerBench
        let store: TroubledStore
        let scheduler: AsyncScheduler
        let log = EventLog()
        let runs = Counter()
        /// What the runs of `hold` wait for.
        let gate = AsyncGate()

        /// - Parameter untilIdle: Whether it stops when nothing is left to do; then a job `held` runs `hold`.
        init(_ storage: SchedulerBench.Storage = .memory, untilIdle: Bool = false) async throws {
            bench = try await SchedulerBench(.async, storage)
            store = TroubledStore(bench.store, isShared: false)
            scheduler = try bench.scheduler(on: store, log, counting: runs)
            try scheduler.register("hold") { [gate] (_: TaskContext) async in await gate.wait() }
            if untilIdle {
                try await scheduler.addJob(id: "held", task: "hold", SchedulerBench.kept)
                try scheduler.engine.claimStart()
                try await scheduler.engine.start(untilIdle: true)
            } else {
                try await scheduler.start()
                await scheduler.engine.waitUntilSettled()
            }
        }

        /// Adds a job that is due at once.
        func addDue(_ id: String, _ options: JobOptions = SchedulerBench.kept) async throws {
            try await scheduler.addJob(id: id, task: "count", options)
        }

        /// Adds a job that is due in a day.
        func addLater(_ id: String) async throws {
            try await scheduler.addJob(id: id, task: "count", trigger: .date(tomorrow))
        }

        private var tomorrow: Date { SchedulerBench.start.advanced(byMicroseconds: 86_400_000_000).date }

        /// Adds jobs at once while the store holds the call of the first one, and goes on when all are on their way.
        ///
        /// - Parameters:
        ///   - waiting: How many calls wait then.
        ///   - goOn: What is done then.
        /// - Returns: The error of each call, in the order of the ids.
        func addTogether(
            _ ids: [String], areDue: Bool = false, waiting: Int, goOn: @Sendable () async -> Void
        ) async -> [CarillonError?] {
            store.get(into: areDue ? .hangingAtPasses : .hangingAtAdditions)
            return await withTaskGroup(of: (Int, CarillonError?).self) { group in
                for (index, id) in ids.enumerated() {
                    group.addTask {
                        do {
                            if areDue { try await addDue(id) } else { try await addLater(id) }
                            return (index, nil)
                        } catch {
                            return (index, error as? CarillonError)
                        }
                    }
                    // The others come while it is held.
                    if index == 0 { while store.hangingCalls == 0 { await Task.yield() } }
                }
                while await scheduler.engine.waitingAdditions < waiting { await Task.yield() }
                await goOn()
                return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
            }
        }

        /// Checks that some jobs are there, each once, and whether each has run, once.
        func expectAll(_ ids: [String], haveRun: Bool) async throws {
            await scheduler.engine.waitUntilSettled()
            #expect(try await scheduler.jobs().map(\.job.id.description).sorted() == ids.sorted())
            if haveRun { await log.expect("all run") { [runs] _ in runs.value >= ids.count } }
            await scheduler.engine.waitUntilSettled()
            #expect(runs.value == (haveRun ? ids.count : 0))
        }

        /// The ids of jobs that events say were added, in order.
        var told: [String] {
            log.events.compactMap { if case .jobAdded(let id, _) = $0.kind { id.description } else { nil } }
        }

        /// The ids that the store was given to add, call by call.
        var given: [[String]] {
            store.log.compactMap { call in
                switch call {
                case .insert(let ids), .pass(let ids): ids.isEmpty ? nil : ids
                case .commit, .earliest: nil
                }
            }
        }
    }

    @Test("A due job is added, fired and taken by one call of the store", arguments: SchedulerBench.Storage.allCases)
    func oneCall(_ storage: SchedulerBench.Storage) async throws {
        let scene = try await Scene(storage)
        let before = scene.store.log.count
        try await scene.addDue("once")
        await scene.log.expect("it ends") { if case .runEnded = $0 { true } else { false } }
        await scene.scheduler.engine.waitUntilSettled()
        #expect(Array(scene.store.log.dropFirst(before)) == [.pass(["once"]), .pass([])])
        #expect(scene.runs.value == 1)
        let names = scene.log.events.compactMap { event -> String? in
            switch event.kind {
            case .jobAdded: "added"
            case .runStarted: "started"
            case .runEnded: "ended"
            default: nil
            }
        }
        #expect(names == ["added", "started", "ended"])
        await scene.scheduler.shutdown()
    }

    @Test("A job that is due later is added without a pass") func later() async throws {
        let scene = try await Scene(.sqlite)
        let before = scene.store.log.count
        try await scene.addLater("later")
        await scene.scheduler.engine.waitUntilSettled()
        #expect(Array(scene.store.log.dropFirst(before)) == [.insert(["later"])])
        await scene.bench.clock.advance(scene.scheduler.engine, by: .seconds(86_400))
        #expect(scene.runs.value == 1)
        await scene.scheduler.shutdown()
    }

    @Test("A scheduler that is paused adds a due job, and fires nothing") func paused() async throws {
        let scene = try await Scene()
        await scene.scheduler.pause()
        try await scene.addDue("once")
        #expect(scene.given == [["once"]])
        #expect(scene.store.log.contains(.insert(["once"])))
        #expect(scene.runs.value == 0)
        await scene.scheduler.shutdown()
    }

    @Test("A plan that is made twice starts its run once") func planningTwice() async throws {
        let scene = try await Scene()
        scene.store.get(into: .planningTwice)
        for number in 0..<5 { try await scene.addDue("\(number)") }
        await scene.log.expect("all end") { [runs = scene.runs] _ in runs.value == 5 }
        await scene.scheduler.engine.waitUntilSettled()
        #expect(scene.runs.value == 5)
        await scene.scheduler.shutdown()
    }

    @Test("What 64 tasks add at once is written together, and each has its own answer")
    func together() async throws {
        let scene = try await Scene(.sqlite)
        // Sixteen ids are given twice.
        let ids = (0..<64).map { "job \($0 % 48)" }
        let errors = await scene.addTogether(ids, waiting: 47) { scene.store.get(into: .none) }
        #expect(errors.count { $0 == nil } == 48)
        #expect(errors.count { $0?.code == .jobExists } == 16)
        #expect(scene.given.prefix(2).map(\.count) == [1, 47])
        #expect(scene.given.count < 20)
        #expect(scene.told == Array(scene.given.prefix(2).joined()), "events in the order of what was written")
        #expect(Set(scene.told).count == 48)
        #expect(try await scene.scheduler.jobs().count == 48)
        await scene.scheduler.shutdown()
    }

    @Test("Due jobs that are added at once are fired by one pass, each once") func dueTogether() async throws {
        let scene = try await Scene(.sqlite)
        let ids = (0..<64).map { "job \($0)" }
        let errors = await scene.addTogether(ids, areDue: true, waiting: 63) { scene.store.get(into: .none) }
        #expect(errors.allSatisfy { $0 == nil })
        #expect(scene.given.map(\.count) == [1, 63])
        #expect(scene.store.log.allSatisfy { if case .insert = $0 { false } else { true } })
        await scene.log.expect("all run") { [runs = scene.runs] _ in runs.value == 64 }
        await scene.scheduler.engine.waitUntilSettled()
        #expect(scene.runs.value == 64)
        #expect(Set(scene.told).count == 64)
        await scene.scheduler.shutdown()
    }

    @Test(
        "Where the store fails, each adder is told, and nothing is added twice",
        arguments: [TroubledStore.Trouble.unavailable, .unavailableAfterWriting], [false, true])
    func failing(_ trouble: TroubledStore.Trouble, areDue: Bool) async throws {
        let scene = try await Scene()
        let ids = (0..<20).map { "job \($0)" }
        let errors = await scene.addTogether(ids, areDue: areDue, waiting: 19) { scene.store.get(into: trouble) }
        #expect(errors.count { $0?.code == .storeUnavailable } >= 19)
        scene.store.get(into: .none)
        // The lane waits a little before it looks again.
        await scene.bench.clock.advance(scene.scheduler.engine, by: .seconds(10))
        for id in ids {
            if areDue {
                try await scene.addDue(id, JobOptions(ifExists: .keep))
            } else {
                // It may be there already.
                try? await scene.addLater(id)
            }
        }
        try await scene.expectAll(ids, haveRun: areDue)
        await scene.scheduler.shutdown()
    }

    @Test("A scheduler that stops when it is idle is not so while a job is added, and stops afterwards")
    func idleWhileAJobIsAdded() async throws {
        let scene = try await Scene(untilIdle: true)
        await scene.log.expect("it begins") { if case .runStarted = $0 { true } else { false } }
        scene.store.get(into: .hangingAtPasses)
        scene.gate.open()
        while scene.store.hangingCalls == 0 { await Task.yield() }
        // It comes while the end of the run is written, and the lane comes to rest before it is added.
        let addition = Task { try await scene.addLater("held") }
        while await scene.scheduler.engine.waitingAdditions == 0 { await Task.yield() }
        scene.store.get(into: .hangingAtAdditions)
        await scene.log.expect("it ends") { if case .runEnded = $0 { true } else { false } }
        for _ in 0..<100 { await scene.scheduler.engine.answer() }
        #expect(scene.scheduler.isRunning)
        scene.store.get(into: .none)
        await #expect(throws: CarillonError.self, "the id is taken") { try await addition.value }
        await scene.log.expect("it stops") { if case .shutDown = $0 { true } else { false } }
    }

    @Test("A shutdown in the middle leaves no adder without an answer", arguments: [false, true])
    func shutdown(areDue: Bool) async throws {
        let scene = try await Scene()
        let ids = (0..<20).map { "job \($0)" }
        let (scheduler, store) = (scene.scheduler, scene.store)
        let errors = await scene.addTogether(ids, areDue: areDue, waiting: 19) {
            // A pass is waited for; what is added without one is not.
            async let end: Void = scheduler.shutdown()
            while areDue, await !scheduler.engine.isStopping { await Task.yield() }
            if !areDue { await end }
            store.get(into: .none)
            await end
        }
        #expect(errors.allSatisfy { $0 == nil })
        try await scene.scheduler.start()
        try await scene.expectAll(ids, haveRun: areDue)
        await scene.scheduler.shutdown()
    }
}
