import Carillon
import CarillonTasks
import Foundation

/// A server that tests start: `run COUNT LINE` runs a line of the shell in so many jobs at once, until it is killed;
/// `repeat COUNT` runs commands of several kinds so many times each, and prints how they ended and what is left of them;
/// `as USER LINE` runs a line as another user and prints what it wrote;
/// `request JSON` makes a request and prints how it ended;
/// `measure LINE` runs a line and prints what was kept of its output, and how much more memory this process took.
@main
enum TasksWorkerMain {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let count = arguments.dropFirst().first.flatMap { Int($0) } ?? 1
        if arguments.first == "repeat" { return try await RepeatedRuns.run(count) }
        if arguments.first == "as", let user = arguments.dropFirst().first {
            return try await UserRun.run(user, arguments.last ?? "true")
        }
        if arguments.first == "request" { return try await RequestRun.run(arguments.last ?? "{}") }
        if arguments.first == "measure" { return try await MeasuredRun.run(arguments.last ?? "true") }
        let scheduler = AsyncScheduler()
        try scheduler.register(ShellTask())
        try await scheduler.start()
        let command = ShellArguments(command: .line(arguments.last ?? "true"))
        for number in 0..<count {
            try await scheduler.addJob(id: "command \(number)", task: "shell", arguments: command)
        }
        for await event in scheduler.events() {
            if case .runEnded(let run, let outcome, _) = event.kind { print("\(run): \(outcome)") }
        }
    }
}
