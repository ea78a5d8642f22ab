import Carillon
import CarillonTriggers
import Foundation

/// A process whose `main` returns while its scheduler runs: `daemon` may end then, `keep` waits for the scheduler.
@main
enum SchedulerWorkerMain {
    static func main() throws {
        let scheduler = BackgroundScheduler(daemon: CommandLine.arguments.last == "daemon")
        try scheduler.addJob(id: "last", trigger: .date(Date().addingTimeInterval(0.5))) {
            print("the job ran")
            await scheduler.shutdown()
        }
        try scheduler.start()
        print("main returns")
    }
}
