import Carillon
import CarillonTesting
import CarillonTriggers
import Dispatch
import Testing

/// A run on the engine's own thread keeps the engine from turning, and not the node's heartbeats from their store.
@Suite(.timeLimit(.minutes(10))) struct InlineHeartbeatTests {
    @Test("Heartbeats that failed for longer than a lease go on when the store is back, whatever the engine does")
    func outage() async throws {
        let clock = ManualClock(now: SchedulerBench.start)
        let store = TroubledStore(MemoryJobStore { clock.now }, isShared: true)
        var options = SchedulerOptions()
        options.clock = clock
        options.stores["default"] = store
        options.executors["default"] = DebugExecutor()
        let scheduler = BackgroundScheduler(options)
        let (begun, hold) = (AsyncGate(), DispatchSemaphore(value: 0))
        try scheduler.register("long") { (_: TaskContext) in
            begun.open()
            hold.wait()
        }
        try await scheduler.addJob(id: "long", task: "long", trigger: .date(SchedulerBench.start.date))
        try await scheduler.start()
        await begun.wait()
        defer { hold.signal() }
        store.get(into: .unavailable)
        await passHeartbeats(15, clock, store)
        store.get(into: .none)
        await passHeartbeats(3, clock, store)
        hold.signal()
        await scheduler.shutdown()
    }

    /// Lets seconds go by until so many heartbeats more have been sent, be they answered or not.
    private func passHeartbeats(_ count: Int, _ clock: ManualClock, _ store: TroubledStore) async {
        let end = store.heartbeats + count
        while store.heartbeats < end, !Task.isCancelled {
            clock.advance(by: .seconds(1))
            await Task.yield()
        }
        #expect(store.heartbeats >= end)
    }
}
