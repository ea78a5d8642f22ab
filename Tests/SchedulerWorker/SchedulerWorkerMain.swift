import Carillon
import CarillonTriggers
import Foundation

/// A process whose `main` returns while its scheduler runs: `daemon` may end then, `keep` waits for the scheduler.
@main
enum SchedulerWorkerMain {
    static func main() throws {
        let isDaemon = CommandLine.arguments.last == "daemon"
        let scheduler = BackgroundScheduler(daemon: isDaemon)
        // So late that a slow machine does not matter, where the process is not to live until then.
        try scheduler.addJob(id: "last", trigger: .date(Date().addingTimeInterval(isDaemon ? 600 : 0.5))) {
            print("the job ran")
            await scheduler.shutdown()
        }
        try scheduler.start()
        print("main returns")
    }
}
