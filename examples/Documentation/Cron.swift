import Carillon
import CarillonTasks
import CarillonTriggers

// The Swift of docs/coming-from/cron.md.

func dumpScheduler() async throws -> AsyncScheduler {
    let scheduler = AsyncScheduler(SchedulerOptions(zone: try Zone("Europe/Berlin")))
    try scheduler.register(ShellTask())
    try await scheduler.addJob(
        id: "dump", task: "shell",
        arguments: ShellArguments(command: .line("pg_dump shop > /var/backups/shop.sql")),
        trigger: .crontab("30 2 * * *"),
        JobOptions(policies: JobPolicies(timeout: .seconds(3600)), ifExists: .replace))
    return scheduler
}
