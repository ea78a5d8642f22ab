import Carillon
import CarillonTasks
import Foundation

/// A server that a test kills: runs the command of its first argument as a job, and goes on until it is killed.
@main
enum TasksWorkerMain {
    static func main() async throws {
        let line = CommandLine.arguments.dropFirst().first ?? "true"
        let scheduler = AsyncScheduler()
        try scheduler.register(ShellTask())
        try await scheduler.start()
        try await scheduler.addJob(id: "command", task: "shell", arguments: ShellArguments(command: .line(line)))
        for await event in scheduler.events {
            if case .runEnded(let run, let outcome, _) = event.kind { print("\(run): \(outcome)") }
        }
    }
}
