#if Macros
import Carillon
import CarillonMacros
import CarillonTriggers

@JobTask func report(recipient: String, depth: Int = 3) async throws {
    print("a report for \(recipient), \(depth) levels deep")
}

func addReports(to scheduler: some Scheduler) async throws {
    try await scheduler.add($report.job(id: "r", recipient: "ops", trigger: .cron(hour: 9)))
    try await scheduler.add($report.job(recipient: "board", depth: 1))
}
#endif
