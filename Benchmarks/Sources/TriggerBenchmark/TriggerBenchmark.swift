import CMeasurement
import CarillonTriggers
import Foundation

/// Measures the triggers and prints a table.
///
/// `trigger-benchmark [--quick] [--only TEXT] [--peers FILE]`; `trigger-benchmark --cases` prints what peers should do.
@main
struct TriggerBenchmark {
    private let runs: Int
    private let calls: Int
    private let expressions: [Expression]
    private let part: String
    private var report: Report

    static func main() throws {
        let arguments = CommandLine.arguments
        func value(of flag: String) -> String? {
            guard let index = arguments.firstIndex(of: flag), index + 1 < arguments.count else { return nil }
            return arguments[index + 1]
        }
        if arguments.contains("--cases") {
            print(String(decoding: try JSONEncoder().encode(PeerCases()), as: UTF8.self))
            return
        }
        let isQuick = arguments.contains("--quick")
        let part = value(of: "--only") ?? ""
        var benchmark = TriggerBenchmark(
            runs: isQuick ? 7 : 15,
            calls: isQuick ? 8192 : 32_768,
            expressions: Expression.all.filter { part.isEmpty || $0.name.contains(part) },
            part: part,
            report: Report(peers: try value(of: "--peers").map { try PeerResults(path: $0) } ?? PeerResults())
        )
        try benchmark.run()
        if !benchmark.report.missed.isEmpty { exit(1) }
    }

    private mutating func run() throws {
        report.printHeader()
        var calibrations: [Measurement] = []
        for expression in expressions {
            calibrations.append(calibration())
            for walk in Walk.allCases { try measure(expression, walk) }
        }
        try measureOtherKinds(containing: part)
        try measureEveryZone()
        try measureCounts()
        try measureParsing()
        try measureBehind()
        calibrations.append(calibration())
        report.printFooter(runs: runs, calibration: Measurement(pooling: calibrations))
    }

    private mutating func measure(_ expression: Expression, _ walk: Walk) throws {
        var measured: [String: Measurement] = [:]
        for name in MeasuredZones.names {
            measured[name] = walk.measure(try expression.trigger(in: Zone(name)), runs: runs, calls: calls)
        }
        report.add(expression.name, walk.rawValue, measured, target: expression.target, allocations: 0)
    }

    /// Kinds of trigger that are no cron expressions.
    private mutating func measureOtherKinds(containing part: String) throws {
        let start = Instant.newYear(2025).date
        let kinds: [(name: String, trigger: (Zone) throws -> Trigger)] = [
            ("interval 5 min", { try .interval(minutes: 5, start: start, in: $0) }),
            ("calendarinterval 1 month", { try .calendarInterval(months: 1, hour: 9, start: "1970-01-31", in: $0) }),
            (
                "any of cron and interval",
                { try .any(of: .crontab("*/5 * * * *", in: $0), .interval(minutes: 7, start: start)) }
            ),
            ("all of two crons", { try .all(of: .crontab("0 9 * * *", in: $0), .crontab("* * * * mon-fri", in: $0)) }),
            (
                "all of cron and interval",
                { try .all(of: .crontab("0 * * * *", in: $0), .interval(minutes: 90, start: start)) }
            ),
        ]
        for (name, trigger) in kinds where name.contains(part) {
            for walk in [Walk.forward, .random2040] {
                var measured: [String: Measurement] = [:]
                for zone in MeasuredZones.names {
                    measured[zone] = walk.measure(try trigger(Zone(zone)), runs: runs, calls: calls)
                }
                report.add(name, walk.rawValue, measured, target: nil, allocations: .infinity)
            }
        }
    }

    /// Two expressions in all zones of the database: one that follows elapsed time, one that does not.
    private mutating func measureEveryZone() throws {
        let zones = MeasuredZones.all()
        for expression in expressions where ["*/5 * * * *", "30 2 * * *"].contains(expression.name) {
            var measured: [String: Measurement] = [:]
            for (name, zone) in zones {
                measured[name] = Walk.random2000.measure(try expression.trigger(in: zone), runs: 7, calls: 4096)
            }
            let name = "\(expression.name), \(zones.count) zones"
            report.add(name, Walk.random2000.rawValue, measured, target: expression.target, allocations: 0)
        }
    }

    private mutating func measureCounts() throws {
        let start = Instant.newYear(2025)
        let end = Instant.newYear(2026)
        for expression in expressions where ["*/5 * * * *", "30 2 * * *", "0 0 1 * *"].contains(expression.name) {
            var measured: [String: Measurement] = [:]
            for name in MeasuredZones.names {
                let trigger = try expression.trigger(in: Zone(name))
                measured[name] = Measurement(runs: runs, calls: calls / 16) {
                    for _ in 0..<calls / 16 { keep_result(Int64(trigger.count(after: start, through: end))) }
                }
            }
            report.add(expression.name, "count of a year", measured, target: nil, allocations: 0)
        }
    }

    private mutating func measureParsing() throws {
        let zone = try Zone("Europe/Berlin")
        for expression in expressions {
            guard let text = expression.crontab else { continue }
            let measured = Measurement(runs: runs, calls: calls / 8) {
                for _ in 0..<calls / 8 { keep_result((try? Trigger.crontab(text, in: zone)) == nil ? 1 : 0) }
            }
            report.add(text, "parse", ["": measured], target: 2000, allocations: .infinity)
        }
    }

    /// What a scheduler asks that was away for 30 days.
    private mutating func measureBehind() throws {
        let start = Instant.newYear(2025)
        let end = Instant(microseconds: start.microseconds + 30 * 86_400_000_000)
        let trigger = try Trigger.interval(seconds: 1, start: start.date)
        let measured = Measurement(runs: runs, calls: calls) {
            for _ in 0..<calls { keep_result(Int64(trigger.due(after: start, through: end)?.count ?? 0)) }
        }
        report.add(PeerCases.behind, "latest and count", ["": measured], target: 1000, allocations: 0)
    }

    /// A chain of a thousand steps of which each needs the one before (Marsaglia's xorshift, 2003), so that nothing but
    /// the machine makes it faster or slower.
    private func calibration() -> Measurement {
        Measurement(runs: runs, calls: 64) {
            var value: UInt64 = 1
            for _ in 0..<64_000 {
                value ^= value << 13
                value ^= value >> 7
                value ^= value << 17
            }
            keep_result(Int64(truncatingIfNeeded: value))
        }
    }
}

/// What the peers are asked to do, as JSON for `peers.py`.
private struct PeerCases: Encodable {
    static let behind = "1 s interval, 30 days behind"

    var zones = MeasuredZones.names
    var expressions = Expression.all
    var behind = Self.behind
}
