import Carillon
import CarillonTasks
import CarillonTriggers
import Foundation

/// Makes a request with the variables of this process.
enum RequestRun {
    static func run(_ json: String) async throws {
        let arguments = try JSONDecoder().decode(HTTPArguments.self, from: Data(json.utf8))
        let scheduler = AsyncScheduler()
        try scheduler.register(HTTPTask())
        let events = scheduler.events()
        try await scheduler.start()
        try await scheduler.addJob(id: "request", task: "http", arguments: arguments)
        for await event in events {
            guard case .runEnded(_, let outcome, let error) = event.kind else { continue }
            print("\(outcome)\(error.map { ": \($0)" } ?? "")")
            break
        }
        await scheduler.shutdown()
    }
}
