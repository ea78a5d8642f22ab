public import Carillon
import CarillonTriggers

/// A scheduler with a clock that tests advance, whose runs execute one after the other.
public final class ManualScheduler: Scheduler {
    /// See `Scheduler`.
    public let engine: Engine
    /// The clock of the scheduler.
    public let clock: ManualClock

    /// Creates a scheduler. Whatever `options` say, it uses the given clock, and its default executor is the debug
    /// executor.
    public init(_ clock: ManualClock = ManualClock(), _ options: SchedulerOptions = SchedulerOptions()) {
        self.clock = clock
        var options = options
        options.clock = clock
        if options.executors["default"] == nil { options.executors["default"] = DebugExecutor() }
        engine = Engine.onSwiftConcurrency(options)
    }

    /// Starts, and returns when everything that is due has been done.
    ///
    /// - Throws: The errors of other schedulers' start.
    public func start() async throws(CarillonError) {
        try await engine.start()
        await engine.waitUntilSettled()
    }

    /// Advances the clock, and does everything that becomes due meanwhile at its time.
    ///
    /// It stops at each time at which there is something to do, until every run has ended or sleeps by the scheduler's
    /// clock: by `TaskContext.sleep(for:)`, or `clock.sleep(for:)` in the run's task or one that it starts. So a
    /// timeout is tested by one line, `await scheduler.advance(by: .seconds(10))`. A run counts as asleep as soon as
    /// one of its tasks sleeps; a run that waits for anything else is awaited.
    public func advance(by duration: Duration) async { await clock.advance(engine, by: duration) }

    /// Sets the wall clock forward or back, as a user does, and does what becomes due by it.
    public func stepWall(by duration: Duration) async {
        await engine.waitUntilSettled()
        clock.stepWall(by: duration)
        await engine.waitUntilSettled()
    }
}

extension ManualClock {
    /// Advances the clock for an engine, and stops at each time at which it has something to do until that is done.
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
