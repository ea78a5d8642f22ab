import Carillon
import CarillonTriggers
import Logging

// The Swift of docs/coming-from/vapor-queues.md.

struct Email: Codable {
    var to: String
}

func makeScheduler() async throws -> AsyncScheduler {
    let scheduler = AsyncScheduler(SchedulerOptions(zone: try Zone("local")))
    try scheduler.register("email") { (email: Email, context) async throws in
        context.log("to \(email.to)")
    }
    try await scheduler.addJob(id: "cleanup", trigger: .cron(hour: 3, minute: 30)) { context async in
        context.logger.info("cleaning up")
    }
    return scheduler
}

func send(_ email: Email, by scheduler: AsyncScheduler) async throws {
    let policies = JobPolicies(retry: RetryPolicy(count: 3))
    try await scheduler.addJob(task: "email", arguments: email, JobOptions(policies: policies))
}

func serving(with scheduler: AsyncScheduler) async throws {
    try await scheduler.start()
    // … the application serves …
    await scheduler.shutdown(deadline: .seconds(30))
}
