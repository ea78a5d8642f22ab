import CarillonConfiguration
import Foundation
import Yams

/// Reads a file of 100,000 jobs beside Yams, which only composes its nodes: CPU time of both, in turn, in one process.
@main
struct ConfigurationBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let count = arguments.first ?? 100_000
        let repetitions = arguments.dropFirst().first ?? 5
        let forms = [("block", blockText), ("flow", flowText), ("JSON", jsonText)]
        for (name, makeText) in forms where !CommandLine.arguments.contains("--no-\(name)") {
            let text = makeText(count)
            let bytes = Array(text.utf8)
            var composing = Double.infinity
            var plain = Double.infinity
            var reading = Double.infinity
            for _ in 0..<repetitions {
                composing = min(composing, try seconds { _ = try Yams.compose(yaml: text) })
                plain = min(plain, try seconds { _ = try Yams.compose(yaml: text, .basic) })
                reading = min(
                    reading,
                    try seconds {
                        let configuration = try Configuration([.bytes(bytes, name: "jobs.yaml")])
                        precondition(configuration.jobs.count == count)
                    })
            }
            print(
                String(
                    format:
                        "%@: %d jobs, %.1f MB: composing %.2f s (%.2f s with the basic resolver), reading %.2f s, ratio %.2f",
                    name, count,
                    Double(bytes.count) / 1_000_000, composing, plain, reading, reading / composing))
        }
    }

    private static func blockText(_ count: Int) -> String {
        (0..<count).reduce(into: "timezone: Europe/Berlin\njobs:\n") { text, number in
            text += "- id: job-\(number)\n  func: reports:daily\n  kwargs: {to: team-\(number), size: \(number)}\n"
            switch number % 3 {
            case 0: text += "  trigger: interval\n  minutes: \(number % 60 + 1)\n  max_instances: 2\n"
            case 1: text += "  trigger: cron\n  hour: \(number % 24)\n  minute: \"*/5\"\n  tags: [a, b]\n"
            default: text += "  trigger: crontab\n  expression: \"\(number % 60) 9 * * 1-5\"\n  coalesce: true\n"
            }
        }
    }

    private static func flowText(_ count: Int) -> String {
        (0..<count).reduce(into: "jobs:\n") { text, number in
            text += "- {id: job-\(number), command: echo \(number), trigger: interval, seconds: \(number % 60 + 1)}\n"
        }
    }

    private static func jsonText(_ count: Int) -> String {
        let jobs = (0..<count).map { number in
            #"{"id": "job-\#(number)", "func": "reports:daily", "kwargs": {"size": \#(number)}, "#
                + #""trigger": {"type": "cron", "day_of_week": "mon-fri", "hour": \#(number % 24)}}"#
        }
        return "{\"jobs\": [\n\(jobs.joined(separator: ",\n"))\n]}\n"
    }

    /// CPU seconds of the process.
    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = clock()
        try body()
        return Double(clock() - start) / Double(CLOCKS_PER_SEC)
    }
}
