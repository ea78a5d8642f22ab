import Carillon
import CarillonTesting
import CarillonTriggers
import Logging
import Testing

/// Tasks that nobody has, such as those whose names are misspelt.
@Suite(.timeLimit(.minutes(10))) struct MissingTaskTests {
    /// Ways to name a task.
    enum Way: String, CaseIterable, Sendable {
        case addition, additionBeforeStart, edit, importing, failureTask
    }

    private func name(_ task: String, by way: Way, to scheduler: AsyncScheduler) async throws {
        let every = try Trigger.interval(minutes: 1)
        switch way {
        case .addition: try await scheduler.addJob(id: "a", task: task, trigger: every)
        case .additionBeforeStart:
            try addBeforeStart(task, to: scheduler)
            try await scheduler.start()
        case .edit:
            let task = try TaskName(task)
            try await scheduler.addJob(id: "a", task: "nightly", trigger: every)
            try await scheduler.modifyJob("a") { $0.task = task }
        case .importing:
            let job = #"{"id":"a","task":"\#(task)","trigger":{"type":"cron","hour":1}}"#
            try await scheduler.importJobs(#"{"carillon":1,"jobs":[\#(job)]}"#)
        case .failureTask:
            var policies = JobPolicies()
            policies.onFailure = FailureTask(try TaskName(task))
            try await scheduler.addJob(id: "a", task: "nightly", trigger: every, JobOptions(policies: policies))
        }
    }

    private func addBeforeStart(_ task: String, to scheduler: AsyncScheduler) throws {
        try scheduler.declareJob(id: "a", task: task, trigger: .interval(minutes: 1))
    }

    @Test("In a store that nobody else has it is refused, with the name that was meant", arguments: Way.allCases)
    func refused(_ way: Way) async throws {
        let bench = try await SchedulerBench(.async, .memory)
        let scheduler = try #require(bench.scheduler as? AsyncScheduler)
        try scheduler.register("nightly") { (_: TaskContext) in }
        let error = await #expect(throws: CarillonError.self) { try await name("nightli", by: way, to: scheduler) }
        #expect(error?.code == .taskNotFound)
        #expect(error?.reason.contains("did you mean 'nightly'?") == true, "\(error?.reason ?? "")")
        if way != .edit { #expect(try await scheduler.jobs().isEmpty) }
        await scheduler.shutdown()
    }

    @Test("A task may be registered after its job was added, until the start")
    func registeredLater() async throws {
        let bench = try await SchedulerBench(.async, .memory)
        let scheduler = try #require(bench.scheduler as? AsyncScheduler)
        let count = Counter()
        try addBeforeStart("nightly", to: scheduler)
        try scheduler.register("nightly") { (_: TaskContext) in count.add() }
        try await bench.start()
        #expect(count.value == 1)
        await scheduler.shutdown()
    }

    @Test("In a shared store it is accepted, with a warning", arguments: Way.allCases)
    func warned(_ way: Way) async throws {
        let logged = LoggedLines()
        let bench = try await SchedulerBench(.async, .sqlite) { $0.logger = logged.logger }
        let scheduler = try #require(bench.scheduler as? AsyncScheduler)
        try scheduler.register("nightly") { (_: TaskContext) in }
        if way != .additionBeforeStart { try await bench.start() }
        try await name("nightli", by: way, to: scheduler)
        if way != .failureTask {
            await bench.log.expect("the job is parked") { if case .jobParked = $0 { true } else { false } }
        }
        await scheduler.engine.waitUntilSettled()
        let lines = logged.lines(at: .warning)
        #expect(lines.count == 1, "\(lines)")
        #expect(lines.first?.metadata["job"] == "a" && lines.first?.metadata["store"] == "default")
        #expect(lines.first?.metadata["parked"]?.contains("did you mean 'nightly'?") == true, "\(lines)")
        await scheduler.shutdown()
    }

    @Test("Where another live node has it nothing is wrong")
    func elsewhere() async throws {
        let clock = ManualClock(now: SchedulerBench.start)
        let store = MemoryJobStore { clock.now }
        let (here, there) = (LoggedLines(), LoggedLines())
        func scheduler(_ logged: LoggedLines) -> AsyncScheduler {
            var options = SchedulerOptions()
            options.clock = clock
            options.logger = logged.logger
            options.stores["default"] = TroubledStore(store, isShared: true)
            return AsyncScheduler(options)
        }
        let other = scheduler(there)
        let count = Counter()
        try other.register("nightli") { (_: TaskContext) in count.add() }
        try await other.start()
        await other.engine.waitUntilSettled()
        let own = scheduler(here)
        let log = EventLog()
        own.addListener { log.append($0) }
        try own.register("nightly") { (_: TaskContext) in }
        try addBeforeStart("nightli", to: own)
        try await own.start()
        await log.expect("this node cannot run it") { if case .jobParked = $0 { true } else { false } }
        #expect(here.lines(at: .warning).isEmpty)
        #expect(here.lines(at: .debug).contains { $0.metadata["parked"] != nil })
        await own.shutdown()
        await other.shutdown()
    }
}
