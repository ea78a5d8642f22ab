import Carillon
import CarillonTriggers

/// Registers the same tasks with the scheduler and with each worker of its process pool.
func registerTasks(_ host: some TaskHost) throws {
    try host.register("count") { (_: TaskContext) in tick("counted") }
}

@Sendable func executorsByAlias() async throws {
    let executors: [String: any JobExecutor] = [
        "default": ThreadPoolExecutor(maxWorkers: 20),
        "processpool": ProcessPoolExecutor(maxWorkers: 5),
    ]
    let scheduler = BackgroundScheduler(daemon: false, SchedulerOptions(executors: executors))
    try registerTasks(scheduler)
    try await scheduler.addJob(trigger: .interval(seconds: 3)) { tick() }
    try await scheduler.addJob(
        task: "count", trigger: .interval(seconds: 3), JobOptions(executor: "processpool"))
    try await scheduler.start()
}

@Sendable func addedExecutor() async throws {
    let scheduler = BackgroundScheduler()
    try registerTasks(scheduler)
    try await scheduler.start()
    try await scheduler.addExecutor(ProcessPoolExecutor(), as: "cpu")
    try await scheduler.addJob(
        task: "count", trigger: .interval(seconds: 5), JobOptions(executor: "cpu"))
}

@Sendable func drainingEnd() async throws {
    let scheduler = BackgroundScheduler()
    try await scheduler.start()
    await scheduler.shutdown()
    tick("ended")
}

@Sendable func hurriedEnd() async throws {
    let scheduler = BackgroundScheduler()
    try await scheduler.start()
    await scheduler.shutdown(.cancel, deadline: .seconds(1))
    tick("ended")
}
