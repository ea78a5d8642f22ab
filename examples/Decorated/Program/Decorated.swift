#if Macros
import Carillon
import CarillonMacros
import CarillonTriggers

// Functions become jobs by a line above them; nothing lists them.
//
//     swift run --traits Macros Decorated

@Scheduled(id: "do_job_1", .interval(seconds: 1))
@Scheduled(id: "do_job_2", .cron(second: "*/2"), misfireGrace: .seconds(30))
func tick() { print("tick") }

@Scheduled(.crontab("0 9 * * mon-fri", in: Zone("Europe/Berlin")))
private func report() throws { print("never seen here, unless it is nine in Berlin") }

@MainActor @Scheduled(id: "main", .interval(seconds: 1))
func onMain() { print("on the main actor") }

@main struct Program {
    static func main() async throws {
        let scheduler = BackgroundScheduler()
        try await scheduler.start()
        for job in try await scheduler.jobs() { print(job) }
        try await Task.sleep(for: .seconds(3))
        await scheduler.shutdown()
    }
}
#endif
