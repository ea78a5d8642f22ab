import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

/// How a run that somebody asks for gets to its executor.
@Suite(.timeLimit(.minutes(10))) struct RunNowTests {
    private let bench: SchedulerBench
    private let store: TroubledStore
    private let scheduler: AsyncScheduler
    private let log = EventLog()
    private let runs = Counter()

    init() async throws {
        bench = try await SchedulerBench(.async, .sqlite)
        store = TroubledStore(bench.store, isShared: false)
        scheduler = try bench.scheduler(on: store, log, counting: runs)
        try await scheduler.start()
        let tomorrow = SchedulerBench.start.advanced(byMicroseconds: 86_400_000_000).date
        for id in ["a", "b", "c"] { try await scheduler.addJob(id: id, task: "count", trigger: .date(tomorrow)) }
        await scheduler.engine.waitUntilSettled()
    }

    /// Checks that so many runs have been made, each once, and are over.
    private func expectRuns(_ count: Int) async throws {
        await log.expect("\(count) end") { [runs] _ in runs.value >= count }
        await scheduler.engine.waitUntilSettled()
        #expect(runs.value == count)
        var ended = 0
        for id in ["a", "b", "c"] { ended += try await scheduler.runs(of: id).count }
        #expect(ended == count)
    }

    @Test("It is made and taken by one call of the store, and told of in order") func oneCall() async throws {
        let (calls, events) = (store.log.count, log.events.count)
        try await scheduler.runJob("a")
        try await expectRuns(1)
        #expect(Array(store.log.dropFirst(calls)) == [.pass([]), .pass([])])
        let names = log.events.dropFirst(events).compactMap { event -> String? in
            switch event.kind {
            case .runQueued: "queued"
            case .runStarted: "started"
            case .runEnded: "ended"
            default: nil
            }
        }
        #expect(names == ["queued", "started", "ended"])
        await scheduler.shutdown()
    }

    @Test("Several that are asked for at once, also of one job, run each once") func together() async throws {
        store.get(into: .hangingAtPasses)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for id in ["a", "a", "b", "a", "c"] { group.addTask { try await scheduler.runJob(id) } }
            while store.hangingCalls == 0 { await Task.yield() }
            store.get(into: .planningTwice)
            try await group.waitForAll()
        }
        try await expectRuns(5)
        await scheduler.shutdown()
    }

    @Test("Of a job that is not there it is said so, and of one that is paused it waits") func others() async throws {
        let error = await #expect(throws: CarillonError.self) { try await scheduler.runJob("none") }
        #expect(error?.code == .jobNotFound)
        _ = try await scheduler.pauseJob("b")
        try await scheduler.runJob("b")
        await scheduler.engine.waitUntilSettled()
        #expect(runs.value == 0)
        _ = try await scheduler.resumeJob("b")
        try await expectRuns(1)
        await scheduler.shutdown()
    }

    @Test("A scheduler that is paused makes it, and takes it when it goes on") func paused() async throws {
        await scheduler.pause()
        let calls = store.log.count
        try await scheduler.runJob("a")
        #expect(store.log.dropFirst(calls).contains(.commit))
        #expect(runs.value == 0)
        await scheduler.resume()
        try await expectRuns(1)
        await scheduler.shutdown()
    }

    @Test("Where the answer is lost the caller is told, and it runs once") func lostAnswer() async throws {
        store.get(into: .unavailableAfterWriting)
        let error = await #expect(throws: CarillonError.self) { try await scheduler.runJob("a") }
        #expect(error?.code == .storeUnavailable)
        store.get(into: .none)
        await bench.clock.advance(scheduler.engine, by: .seconds(60))
        try await expectRuns(1)
        await scheduler.shutdown()
    }

    @Test("A shutdown leaves nobody waiting who has asked for one") func shutdown() async throws {
        store.get(into: .hangingAtPasses)
        await withTaskGroup(of: Void.self) { group in
            for id in ["a", "b", "a"] { group.addTask { _ = try? await scheduler.runJob(id) } }
            while store.hangingCalls == 0 { await Task.yield() }
            group.addTask { await scheduler.shutdown() }
            while await !scheduler.engine.isStopping { await Task.yield() }
            store.get(into: .none)
            await group.waitForAll()
        }
    }
}
