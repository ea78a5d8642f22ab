import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Foundation
import Testing

/// A run that is at work on one node is cancelled from elsewhere, on every store that several nodes may share.
@Suite(.timeLimit(.minutes(10))) struct CancelTests {
    /// A kind of store that several processes may open.
    enum SharedStorage: String, CaseIterable, Sendable {
        case sqlite
    }

    /// Who wants the run to end.
    enum Canceller: String, CaseIterable, Sendable {
        /// Somebody with another handle of the store, who runs no scheduler.
        case handle
        /// Another scheduler on the store.
        case scheduler
        /// The command, in a process of its own.
        case process
    }

    /// A node with a run at work, in time as it goes.
    private struct Node {
        let path: String
        let scheduler: AsyncScheduler
        let events = EventLog()
        /// Held until the run is asked to end.
        let asked = AsyncGate()

        init(_ storage: SharedStorage) async throws {
            path = try Program.folder().appending(path: "jobs.sqlite").path
            var options = SchedulerOptions()
            options.stores["default"] = try await Self.open(storage, path)
            scheduler = AsyncScheduler(options)
            scheduler.addListener { [events] in events.append($0) }
            let asked = asked
            try scheduler.register("held") { (_: TaskContext) in
                await withTaskCancellationHandler {
                    await asked.wait()
                } onCancel: {
                    asked.open()
                }
                try Task.checkCancellation()
            }
        }

        static func open(_ storage: SharedStorage, _ path: String) async throws -> any JobStore {
            switch storage {
            case .sqlite: try await SQLiteJobStore(path: path)
            }
        }

        func startRun() async throws -> Run.ID {
            try await scheduler.addJob(id: "held", task: "held")
            try await scheduler.start()
            await events.expect("the run begins") { if case .runStarted = $0 { true } else { false } }
            return try #require(try await scheduler.runs(of: "held").first).id
        }
    }

    @Test(arguments: SharedStorage.allCases, Canceller.allCases)
    func fromElsewhere(_ storage: SharedStorage, _ canceller: Canceller) async throws {
        let node = try await Node(storage)
        let run = try await node.startRun()
        switch canceller {
        case .handle:
            let store = try await Node.open(storage, node.path)
            #expect(try await store.cancel(run, at: SystemClock().now))
        case .scheduler:
            var options = SchedulerOptions()
            options.stores["default"] = try await Node.open(storage, node.path)
            let other = AsyncScheduler(options)
            try await other.start()
            #expect(try await other.cancelRun(run))
            await other.shutdown()
        case .process:
            let lines = try await Program(name: "carillon").output(
                "runs", "cancel", run.description, "--store", "\(storage.rawValue):///\(node.path)")
            #expect(lines.count == 1 && lines.first?.contains(/^held\/\S+: cancel requested$/) == true, "\(lines)")
        }
        await node.events.expect("the run is cancelled") {
            if case .runEnded(run, .cancelled, _) = $0 { true } else { false }
        }
        #expect(try await node.scheduler.runs(of: "held").map(\.state) == [.finished(.cancelled)])
        node.asked.open()
        await node.scheduler.shutdown(.cancel)
    }

    /// The store has no heartbeats that would say so again.
    @Test("A run that gives way is asked to end though the answer of the pass that wrote it was lost")
    func lostAnswer() async throws {
        let clock = ManualClock(now: SchedulerBench.start)
        let store = TroubledStore(MemoryJobStore { clock.now })
        var options = SchedulerOptions()
        options.clock = clock
        options.stores["default"] = store
        let scheduler = AsyncScheduler(options)
        let log = EventLog()
        scheduler.engine.addSynchronousListener { log.append($0) }
        let gate = AsyncGate()
        try scheduler.register("held") { (_: TaskContext) in
            await withTaskCancellationHandler {
                await gate.wait()
            } onCancel: {
                gate.open()
            }
            try Task.checkCancellation()
        }
        var policies = JobPolicies()
        policies.atLimit = .replace
        try await scheduler.addJob(
            id: "held", task: "held", trigger: .interval(minutes: 1), JobOptions(policies: policies))
        try await scheduler.start()
        await log.expect("the run begins") { if case .runStarted = $0 { true } else { false } }
        store.get(into: .unavailableAfterWriting)
        clock.advance(by: .seconds(60))
        await log.expect("the store fails") { if case .storeFailed = $0 { true } else { false } }
        store.get(into: .none)
        clock.advance(by: .seconds(1))
        await log.expect("the run is cancelled") { if case .runEnded(_, .cancelled, _) = $0 { true } else { false } }
        gate.open()
        await scheduler.shutdown(.cancel)
    }

    @Test("A run whose job was removed meanwhile is cancelled by its node", arguments: SchedulerBench.Storage.allCases)
    func withoutItsJob(_ storage: SchedulerBench.Storage) async throws {
        let held = try await HeldRuns(storage)
        try await held.start()
        await held.expectStart(0)
        let run = try #require(try await held.runs().first).id
        try await held.bench.scheduler.removeJob("held")
        #expect(try await held.bench.scheduler.cancelRun(run))
        await held.expectEnd(0, .cancelled)
        await #expect(throws: CarillonError.self) { try await held.bench.scheduler.cancelRun(run) }
        await held.end()
    }
}
