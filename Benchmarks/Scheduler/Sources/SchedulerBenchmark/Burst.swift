import Carillon
import CarillonTriggers
import Foundation

#if OLDER
/// The only kind of scheduler that every commit has.
typealias StartedScheduler = AsyncScheduler
#else
import CarillonLifecycle
import CarillonNIO

typealias StartedScheduler = any ServiceScheduler
#endif

/// Jobs that do nothing and are all due at one time.
struct Burst {
    let jobs: Int
    /// Whether each job is removed when it has run.
    var removesJobs = false

    enum Kind: String, CaseIterable {
        case threads, async
        #if !OLDER
        /// All on an event loop: the scheduler, and the executor that it has by itself.
        case eventLoop = "event loop"
        #endif

        var executor: any JobExecutor {
            switch self {
            case .threads: ThreadPoolExecutor()
            case .async: AsyncExecutor()
            #if !OLDER
            case .eventLoop: NIOThreadPoolExecutor()
            #endif
            }
        }
    }

    /// Jobs a second, from when they are due until the last has run, and until its outcome is in the store; and the
    /// microseconds of CPU time that each took.
    func rates(_ kind: Kind) async throws -> (run: Double, written: Double, cpu: Double) {
        let started = Tally(goal: jobs)
        let (scheduler, store) = try await scheduler(kind, kind.executor, started)
        let due = try await addJobs(to: scheduler)
        let begin = ContinuousClock.now + .seconds(due.timeIntervalSinceNow)
        try await Task.sleep(until: begin - .milliseconds(50))
        let cpu = processorTime()
        let end = await started.wait()
        while try await hasOpenRuns(store) { try await Task.sleep(for: .milliseconds(1)) }
        let written = ContinuousClock.now
        let used = processorTime() - cpu
        await scheduler.shutdown()
        return (
            Double(jobs) / (end - begin).seconds, Double(jobs) / (written - begin).seconds, used * 1e6 / Double(jobs)
        )
    }

    /// Runs a second that the executor performs when it is handed all of them at once.
    func bareRate(_ kind: Kind) async throws -> Double {
        let count = min(jobs, 10_000)
        let started = Tally(goal: count)
        let holding = HoldingExecutor(capacity: count)
        let (scheduler, _) = try await scheduler(kind, holding, started)
        _ = try await Burst(jobs: count).addJobs(to: scheduler)
        while holding.count < count { try await Task.sleep(for: .milliseconds(1)) }
        let executor = kind.executor
        let begin = ContinuousClock.now
        await holding.release(to: executor)
        let end = await started.wait()
        await scheduler.shutdown()
        return Double(count) / (end - begin).seconds
    }

    private func scheduler(
        _ kind: Kind,
        _ executor: any JobExecutor,
        _ tally: Tally
    ) async throws -> (scheduler: StartedScheduler, store: MemoryJobStore) {
        let store = MemoryJobStore()
        var options = SchedulerOptions()
        options.stores["default"] = store
        options.executors["default"] = executor
        #if OLDER
        let scheduler = AsyncScheduler(options)
        #else
        let scheduler: StartedScheduler =
            kind == .eventLoop ? EventLoopScheduler(options) : AsyncScheduler(options)
        #endif
        if kind == .threads {
            try scheduler.register("nothing") { (_: TaskContext) in tally.add() }
        } else {
            try scheduler.register("nothing") { (_: TaskContext) async in tally.add() }
        }
        try await scheduler.start()
        return (scheduler, store)
    }

    private func addJobs(to scheduler: StartedScheduler) async throws -> Date {
        let due = Date(timeIntervalSinceNow: 2 + Double(jobs) / 15_000)
        #if OLDER
        let options = JobOptions()
        #else
        let options = JobOptions(policies: JobPolicies(whenEnded: removesJobs ? .remove : .keep))
        #endif
        for number in 0..<jobs {
            try await scheduler.addJob(id: "job \(number)", task: "nothing", trigger: .date(due), options)
        }
        precondition(due.timeIntervalSinceNow > 0, "the jobs were not added in time")
        return due
    }

    private func hasOpenRuns(_ store: MemoryJobStore) async throws -> Bool {
        var filter = RunFilter()
        filter.state = .running
        return try await !store.runs(filter, page: Page(limit: 1)).isEmpty
    }
}

/// Seconds of CPU time that the process has used.
func processorTime() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}
