#if Lifecycle
import Carillon
import CarillonLifecycle
import CarillonTriggers
import Logging
import ServiceLifecycle
import UnixSignals

// The Swift of docs/coming-from/swift-jobs.md.

struct WeeklyReport: Codable {
    var recipient: String
}

func runWeeklyReports(logger: Logger) async throws {
    let scheduler = AsyncScheduler()
    let retry = RetryPolicy(
        count: 3, backoff: .exponential(first: .seconds(2), atMost: .seconds(120)), jitter: 0.5)
    try scheduler.register("report") { (report: WeeklyReport, context) async throws in
        context.log("to \(report.recipient)")
    }
    try await scheduler.addJob(
        id: "report", task: "report", arguments: WeeklyReport(recipient: "ops"),
        trigger: .cron(hour: 9, dayOfWeek: "mon"),
        JobOptions(policies: JobPolicies(retry: retry), ifExists: .replace))
    let services = ServiceGroup(
        services: [scheduler], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await services.run()
}
#endif
