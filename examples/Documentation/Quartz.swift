import Carillon
import CarillonTriggers

// The Swift of docs/coming-from/quartz.md.

struct ReportData: Codable {
    var recipient: String
}

func scheduleReport(on scheduler: BackgroundScheduler) async throws {
    try scheduler.register("report") { (data: ReportData, context) in
        context.log("to \(data.recipient), attempt \(context.attempt)")
    }
    try await scheduler.addJob(
        id: "nightly.report", task: "report", arguments: ReportData(recipient: "ops"),
        trigger: .crontab("0 30 2 * * mon-fri", in: try Zone("Europe/Berlin")),
        JobOptions(tags: ["nightly"]))
}
