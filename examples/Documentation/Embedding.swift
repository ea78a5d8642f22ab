#if Web
import Carillon
import CarillonHummingbird
import CarillonLifecycle
import CarillonSQLite
import CarillonTriggers
import Hummingbird
import Logging
import ServiceLifecycle
import UnixSignals

// The Swift of docs/embedding.md.

func shop() async throws {
    let options = SchedulerOptions(
        stores: ["default": try await SQLiteJobStore(path: "shop.sqlite")], zone: try Zone("Europe/Berlin"))
    let scheduler = AsyncScheduler(options)
    try scheduler.register("invoices") { (context: TaskContext) async throws in
        context.log("sending what is due on \(context.scheduled)")
    }
    try await scheduler.addJob(
        id: "invoices", task: "invoices", trigger: .cron(day: 1, hour: 9), JobOptions(ifExists: .replace))
    try await scheduler.run()
}

func schedulerInGroup(database: some Service, scheduler: AsyncScheduler, logger: Logger) async throws {
    let group = ServiceGroup(
        services: [database, scheduler],  // ended in reverse order: first the scheduler, then what its tasks use
        gracefulShutdownSignals: [.sigterm], cancellationSignals: [.sigint], logger: logger)
    try await group.run()
}

func groupWithLimits(database: some Service, scheduler: AsyncScheduler, logger: Logger) -> ServiceGroup {
    var configuration = ServiceGroupConfiguration(
        services: [database, scheduler], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(30)
    let group = ServiceGroup(configuration: configuration)
    return group
}

func inApplication() async throws {
    let scheduler = HummingbirdScheduler()
    let router = Router()
    router.post("/reports") { _, _ in
        let run = try await scheduler.runJob("report")
        return "\(run)\n"
    }
    let application = Application(router: router)
    try await application.runService(with: scheduler)
}

func besideAnythingElse() async throws {
    let scheduler = BackgroundScheduler(daemon: false)
    try await scheduler.addJob(id: "tick", trigger: .interval(seconds: 30)) { print("tick") }
    try await scheduler.start()
}

func untilSignal() throws {
    let scheduler = BlockingScheduler()
    try scheduler.declareJob(id: "tick", trigger: .interval(seconds: 30)) { print("tick") }
    try scheduler.start(stoppingOn: [.interrupt, .terminate])
}

func ending(_ scheduler: AsyncScheduler) async throws {
    await scheduler.shutdown(deadline: .seconds(30))
    try await scheduler.closeStores()
}

func logEvents(of scheduler: AsyncScheduler, logger: Logger) async {
    for await event in scheduler.events(EventFilter([.runEnded, .notRun, .storeFailed])) {
        logger.info("\(event)")
    }
}
#endif
