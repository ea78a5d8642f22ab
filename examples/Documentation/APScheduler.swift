import Carillon
import CarillonSQLite
import CarillonTriggers

// The Swift of docs/coming-from/apscheduler.md.

struct Report: Codable {
    var recipient: String
    var depth: Int? = 3
}

func reportScheduler() async throws -> BackgroundScheduler {
    let options = SchedulerOptions(
        stores: ["default": try await SQLiteJobStore(path: "jobs.sqlite")],
        zone: try Zone("Europe/Berlin"),
        policies: JobPolicies(misfireGrace: .seconds(60)))
    let scheduler = BackgroundScheduler(options)
    try scheduler.register("report") { (report: Report, _) in
        print("for \(report.recipient)")
    }
    try await scheduler.addJob(
        id: "report", task: "report", arguments: Report(recipient: "ops"),
        trigger: .cron(hour: 9, dayOfWeek: "mon-fri"), JobOptions(ifExists: .replace))
    try await scheduler.start()
    return scheduler
}

func defaultsOfAPScheduler() async throws {
    let policies = JobPolicies(misfireGrace: .seconds(1))
    let scheduler = BackgroundScheduler(SchedulerOptions(zone: try Zone("local"), policies: policies))
    try await scheduler.addJob(id: "tick", trigger: .interval(seconds: 5, firstRun: .afterInterval)) {
        print("tick")
    }
}

func printEnds(of scheduler: BackgroundScheduler) async {
    for await event in scheduler.events(EventFilter([.runEnded])) {
        guard case .runEnded(let run, let outcome, let error) = event.kind else { continue }
        print(run.occurrence.job, outcome, error ?? "")
    }
}
