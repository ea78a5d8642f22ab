#if Macros
import Carillon
import CarillonMacros
import CarillonTriggers

@Scheduled(id: "do_job_1", .interval(minutes: 1))
func tick() { print("a minute has passed") }

@main struct Program {
    static func main() throws {
        try BlockingScheduler().start(stoppingOn: [.interrupt, .terminate])
    }
}
#endif
