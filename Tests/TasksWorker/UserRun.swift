import Carillon
import CarillonTasks
import Foundation

/// Runs a line of the shell as another user, and prints what it wrote and why it failed.
enum UserRun {
    static func run(_ user: String, _ line: String) async throws {
        let scheduler = AsyncScheduler()
        try scheduler.register(ShellTask())
        let events = scheduler.events()
        try await scheduler.start()
        let arguments = ShellArguments(command: .line(line), workingDirectory: "/", user: user)
        try await scheduler.addJob(id: "command", task: "shell", arguments: arguments)
        for await event in events {
            if case .runEnded(_, _, let error) = event.kind {
                if let error { print(error) }
                break
            }
        }
        let log = try await scheduler.runs(of: "command").first?.log ?? []
        print(String(decoding: log, as: UTF8.self), terminator: "")
        await scheduler.shutdown()
    }
}
