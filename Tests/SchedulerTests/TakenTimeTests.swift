import Carillon
import CarillonTesting
import CarillonTriggers
import Synchronization
import Testing

/// A job comes due at a time that has an ended run already, and nobody knows it.
@Suite("Times that are taken")
struct TakenTimeTests {
    @Test("The run that is there stays as it is, and the job goes on with its next time")
    func goesOn() async throws {
        let clock = ManualClock(now: SchedulerBench.start.advanced(byMicroseconds: 1_000_000))
        let kept = MemoryJobStore { clock.now }
        let id = JobID("often")
        let passes = Mutex(0)
        let store = TroubledStore(kept) {
            let count = passes.withLock { count in
                count += 1
                return count
            }
            // So that a scheduler which never gives up fails the test instead of never ending it.
            if count == 500 { _ = try? await kept.remove([id], at: clock.now) }
        }
        var options = SchedulerOptions()
        options.clock = clock
        options.stores["default"] = store
        let scheduler = AsyncScheduler(options)
        let events = EventLog()
        scheduler.engine.addSynchronousListener { events.append($0) }
        try scheduler.register("work") { (_: TaskContext) in }
        try await scheduler.addJob(id: "often", task: "work", trigger: try .crontab("* * * * *"))
        try await scheduler.start()
        await clock.waitForSleepers(1)

        let job = try #require(try await kept.found(id, at: clock.now)?.job)
        let next = try #require(job.next)
        var ended = Run(
            id: Run.ID(Occurrence(job: id, generation: job.generation, scheduled: next.scheduled)),
            state: .finished(.succeeded), due: next.due, available: next.due)
        ended.finished = next.due
        #expect(try await kept.importItems([.run(ended, task: nil)]) == [.written])

        clock.advance(by: .seconds(60))
        await scheduler.engine.waitUntilSettled()
        let later = next.scheduled.advanced(byMicroseconds: 60_000_000)
        #expect(try await kept.found(id, at: clock.now)?.job.next?.scheduled == later)
        clock.advance(by: .seconds(60))
        await events.wait { if case .runEnded(_, .succeeded, _) = $0 { true } else { false } }
        let runs = try await kept.runs(RunFilter(), page: Page())
        #expect(Set(runs.map(\.id.occurrence.scheduled)) == [next.scheduled, later])
        #expect(try await kept.run(ended.id) == ended)
        #expect(passes.withLock(\.self) < 100)
        await scheduler.shutdown()
    }
}
