import Carillon
import CarillonTriggers
import Foundation

/// Jobs that do nothing in worker processes, all due at one time.
struct WorkerProcesses {
    let jobs: Int
    let workers = 2

    /// What the workers have.
    static func register(_ host: some TaskHost) throws { try host.register("nothing") { (_: TaskContext) in } }

    /// Runs a second, from when the jobs are due until the last outcome is in the store.
    func rate() async throws -> Double {
        let ended = Tally(goal: jobs)
        let warm = Tally(goal: workers)
        var options = SchedulerOptions()
        options.executors["default"] = ProcessPoolExecutor(maxWorkers: workers)
        let scheduler = AsyncScheduler(options)
        try Self.register(scheduler)
        scheduler.addListener(for: EventFilter([.runEnded])) { event in
            guard case .runEnded(let run, let outcome, _) = event.kind, outcome == .succeeded else { return }
            if "\(run.occurrence.job)".hasPrefix("warm") { warm.add() } else { ended.add() }
        }
        try await scheduler.start()
        for number in 0..<workers { try await scheduler.addJob(id: try JobID("warm \(number)"), task: "nothing") }
        _ = await warm.wait()
        let due = Date(timeIntervalSinceNow: 2 + Double(jobs) / 15_000)
        for number in 0..<jobs {
            try await scheduler.addJob(id: try JobID("job \(number)"), task: "nothing", trigger: .date(due))
        }
        precondition(due.timeIntervalSinceNow > 0, "the jobs were not added in time")
        let begin = ContinuousClock.now + .seconds(due.timeIntervalSinceNow)
        let end = await ended.wait()
        await scheduler.shutdown()
        return Double(jobs) / (end - begin).seconds
    }
}
