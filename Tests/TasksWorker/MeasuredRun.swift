import Carillon
import CarillonTasks
import Foundation

/// Runs a command and measures this process.
enum MeasuredRun {
    static func run(_ line: String) async throws {
        // A server of some size, which the guards of its commands are forked from.
        let ballast = [UInt8](repeating: 1, count: 64 << 20)
        defer { withExtendedLifetime(ballast) {} }
        let scheduler = AsyncScheduler()
        try scheduler.register(ShellTask())
        let events = scheduler.events()
        try await scheduler.start()
        var before = 0
        // The first run is of the machinery alone.
        for (id, line) in [("first", "true"), ("measured", line)] {
            before = peakKilobytes
            try await scheduler.addJob(id: id, task: "shell", arguments: ShellArguments(command: .line(line)))
            for await event in events {
                if case .runEnded(let run, let outcome, _) = event.kind, "\(run.occurrence.job)" == id {
                    print("outcome: \(outcome)")
                    break
                }
            }
        }
        print("peak kilobytes: +\(peakKilobytes - before)")
        let log = try await scheduler.runs(of: "measured").first?.log ?? []
        print("log bytes: \(log.count)")
        print(
            "log end: \(String(decoding: log.suffix(24), as: UTF8.self).split(separator: "\n").joined(separator: " "))")
        await scheduler.shutdown()
    }

    private static var peakKilobytes: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
