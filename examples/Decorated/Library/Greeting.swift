#if Macros
import Carillon
import CarillonMacros
import CarillonTriggers

enum Greeting {
    @Scheduled(id: "greet", .cron(second: "*/2"), timeZone: "Europe/Berlin", misfireGrace: .seconds(30))
    @Scheduled(id: "greet at start", .interval(hours: 1))
    static func greet(_ context: TaskContext) async throws { print("\(context.jobID): good day") }
}
#endif
