import Carillon
import Foundation

@main
struct WorkerProcesses {
    static func main() async throws {
        ProcessPoolExecutor.runWorkerIfAsked(registerTasks)  // does not return in a worker
        let executors = ["processes": ProcessPoolExecutor(maxWorkers: 2)]
        let scheduler = AsyncScheduler(SchedulerOptions(executors: executors))
        try registerTasks(scheduler)
        let events = scheduler.events(EventFilter([.runEnded]))
        let options = JobOptions(executor: "processes")
        try await scheduler.addJob(id: "greeting", task: "greet", arguments: "Ada", options)
        try await scheduler.addJob(id: "accident", task: "crash", options)
        try await scheduler.start()
        var ended = 0
        for await event in events {
            guard case .runEnded(let run, let outcome, let error) = event.kind else { continue }
            print("\(run.occurrence.job): \(outcome)\(error.map { ", \($0)" } ?? "")")
            ended += 1
            if ended == 2 { break }
        }
        await scheduler.shutdown()
    }

    /// Registers the same tasks with the scheduler and with each worker.
    static func registerTasks(_ host: some TaskHost) throws {
        try host.register("greet") { (name: String, context) in context.log("Hello, \(name)!") }
        try host.register("crash") { (_: TaskContext) in abort() }
    }
}
