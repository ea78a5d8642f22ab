import Carillon
import CarillonSQLite
import CarillonTriggers

struct Greeting: Codable {
    var name: String
}

@main
struct SurvivingRestart {
    static func main() async throws {
        var options = SchedulerOptions()
        options.stores["default"] = try await SQLiteJobStore(path: "jobs.sqlite")
        let scheduler = AsyncScheduler(options)
        try scheduler.register("greet") { (greeting: Greeting, _) in
            print("Hello, \(greeting.name)!")
            await scheduler.shutdown()
        }
        try await scheduler.addJob(
            id: "greeting",
            task: "greet",
            arguments: Greeting(name: "Ada"),
            trigger: .interval(seconds: 1),
            JobOptions(ifExists: .keep)  // after a restart the stored job goes on, in its phase
        )
        try await scheduler.run()
        print("\(try await scheduler.runs(of: "greeting").count) runs so far")
    }
}
