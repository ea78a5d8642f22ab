import Carillon
import CarillonTriggers
import Synchronization

/// Makes the schedulers of a case, and ends them with it.
final class SchedulerCaseBench: Sendable {
    let flavour: SchedulerFlavour
    let watch: ConformanceWatch
    /// The clock of the schedulers, unless they are made on the system's.
    let clock = ManualClock()
    private let makeStore: SchedulerConformanceCase.StoreMaker
    private let made = Mutex<[SchedulerOfCase]>([])

    init(_ flavour: SchedulerFlavour, patience: Duration, makeStore: @escaping SchedulerConformanceCase.StoreMaker) {
        self.flavour = flavour
        watch = ConformanceWatch(patience: patience)
        self.makeStore = makeStore
    }

    /// Makes a scheduler, which is not started.
    func scheduler(
        on clock: (any SchedulerClock)? = nil, _ adjust: (inout SchedulerOptions) -> Void = { _ in }
    ) async throws -> SchedulerOfCase {
        var options = SchedulerOptions()
        options.clock = clock ?? self.clock
        options.stores["default"] = try await makeStore(options.clock)
        adjust(&options)
        let scheduler = SchedulerOfCase(try await flavour.make(options), watch, self.clock)
        made.withLock { $0.append(scheduler) }
        return scheduler
    }

    /// Ends the schedulers of a case that has passed.
    func end() async throws {
        for one in made.withLock({ $0 }) where one.scheduler.isRunning {
            try await watch.waitForReturn("the shutdown at the end") { await one.scheduler.shutdown(.cancel) }
        }
    }

    /// Ends the schedulers of a case that has failed, which may hang.
    func abandon() async {
        for one in made.withLock({ $0 }) { Task { await one.scheduler.shutdown(.cancel, deadline: .zero) } }
        clock.advance(by: .seconds(10))
    }
}

/// A scheduler of a case, and what it told.
struct SchedulerOfCase: Sendable {
    let scheduler: any Scheduler
    let events = EventRecord()
    private let startable: StartableScheduler
    private let watch: ConformanceWatch
    private let clock: ManualClock

    init(_ startable: StartableScheduler, _ watch: ConformanceWatch, _ clock: ManualClock) {
        scheduler = startable.scheduler
        self.startable = startable
        self.watch = watch
        self.clock = clock
        scheduler.engine.addSynchronousListener { [events] event in
            events.note(event)
            watch.changed()
        }
    }

    /// Starts it.
    ///
    /// - Throws: What its `start` throws.
    func start() async throws {
        let (failure, startable) = (FailureOfCall(), startable)
        try await watch.waitForReturn("the start") {
            do { try await startable.start() } catch { failure.set(error) }
        }
        if let error = failure.error { throw error }
    }

    /// Starts it, and returns when everything that is due has been done.
    func startAndSettle() async throws {
        try await start()
        try await settle()
    }

    func settle() async throws {
        let engine = scheduler.engine
        try await watch.waitForReturn("everything that is due is done") { await engine.waitUntilSettled() }
    }

    /// Lets time go by, doing what becomes due.
    func advance(_ duration: Duration) async throws {
        let (engine, clock) = (scheduler.engine, clock)
        try await watch.waitForReturn("everything that becomes due is done") {
            await clock.advance(engine, by: duration)
        }
    }

    func shutdown(_ mode: ShutdownMode = .drain, deadline: Duration? = nil) async throws {
        let scheduler = scheduler
        try await watch.waitForReturn("the shutdown") { await scheduler.shutdown(mode, deadline: deadline) }
    }

    /// Begins to shut it down.
    func beginShutdown(_ mode: ShutdownMode = .drain, deadline: Duration? = nil) -> Flag {
        let (isOver, scheduler, watch) = (Flag(), scheduler, watch)
        Task {
            await scheduler.shutdown(mode, deadline: deadline)
            isOver.raise()
            watch.changed()
        }
        return isOver
    }

    /// Gives it time to do what it should not.
    func linger() async {
        for _ in 0..<200 {
            await scheduler.engine.answer()
            await Task.yield()
        }
    }

    /// Waits for an event.
    func told(_ what: String, _ isWanted: @escaping @Sendable (SchedulerEvent.Kind) -> Bool) async throws {
        try await watch.wait(for: what) { [events] in events.all.contains { isWanted($0.kind) } }
    }

    /// The states of a job's runs, the latest first.
    func states(_ job: JobID) async throws -> [Run.State] {
        try await scheduler.runs(of: job, limit: 1000).map(\.state)
    }
}

/// What a call threw on another thread.
private final class FailureOfCall: Sendable {
    private let state = Mutex<(any Error)?>(nil)

    var error: (any Error)? { state.withLock { $0 } }

    func set(_ error: any Error) { state.withLock { $0 = error } }
}

/// The events of a scheduler so far.
final class EventRecord: Sendable {
    private let events = Mutex<[SchedulerEvent]>([])

    var all: [SchedulerEvent] { events.withLock { $0 } }

    func note(_ event: SchedulerEvent) { events.withLock { $0.append(event) } }
}

/// What the tasks of a case do, on whatever thread.
final class CaseCounter: Sendable {
    private let count = Atomic(0)
    private let watch: ConformanceWatch

    init(_ watch: ConformanceWatch) { self.watch = watch }

    var value: Int { count.load(ordering: .acquiring) }

    func add() {
        count.add(1, ordering: .acquiringAndReleasing)
        watch.changed()
    }

    func wait(for wanted: Int, _ what: String) async throws {
        try await watch.wait(for: what) { self.value >= wanted }
    }
}

/// Holds tasks, blocking or suspending, until it is opened.
final class CaseGate: Sendable {
    private struct State {
        var isOpen = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Monitor(State())

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        state.broadcast()
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { waiter in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(waiter) }
                return state.isOpen
            }
            if isOpen { waiter.resume() }
        }
    }

    func waitOnThread() { state.wait { $0.isOpen ? () : nil } }
}
