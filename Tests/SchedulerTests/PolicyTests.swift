import Carillon
import CarillonTesting
import CarillonTriggers
import Testing

/// Every policy with runs that are really at work, on every store.
@Suite(.timeLimit(.minutes(10))) struct PolicyTests {
    typealias Storage = SchedulerBench.Storage

    // MARK: At the limit

    @Test(arguments: Storage.allCases)
    func skip(_ storage: Storage) async throws {
        let held = try await HeldRuns(storage) { $0.atLimit = .skip }
        try await held.start()
        await held.expectStart(0)
        held.pass()
        await held.expectNotRun(through: 1, .instanceLimit)
        held.pass()
        await held.expectNotRun(through: 2, .instanceLimit)
        held.release(0)
        await held.expectEnd(0, .succeeded)
        held.pass()
        await held.expectStart(3)
        #expect(held.begun == [0, 3] && held.asked == [])
        #expect(try await held.reasons() == ["1-2 skipped(instanceLimit)"])
        await held.end()
    }

    @Test(arguments: Storage.allCases)
    func queue(_ storage: Storage) async throws {
        let held = try await HeldRuns(storage) { $0.atLimit = .queue }
        try await held.start()
        await held.expectStart(0)
        held.pass()
        await held.expectQueued(1)
        held.pass()
        await held.expectQueued(2)
        #expect(held.begun == [0])
        held.release(0)
        await held.expectStart(1)
        held.release(1)
        await held.expectStart(2)
        held.release(2)
        await held.expectEnd(2, .succeeded)
        #expect(held.begun == [0, 1, 2] && held.asked == [])
        #expect(try await held.runs().allSatisfy { $0.state == .finished(.succeeded) })
        await held.end()
    }

    @Test(arguments: Storage.allCases)
    func replace(_ storage: Storage) async throws {
        let held = try await HeldRuns(storage) { $0.atLimit = .replace }
        try await held.start()
        await held.expectStart(0)
        for minute in 1...3 {
            held.pass()
            await held.expectEnd(minute - 1, .cancelled)
            await held.expectStart(minute)
        }
        #expect(held.begun == [0, 1, 2, 3] && held.asked == [0, 1, 2])
        let error = try await held.runs().first?.error
        #expect(error == "the later occurrence of 2027-01-15T08:01:00+00:00 took its place")
        await held.end()
    }

    @Test("With two instances the oldest is replaced", arguments: Storage.allCases)
    func replaceOldest(_ storage: Storage) async throws {
        let held = try await HeldRuns(storage) {
            $0.atLimit = .replace
            $0.maxInstances = 2
        }
        try await held.start()
        await held.expectStart(0)
        held.pass()
        await held.expectStart(1)
        held.pass()
        await held.expectEnd(0, .cancelled)
        await held.expectStart(2)
        #expect(held.asked == [0])
        await held.end()
    }

    @Test("What waits for a run that does not end gives way to what comes later", arguments: Storage.allCases)
    func replaceWaiting(_ storage: Storage) async throws {
        let held = try await HeldRuns(storage, endsWhenAsked: false) { $0.atLimit = .replace }
        try await held.start()
        await held.expectStart(0)
        held.pass()
        await held.expectQueued(1)
        held.pass()
        await held.expectEnd(1, .cancelled)
        held.release(0)
        await held.expectStart(2)
        #expect(held.begun == [0, 2] && held.asked == [0])
        let replaced = try await held.runs()[1]
        #expect(replaced.started == nil)
        #expect(replaced.error == "the later occurrence of 2027-01-15T08:02:00+00:00 took its place")
        await held.end()
    }

    // MARK: Late

    /// Misses five minutes, and starts again.
    private func late(_ storage: Storage, _ coalesce: Coalesce) async throws -> HeldRuns {
        let held = try await HeldRuns(storage) { $0.coalesce = coalesce }
        held.release(0)
        try await held.start()
        await held.expectEnd(0, .succeeded)
        await held.bench.scheduler.shutdown()
        held.pass(minutes: 5)
        try await held.start()
        return held
    }

    @Test(arguments: Storage.allCases)
    func coalesceLatest(_ storage: Storage) async throws {
        let held = try await late(storage, .latest)
        await held.expectStart(5)
        #expect(held.begun == [0, 5])
        #expect(try await held.reasons() == ["1-4 coalesced"])
        await held.end()
    }

    @Test(arguments: Storage.allCases)
    func coalesceEarliest(_ storage: Storage) async throws {
        let held = try await late(storage, .earliest)
        await held.expectStart(1)
        #expect(held.begun == [0, 1])
        #expect(try await held.reasons() == ["2-5 coalesced"])
        await held.end()
    }

    @Test(arguments: Storage.allCases)
    func coalesceAll(_ storage: Storage) async throws {
        let held = try await late(storage, .all)
        for minute in 1...5 {
            await held.expectStart(minute)
            #expect(held.begun == Array(0...minute))
            held.release(minute)
            await held.expectEnd(minute, .succeeded)
        }
        #expect(try await held.reasons() == [])
        await held.end()
    }

    // MARK: Failures

    @Test(arguments: Storage.allCases)
    func retry(_ storage: Storage) async throws {
        struct Trouble: Error {}
        let bench = try await SchedulerBench(.async, storage)
        try bench.scheduler.register("flaky") { (context: TaskContext) async throws in
            if context.attempt < 3 { throw Trouble() }
        }
        var policies = JobPolicies()
        policies.retry = RetryPolicy(count: 2, backoff: .constant(.seconds(10)))
        try await bench.scheduler.addJob(id: "flaky", task: "flaky", JobOptions(policies: policies))
        try await (bench.scheduler as? AsyncScheduler)?.start()
        for attempt in 2...3 {
            await bench.log.expect("attempt \(attempt) is planned") {
                if case .runRetrying(let run, _) = $0 { run.attempt == attempt } else { false }
            }
            bench.clock.advance(by: .seconds(10))
            await bench.log.expect("attempt \(attempt) begins") {
                if case .runStarted(let run) = $0 { run.attempt == attempt } else { false }
            }
        }
        await bench.log.expect("it succeeds") { if case .runEnded(_, .succeeded, _) = $0 { true } else { false } }
        let states = try await bench.runs(of: "flaky").map(\.state)
        #expect(states == [.finished(.succeeded), .finished(.failed), .finished(.failed)])
        await bench.scheduler.shutdown()
    }

    @Test("A run that takes too long is asked to end, and has timed out", arguments: Storage.allCases)
    func timeout(_ storage: Storage) async throws {
        let held = try await HeldRuns(storage) { $0.timeout = .seconds(30) }
        try await held.start()
        await held.expectStart(0)
        // Its time is watched from before its task begins.
        while held.begun.isEmpty { await Task.yield() }
        held.bench.clock.advance(by: .seconds(29))
        #expect(held.asked == [])
        held.bench.clock.advance(by: .seconds(1))
        #expect(held.asked == [0])
        await held.expectEnd(0, .timedOut)
        await held.end()
    }

    @Test("What the stop interrupts is run again", arguments: Storage.allCases)
    func recoveryRerun(_ storage: Storage) async throws {
        let held = try await HeldRuns(storage) { $0.recovery = .rerun }
        try await held.start()
        await held.expectStart(0)
        await held.bench.scheduler.shutdown(.cancel)
        #expect(try await held.runs().map(\.state) == [.ready])
        try await held.start()
        await held.expectEnd(0, .succeeded)
        #expect(held.begun == [0, 0])
        #expect(try await held.runs().map(\.recoveries) == [1])
        await held.end()
    }

    @Test("What the stop interrupts is lost", arguments: Storage.allCases)
    func recoveryMarkLost(_ storage: Storage) async throws {
        let held = try await HeldRuns(storage) { $0.recovery = .markLost }
        try await held.start()
        await held.expectStart(0)
        await held.bench.scheduler.shutdown(.cancel)
        #expect(try await held.runs().map(\.state) == [.finished(.lost)])
        await held.end()
    }
}
