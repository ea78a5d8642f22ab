import Carillon
import CarillonTesting
import CarillonTriggers
import Foundation

/// Runs that block, each on a thread of its own.
struct Elastic {
    let jobs: Int

    /// Threads that the executor starts a second if it is handed all runs at once, and the KiB of memory that each run
    /// has resident while it is blocked.
    func threads() async throws -> (rate: Double, memory: Double) {
        let begun = Tally(goal: jobs)
        let end = DispatchSemaphore(value: 0)
        let holding = HoldingExecutor(capacity: jobs)
        var options = SchedulerOptions()
        options.executors["default"] = holding
        // It stands still, so no run is taken back while it is held.
        options.clock = ManualClock()
        let scheduler = ElasticScheduler(options)
        try scheduler.register("hold") { (_: TaskContext) in
            begun.add()
            end.wait()
        }
        for number in 0..<jobs { try scheduler.declareJob(id: JobID("job \(number)"), task: "hold") }
        try await scheduler.start()
        while holding.count < jobs { try await Task.sleep(for: .milliseconds(1)) }
        let executor = ElasticExecutor(maxWorkers: jobs)
        let before = residentKiB()
        let begin = ContinuousClock.now
        await holding.release(to: executor)
        let duration = (await begun.wait() - begin).seconds
        let memory = (residentKiB() - before) / Double(jobs)
        for _ in 0..<jobs { end.signal() }
        await scheduler.shutdown()
        return (Double(jobs) / duration, memory)
    }

    /// The seconds from when jobs that block for a second are due until the last has run, and the MiB that the process
    /// has resident when all are blocked.
    func seconds() async throws -> (duration: Double, memory: Double) {
        let (begun, ended) = (Tally(goal: jobs), Tally(goal: jobs))
        let scheduler = ElasticScheduler()
        try scheduler.register("block") { (_: TaskContext) in
            begun.add()
            sleep(1)
            ended.add()
        }
        let due = Date(timeIntervalSinceNow: 2)
        for number in 0..<jobs {
            try scheduler.declareJob(id: JobID("job \(number)"), task: "block", trigger: .date(due))
        }
        try await scheduler.start()
        precondition(due.timeIntervalSinceNow > 0, "the jobs were not added in time")
        let begin = ContinuousClock.now + .seconds(due.timeIntervalSinceNow)
        _ = await begun.wait()
        let memory = residentKiB() / 1024
        let duration = (await ended.wait() - begin).seconds
        await scheduler.shutdown()
        return (duration, memory)
    }

    /// The KiB of memory that the process has resident; not a number where the system does not tell.
    private func residentKiB() -> Double {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        guard fields.count > 1, let pages = Double(fields[1]) else { return .nan }
        return pages * Double(getpagesize()) / 1024
    }
}
