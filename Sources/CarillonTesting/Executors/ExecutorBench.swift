import Carillon
import CarillonTriggers
import Synchronization

/// An executor, a scheduler that makes runs for it, and the runs' ends of their control.
///
/// The clock stands still, so no run is taken back because it has not begun, unless a case moves the clock.
struct ExecutorBench: Sendable {
    /// How many runs an executor of the suite has at work at the same time, if it has no fixed number.
    static let capacity = 3

    let executor: any JobExecutor
    let control: RunControl
    let watch: ConformanceWatch
    let clock = ManualClock()
    /// It has a thread of its own, which an executor may block.
    let scheduler: BackgroundScheduler
    /// A second scheduler whose engine hands over by itself to the same executor.
    let passing: BackgroundScheduler
    private let hands: HandingExecutor
    private let news: RunNews

    init(_ executor: any JobExecutor, patience: Duration) throws {
        self.executor = executor
        watch = ConformanceWatch(patience: patience)
        control = try RunControl(watch)
        hands = HandingExecutor(executor, isPassing: false, watch)
        news = RunNews(watch)
        func scheduler(_ executor: HandingExecutor, _ clock: ManualClock) throws -> BackgroundScheduler {
            var options = SchedulerOptions()
            options.clock = clock
            options.executors["default"] = executor
            let scheduler = BackgroundScheduler(options)
            try ExecutorConformance.registerTasks(on: scheduler)
            return scheduler
        }
        self.scheduler = try scheduler(hands, clock)
        passing = try scheduler(HandingExecutor(executor, isPassing: true, watch), clock)
        for scheduler in [self.scheduler, passing] {
            scheduler.engine.addSynchronousListener { [news] in news.note($0) }
        }
    }

    func start() async throws { try await scheduler.start() }

    /// Ends the bench of a case that has passed.
    func end() async throws {
        control.close()
        executor.shutdown()
        for scheduler in [scheduler, passing] where scheduler.isRunning {
            try await watch.waitForReturn("the scheduler ends, and with it each run that it handed over") {
                await scheduler.shutdown(.cancel)
            }
        }
    }

    /// Ends the bench of a case that has failed, whose executor may hang.
    func abandon() {
        control.close()
        executor.shutdown()
        for scheduler in [scheduler, passing] { Task { await scheduler.shutdown(.cancel) } }
    }

    /// How many runs have to be at work for the executor to be full.
    ///
    /// - Throws: `NotApplicable` if those are too many to try.
    func room() throws -> Int {
        let capacity = executor.capacity
        guard capacity <= 64 else { throw NotApplicable("its capacity is always \(capacity), too many to fill") }
        return capacity
    }

    // MARK: Runs

    /// Makes a run for each name, which `hand` hands over. An inline executor has them at once.
    @discardableResult
    func make(
        _ names: [String], _ kind: ControlledTask.Kind, priority: Int = 0, timeout: Duration? = nil,
        on other: BackgroundScheduler? = nil
    ) async throws -> [RunWork] {
        let options = JobOptions(policies: JobPolicies(timeout: timeout, priority: priority, whenEnded: .keep))
        for name in names {
            let id = try JobID(name)
            let arguments = ControlledTask.Arguments(socket: control.path, name: name)
            try await (other ?? scheduler).addJob(id: id, task: kind.task, arguments: arguments, options)
        }
        guard other == nil, !executor.isInline else { return [] }
        let wanted = Set(names)
        try await watch.wait(for: "the scheduler hands over \(names.count) runs") { [hands] in
            wanted.isSubset(of: hands.all.map(\.name))
        }
        return names.compactMap { name in hands.all.last { $0.name == name } }
    }

    /// Makes and hands over a run for each name.
    func begin(_ names: [String], _ kind: ControlledTask.Kind, priority: Int = 0, timeout: Duration? = nil) async throws
    {
        try await hand(make(names, kind, priority: priority, timeout: timeout))
    }

    /// Makes and hands over so many runs that the executor is full, and returns their names when all are at work.
    func fill(_ kind: ControlledTask.Kind) async throws -> [String] {
        let names = (0..<(try room())).map { "first \($0)" }
        try await begin(names, kind)
        try await begun(names.count)
        return names
    }

    /// Hands runs over.
    func hand(_ works: [RunWork]) async throws {
        let executor = executor
        try await watch.waitForReturn("'execute' returns") { await executor.execute(works) }
    }

    /// Waits until the scheduler has handed over so many runs of a name.
    func handedOver(_ name: String, times: Int) async throws -> RunWork {
        try await watch.wait(for: "run '\(name)' is handed over \(times) times") { [hands] in
            hands.all.count { $0.name == name } >= times
        }
        return try require(hands.all.last { $0.name == name }, "run '\(name)'")
    }

    /// Asks a run to end.
    func cancel(_ name: String) async throws {
        let run = try require(try await scheduler.runs(of: JobID(name)).first, "run '\(name)'")
        try await scheduler.cancelRun(run.id)
    }

    // MARK: What becomes of them

    /// Waits until so many runs have begun.
    func begun(_ count: Int) async throws {
        try await watch.wait(for: "\(count) runs begin; \(control.begun.count) have") { [control] in
            control.begun.count >= count
        }
    }

    func begun(_ name: String) async throws {
        try await watch.wait(for: "run '\(name)' begins") { [control] in control.seen(name).begun > 0 }
    }

    /// Waits until the scheduler knows that a run has begun, which it may learn later than `begun`: its timeout counts
    /// from then on.
    func started(_ name: String) async throws {
        try await watch.wait(for: "the scheduler learns that run '\(name)' has begun") { [news] in news.hasStarted(name)
        }
    }

    /// Waits until a run says that it was asked to end.
    func asked(_ name: String) async throws {
        try await watch.wait(for: "run '\(name)' is told that it is to end") { [control] in control.seen(name).isAsked }
    }

    /// Waits until a run has ended, and returns it.
    @discardableResult
    func ended(_ name: String) async throws -> Run {
        try await watch.wait(for: "run '\(name)' ends") { [news] in news.ended(name) != nil }
        let id = try require(news.ended(name), "run '\(name)'")
        return try await scheduler.run(id)
    }

    /// Waits until runs have ended, each as it should.
    func ended(_ names: [String], _ outcome: Outcome = .succeeded) async throws {
        for name in names { try expectEqual(try await ended(name).outcome, outcome, "the outcome of run '\(name)'") }
    }

    /// Whether the scheduler knows the end of a run.
    func hasEnded(_ name: String) -> Bool { news.ended(name) != nil }

    /// Gives the executor time to do what it should not: the engine and the threads of Swift concurrency have many
    /// turns.
    func linger() async {
        for _ in 0..<200 {
            await scheduler.engine.answer()
            await Task.yield()
        }
    }
}

/// The starts and ends of runs, as the schedulers report them.
private final class RunNews: Sendable {
    private struct State {
        var started: Set<String> = []
        var ended: [String: Run.ID] = [:]
    }

    private let state = Mutex(State())
    private let watch: ConformanceWatch

    init(_ watch: ConformanceWatch) { self.watch = watch }

    func hasStarted(_ name: String) -> Bool { state.withLock { $0.started.contains(name) } }

    func ended(_ name: String) -> Run.ID? { state.withLock { $0.ended[name] } }

    func note(_ event: SchedulerEvent) {
        state.withLock { state in
            switch event.kind {
            case .runStarted(let run): state.started.insert(run.occurrence.job.description)
            case .runEnded(let run, _, _): state.ended[run.occurrence.job.description] = run
            default: break
            }
        }
        watch.changed()
    }
}
