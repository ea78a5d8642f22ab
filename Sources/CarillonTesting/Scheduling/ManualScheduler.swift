public import Carillon
import CarillonTriggers

/// A scheduler whose time tests move, and whose runs are performed one after the other.
public final class ManualScheduler: Scheduler {
    /// See `Scheduler`.
    public let engine: Engine
    /// The clock it goes by.
    public let clock: ManualClock

    /// A scheduler at the time that a clock shows. Whatever `options` say, it goes by that clock, and its default executor
    /// is the debug one.
    public init(_ clock: ManualClock = ManualClock(), _ options: SchedulerOptions = SchedulerOptions()) {
        self.clock = clock
        var options = options
        options.clock = clock
        if options.executors["default"] == nil { options.executors["default"] = DebugExecutor() }
        engine = Engine.onSwiftConcurrency(options)
    }

    /// Starts, and returns when everything that is due has been done.
    ///
    /// - Throws: As the start of other schedulers does.
    public func start() async throws(CarillonError) {
        try await engine.start()
        await engine.waitUntilSettled()
    }

    /// Lets time go by, and does everything that becomes due meanwhile at its time.
    ///
    /// It stops wherever there is something to do, until every run has ended or sleeps by the scheduler's clock: by
    /// `TaskContext.sleep(for:)`, or `clock.sleep(for:)` in the run's task or one that it starts. So a timeout is tested
    /// by one line, `await scheduler.advance(by: .seconds(10))`. A run counts as asleep as soon as one of its tasks sleeps;
    /// a run that waits for anything else is waited for.
    public func advance(by duration: Duration) async { await clock.advance(engine, by: duration) }

    /// Sets the wall clock on or back, as a person does, and does what becomes due by it.
    public func stepWall(by duration: Duration) async {
        await engine.waitUntilSettled()
        clock.stepWall(by: duration)
        await engine.waitUntilSettled()
    }
}

extension ManualClock {
    /// Lets time go by for an engine, stopping wherever it has something to do until that is done.
    package func advance(_ engine: Engine, by duration: Duration) async {
        let end = monotonic + duration.wholeMicroseconds
        await engine.perform { await $0.move(self, to: end) }
    }
}

extension Engine {
    fileprivate func move(_ clock: ManualClock, to end: Int64) async {
        await waitUntilSettled()
        while let time = clock.nextStop, time <= end {
            clock.advance(by: .microseconds(max(0, time - clock.monotonic)))
            await waitUntilSettled()
        }
        clock.advance(by: .microseconds(max(0, end - clock.monotonic)))
        await waitUntilSettled()
    }
}
