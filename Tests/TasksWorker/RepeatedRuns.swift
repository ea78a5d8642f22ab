import Carillon
import CarillonTasks
import Foundation

/// Runs commands again and again, and counts what they leave in this process.
enum RepeatedRuns {
    static func run(_ count: Int) async throws {
        // What a host may do; neither it nor commands are to notice.
        signal(SIGCHLD, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        let scheduler = AsyncScheduler()
        try scheduler.register(ShellTask())
        let events = scheduler.events()
        try await scheduler.start()
        let commands: [ShellArguments] = [
            ShellArguments(command: .line("cat"), stdin: "text"),
            ShellArguments(command: .program(["no-such-command-at-all"])),
            ShellArguments(command: .line("kill -PIPE $$")),
        ]
        // The first ones start threads and open what stays open.
        var ends: [String: Int] = [:]
        var iterator = events.makeAsyncIterator()
        var descriptors = 0
        for round in 0..<2 {
            let many = round == 0 ? 5 : count
            for number in 0..<many {
                for (kind, command) in commands.enumerated() {
                    try await scheduler.addJob(id: "\(round) \(kind) \(number)", task: "shell", arguments: command)
                }
            }
            var ended = 0
            ends = [:]
            while ended < many * commands.count, let event = await iterator.next() {
                guard case .runEnded(_, let outcome, let error) = event.kind else { continue }
                ended += 1
                ends[error ?? outcome.rawValue, default: 0] += 1
            }
            if round == 0 { descriptors = descriptorCount }
        }
        for (end, count) in ends.sorted(by: { $0.key < $1.key }) { print("\(end): \(count)") }
        // Sources are closed by their queues, in their own time.
        let deadline = ContinuousClock.now + .seconds(10)
        while descriptorCount > descriptors, ContinuousClock.now < deadline { await Task.yield() }
        print("descriptors: +\(max(0, descriptorCount - descriptors))")
        print("children: \(childCount)")
        await scheduler.shutdown()
    }

    private static var descriptorCount: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 0
    }

    /// Those that have ended and were not waited for, too.
    private static var childCount: Int {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return threads.reduce(0) { count, thread in
            let children = try? String(contentsOfFile: "/proc/self/task/\(thread)/children", encoding: .utf8)
            return count + (children?.split(separator: " ").count ?? 0)
        }
    }
}
