import Carillon
import CarillonTesting
import CarillonTriggers
import Logging
import Testing

/// A store does not take what a node says of its runs, or takes it and nobody hears.
@Suite(.timeLimit(.minutes(10))) struct RefusedOutcomeTests {
    @Test(
        "An outcome is kept while its job, or the run, cannot be read, and is written when it can",
        arguments: [false, true])
    func unreadable(isOfRun: Bool) async throws {
        let node = try LoneNode()
        try await node.startRun()
        node.store.get(into: isOfRun ? .hidingRuns : .hidingJobs)
        node.gate.open()
        await node.pass { node.logged.lines(with: "cannot be read").count > 1 }
        let lines = node.logged.lines(with: "the outcome of a run cannot be written, since its job cannot be read")
        try #require(lines.count > 1)
        #expect(lines.first?.level == .warning)
        #expect(lines.first?.metadata["job"] == "long" && lines.first?.metadata["store"] == "default")
        #expect(node.refusals == 0 && node.ends(.succeeded) == 0)
        node.store.get(into: .none)
        await node.pass { node.ends(.succeeded) > 0 }
        #expect(node.ends(.succeeded) == 1 && node.begun.value == 1)
        #expect(try await node.kept.runs(RunFilter(), page: Page()).map(\.state) == [.finished(.succeeded)])
        await node.scheduler.shutdown()
        #expect(node.logged.lines(with: "has not been written").isEmpty)
    }

    @Test("A scheduler that stops with such an outcome says so, and writes it when it is started again")
    func stopped() async throws {
        let node = try LoneNode()
        try await node.startRun()
        node.store.get(into: .hidingJobs)
        node.gate.open()
        await node.pass { !node.logged.lines(with: "cannot be read").isEmpty }
        await node.scheduler.shutdown()
        let lines = node.logged.lines(with: "the outcome of a run has not been written")
        #expect(lines.count == 1 && lines.first?.level == .warning)
        node.store.get(into: .none)
        let known = node.events.events.count
        try await node.scheduler.start()
        await node.events.wait(after: known) { if case .runEnded(_, .succeeded, _) = $0 { true } else { false } }
        #expect(node.begun.value == 1)
        await node.scheduler.shutdown()
    }

    @Test("A retry of which nobody heard comes after the end of the attempt before it")
    func order() async throws {
        let node = try LoneNode(failures: 1)
        var options = JobOptions(policies: JobPolicies())
        options.policies?.retry = RetryPolicy(count: 1, backoff: .constant(.seconds(1)))
        try await node.addJob(options)
        try await node.scheduler.start()
        await node.events.wait { if case .runStarted = $0 { true } else { false } }
        node.store.get(into: .unavailableAfterWriting)
        node.gate.open()
        await node.events.wait { if case .storeFailed = $0 { true } else { false } }
        node.store.get(into: .unavailable)
        await node.pass(.seconds(2))
        node.store.get(into: .none)
        await node.pass { node.ends(.succeeded) > 0 }
        let story = node.events.events.compactMap { event -> String? in
            switch event.kind {
            case .runTaken(let run): "taken \(run.attempt)"
            case .runEnded(let run, let outcome, _): "\(outcome) \(run.attempt)"
            case .runRefused(let run): "refused \(run.attempt)"
            default: nil
            }
        }
        #expect(story == ["taken 1", "failed 1", "taken 2", "succeeded 2"])
        await node.scheduler.shutdown()
    }

    @Test("A cancelled run that the stop of its node ended is told of as cancelled, though nobody heard of it")
    func cancelled() async throws {
        let node = try LoneNode()
        try await node.startRun()
        let run = try #require(try await node.kept.runs(RunFilter(), page: Page()).first)
        // By somebody else: the next heartbeat would tell.
        _ = try await node.kept.cancel(run.id, at: node.clock.now)
        node.store.get(into: .unavailableAfterWriting)
        async let stop: Void = node.scheduler.shutdown(.cancel)
        await node.asked.wait()
        node.gate.open()
        await node.events.wait { if case .storeFailed = $0 { true } else { false } }
        await node.clock.waitForSleepers(2)
        node.store.get(into: .none)
        node.clock.advance(by: .seconds(1))
        await stop
        await node.events.wait { if case .shutDown = $0 { true } else { false } }
        #expect(node.ends(.cancelled) == 1 && node.refusals == 0)
        #expect(node.logged.lines(with: "does not count").isEmpty)
    }

    @Test("What a call that broke takes for the node after all is begun a lease later")
    func lateWrite() async throws {
        let node = try LoneNode()
        node.gate.open()
        try await node.addJob(after: .seconds(5))
        try await node.scheduler.start()
        node.store.get(into: .unavailable)
        await node.pass { !node.logged.lines(with: "job store failed").isEmpty }
        await node.scheduler.pause()
        node.store.get(into: .none)
        await node.pass { !node.logged.lines(with: "job store answers again").isEmpty }
        #expect(node.begun.value == 0)
        await node.pass(.seconds(6))
        let late = StorePass(now: node.clock.now, node: node.scheduler.node, tasks: [TaskName("long")])
        let taken = try await late.run(on: node.kept).taken
        try #require(taken.count == 1)
        #expect(node.begun.value == 0)
        await node.pass { node.begun.value > 0 }
        #expect(node.begun.value == 1)
        await node.scheduler.shutdown()
    }

    @Test("A run that is taken anew while the work of before goes on is begun, though nobody heard that it was taken")
    func anew() async throws {
        let node = try LoneNode()
        try await node.startRun()
        node.store.get(into: .unavailable)
        await node.pass { !node.logged.lines(with: "heartbeat failed").isEmpty }
        // Another node finds this one dead, and cannot run it.
        var recovery = StorePass(now: node.clock.now, node: try NodeID("other"), tasks: [])
        recovery.dead = [node.scheduler.node]
        _ = try await recovery.run(on: node.kept)
        node.store.get(into: .unavailableAfterWriting)
        await node.pass { !node.logged.lines(with: "job store failed").isEmpty }
        #expect(node.begun.value == 1)
        node.store.get(into: .none)
        await node.pass { node.begun.value > 1 }
        #expect(node.begun.value == 2)
        node.gate.open()
        await node.events.wait { if case .runEnded(_, .succeeded, _) = $0 { true } else { false } }
        #expect(node.ends(.succeeded) == 1)
        await node.scheduler.shutdown()
    }

    @Test("A store that answers heartbeats again is asked at once, however long it had failed")
    func back() async throws {
        let node = try LoneNode()
        node.gate.open()
        try await node.addJob(after: .seconds(5))
        try await node.scheduler.start()
        node.store.get(into: .unavailable)
        // It is asked every thirty seconds by now.
        await node.pass(.seconds(300))
        node.store.get(into: .none)
        for _ in 0..<2 {
            await node.clock.waitForSleepers(2)
            node.clock.advance(by: .seconds(1))
        }
        await node.events.wait { if case .runEnded(_, .succeeded, _) = $0 { true } else { false } }
        await node.scheduler.shutdown()
    }
}
