import Carillon
import CarillonTriggers

// The Swift of docs/coming-from/celery-beat.md.

struct Recipient: Codable {
    var recipient: String
}

struct ConnectionFailed: Error {}

func addPeriodicJobs(to scheduler: AsyncScheduler) async throws {
    let berlin = try Zone("Europe/Berlin")
    let policies = JobPolicies(
        misfireGrace: .seconds(3600),
        retry: .only(
            ConnectionFailed.self, count: 3,
            backoff: .exponential(first: .seconds(10), atMost: .seconds(600))))
    try scheduler.register("tasks.report") { (arguments: Recipient, context) async throws in
        context.log("to \(arguments.recipient)")
    }
    try await scheduler.addJob(
        id: "weekly-report", task: "tasks.report", arguments: Recipient(recipient: "ops"),
        trigger: .cron(hour: 7, minute: 30, dayOfWeek: "mon", in: berlin),
        JobOptions(policies: policies, executor: "slow", ifExists: .replace))
    try await scheduler.addJob(
        id: "ping", trigger: .interval(seconds: 30), JobOptions(ifExists: .replace)
    ) { context async in context.log("pong") }
}
