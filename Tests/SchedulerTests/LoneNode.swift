import Carillon
import CarillonTesting
import CarillonTriggers

/// A node with heartbeats, whose store gets into trouble, and who says what is wrong.
struct LoneNode {
    let clock = ManualClock(now: SchedulerBench.start)
    /// The store without the trouble.
    let kept: MemoryJobStore
    let store: TroubledStore
    let scheduler: AsyncScheduler
    let events = EventLog()
    let logged = LoggedLines()
    /// How often its task has begun.
    let begun = Counter()
    /// What its task waits for, even when it is asked to end.
    let gate = AsyncGate()
    /// Open once that has been asked.
    let asked = AsyncGate()

    /// One with a task `long`, whose first runs fail as often as given once the gate is open.
    init(failures: Int = 0) throws {
        let clock = clock
        kept = MemoryJobStore { clock.now }
        store = TroubledStore(kept, isShared: true)
        var options = SchedulerOptions()
        options.clock = clock
        options.stores["default"] = store
        options.logger = logged.logger
        scheduler = AsyncScheduler(options)
        scheduler.engine.addSynchronousListener { [events] in events.append($0) }
        try scheduler.register("long") { [begun, gate, asked] (_: TaskContext) in
            begun.add()
            let number = begun.value
            await withTaskCancellationHandler {
                await gate.wait()
            } onCancel: {
                asked.open()
            }
            if number <= failures || Task.isCancelled { throw CancellationError() }
        }
    }

    /// Adds a job that runs once, after so long.
    func addJob(after delay: Duration = .zero, _ options: JobOptions = JobOptions()) async throws {
        let time = SchedulerBench.start.advanced(byMicroseconds: delay.wholeMicroseconds)
        try await scheduler.addJob(id: "long", task: "long", trigger: .date(time.date), options)
    }

    /// Starts, and returns when the run of the job has begun.
    func startRun() async throws {
        try await addJob()
        try await scheduler.start()
        await events.wait { if case .runStarted = $0 { true } else { false } }
    }

    func count(_ isMeant: (SchedulerEvent.Kind) -> Bool) -> Int { events.events.count { isMeant($0.kind) } }

    var refusals: Int { count { if case .runRefused = $0 { true } else { false } } }

    func ends(_ outcome: Outcome) -> Int {
        count { if case .runEnded(_, outcome, _) = $0 { true } else { false } }
    }

    /// Lets time go by, from one thing that somebody waits for to the next, until something is so.
    func pass(until isSo: () -> Bool) async {
        while !isSo(), !Task.isCancelled {
            // A heartbeat that sleeps, and a lane with an alarm.
            await clock.waitForSleepers(2)
            for _ in 0..<3 { await scheduler.engine.answer() }
            guard let next = clock.nextWakeUp else { return }
            clock.advance(by: .microseconds(next - clock.monotonic))
        }
    }

    /// Lets so much time go by.
    func pass(_ time: Duration) async {
        let end = clock.monotonic + time.wholeMicroseconds
        await pass { clock.monotonic >= end }
    }
}
