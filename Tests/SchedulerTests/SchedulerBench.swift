import Carillon
import CarillonSQLite
import CarillonTesting
import CarillonTriggers
import Foundation

/// A scheduler of one flavour on one kind of store, with a clock that tests move and all its events.
struct SchedulerBench: Sendable {
    enum Flavour: String, CaseIterable, Sendable {
        case blocking, background, elastic, async
    }

    enum Storage: String, CaseIterable, Sendable {
        case memory, sqlite
    }

    /// Every flavour on every kind of store.
    static let all: [(Flavour, Storage)] = Flavour.allCases.flatMap { flavour in
        Storage.allCases.map { (flavour, $0) }
    }

    let clock: ManualClock
    let scheduler: any Scheduler
    let store: any JobStore
    let log: EventLog

    /// 2027-01-15T08:00:00Z, when the clock begins.
    static let start = Instant(seconds: 1_800_000_000)
    /// For one-off jobs that are looked at after they have ended.
    static let kept = JobOptions(policies: JobPolicies(whenEnded: .keep))

    init(
        _ flavour: Flavour = .async,
        _ storage: Storage = .memory,
        _ adjust: (inout SchedulerOptions) -> Void = { _ in }
    ) async throws {
        let clock = ManualClock(now: Self.start)
        self.clock = clock
        switch storage {
        case .memory: store = MemoryJobStore { clock.now }
        case .sqlite:
            let path = FileManager.default.temporaryDirectory.appending(path: "carillon-\(UUID()).sqlite").path
            store = try await SQLiteJobStore(path: path, clock: { clock.now })
        }
        var options = SchedulerOptions()
        options.clock = clock
        options.stores["default"] = store
        adjust(&options)
        switch flavour {
        case .blocking: scheduler = BlockingScheduler(options)
        case .background: scheduler = BackgroundScheduler(options)
        case .elastic: scheduler = ElasticScheduler(options)
        case .async: scheduler = AsyncScheduler(options)
        }
        // It has each event before anything else happens, so what is read after a step has all events of the step.
        log = EventLog()
        scheduler.engine.addSynchronousListener { [log] in log.append($0) }
    }

    /// Starts the scheduler, and returns when everything that is due has been done.
    func start() async throws {
        switch scheduler {
        case let scheduler as BlockingScheduler:
            // It may have been started before.
            let known = log.events.count
            let thread = Thread { try? scheduler.start() }
            thread.start()
            await log.wait(after: known) { if case .started = $0 { true } else { false } }
        case let scheduler as BackgroundScheduler: try await scheduler.start()
        case let scheduler as ElasticScheduler: try await scheduler.start()
        case let scheduler as AsyncScheduler: try await scheduler.start()
        default: break
        }
        await scheduler.engine.waitUntilSettled()
    }

    /// Lets time go by, doing what becomes due.
    func advance(_ duration: Duration) async { await clock.advance(scheduler.engine, by: duration) }

    /// How often a job has ended so far, by outcome.
    func runs(of job: String) async throws -> [Run] { try await scheduler.runs(of: job, limit: 1000) }
}

extension SchedulerBench {
    /// Another scheduler on the bench's clock, with a task `count` that counts its runs.
    func scheduler(on store: any JobStore, _ log: EventLog, counting runs: Counter) throws -> AsyncScheduler {
        var options = SchedulerOptions()
        options.clock = clock
        options.stores["default"] = store
        let scheduler = AsyncScheduler(options)
        scheduler.engine.addSynchronousListener { [log] in log.append($0) }
        try scheduler.register("count") { [runs] (_: TaskContext) async in runs.add() }
        return scheduler
    }
}
