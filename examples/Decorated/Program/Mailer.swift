#if Macros
import Carillon
import CarillonMacros
import CarillonTriggers

@JobGroup struct Mailer {
    let smtp: String

    @Scheduled(id: "digest", .cron(hour: 7))
    func sendDigest() async throws { print("a digest by \(smtp)") }

    @Scheduled(id: "retry mails", .interval(minutes: 5))
    func retry(_ context: TaskContext) { context.log("trying again by \(smtp)") }
}

func addMails(to scheduler: some Scheduler) async throws {
    try await scheduler.add(Mailer(smtp: "mail.example.com"))
}
#endif
