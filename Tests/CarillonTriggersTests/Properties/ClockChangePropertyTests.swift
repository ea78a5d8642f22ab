import CarillonTriggers
import Foundation
import Testing

/// Fire times round every clock change of every zone, against a search through all wall times.
@Suite struct ClockChangePropertyTests {
    static let seed = SeededGenerator.seed(orElse: 20_250_330)

    /// 1970-01-01 to 2100-01-01.
    static let years = 0...4_102_444_800

    static let expressions: [OracleExpression] = [
        crontab("* * * * *", 0...23, 0...59, elapsed: true),
        crontab("*/15 * * * *", 0...23, [0, 15, 30, 45], elapsed: true),
        crontab("0 */2 * * *", stride(from: 0, to: 24, by: 2), [0], elapsed: true),
        crontab("*/20 1-3 * * *", 1...3, [0, 20, 40], elapsed: true),
        crontab("30 2 * * *", [2], [30]),
        crontab("0 0 * * *", [0], [0]),
        crontab("0,30 0-5 * * *", 0...5, [0, 30]),
        crontab("10-50/20 */3,1 * * *", [0, 1, 3, 6, 9, 12, 15, 18, 21], [10, 30, 50], elapsed: true),
        crontab("7/16 0-4,23 * * *", [0, 1, 2, 3, 4, 23], [7, 23, 39, 55]),
        crontab("15 2 L * *", [2], [15]) { $0.day == $0.monthLength },
        crontab("0 3 * * sun", [3], [0]) { $0.weekday == 6 },
        crontab("45 1,23 1-7,25-31 * 7", [1, 23], [45]) { $0.day <= 7 || $0.day >= 25 || $0.weekday == 6 },
        crontab("59 23 */2 * 5-7", [23], [59]) { $0.day % 2 == 1 && $0.weekday >= 4 },
        crontab("*/10 59 23 * * *", [23], [59], stride(from: 0, to: 60, by: 10), elapsed: true),
        crontab("5,35 0/30 0-23 * * *", 0...23, [0, 30], [5, 35]),
        fields(CronFields(week: "9-13,40-44", hour: 1, minute: 30), [1], [30]) {
            (9...13).contains($0.week) || (40...44).contains($0.week)
        },
        fields(
            CronFields(day: "last sun, 2nd sun, 1st sun", hour: "2-3", minute: "*/30"), 2...3, [0, 30], elapsed: true
        ) {
            $0.weekday == 6 && ($0.day <= 14 || $0.day + 7 > $0.monthLength)
        },
        fields(CronFields(month: "mar-apr,9-11", dayOfWeek: "sat-sun"), [0], [0]) {
            [3, 4, 9, 10, 11].contains($0.month) && $0.weekday >= 5
        },
        fields(CronFields(minute: 0, second: "*/20"), 0...23, [0], [0, 20, 40], elapsed: true),
    ]

    @Test func everyChangeOfEveryZone() throws {
        let started = DispatchTime.now().uptimeNanoseconds
        var comparison = OracleComparison()
        var changes = 0
        let names = ZoneDatabase.system.zoneNames()
        #expect(names.count > 400)
        for (index, name) in names.enumerated() {
            var generator = SeededGenerator(seed: Self.seed &+ UInt64(index))
            let zone = try Zone(name)
            let oracle = try #require(OracleZone(name), "\(name) is not a version 2 zone file")
            let triggers = try Self.expressions.map { expression in
                try Self.policies.map { gap, fold in
                    try Trigger.cron(expression.source, in: zone, gap: gap, fold: fold)
                }
            }
            for change in oracle.changes(from: Self.years.lowerBound, through: Self.years.upperBound) {
                changes += 1
                for (expression, versions) in zip(Self.expressions, triggers) {
                    // The default always, and the other policies in turn where they make a difference.
                    let other = expression.followsElapsedTime ? 0 : changes % Self.policies.count
                    for policy in Set([0, other]) {
                        Self.compare(
                            versions[policy],
                            expression,
                            Self.policies[policy],
                            oracle,
                            change,
                            name,
                            &generator,
                            &comparison
                        )
                    }
                }
            }
        }
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
        print(
            "clock changes: \(comparison.checks) checks of \(Self.expressions.count) expressions round \(changes) changes "
                + "of \(names.count) zones, seed \(Self.seed), \(String(format: "%.1f", seconds)) s"
        )
        #expect(comparison.failures == 0)
    }

    /// The offsets themselves, at every change and at random times.
    @Test func offsetsOfEveryZone() throws {
        var comparison = OracleComparison()
        var generator = SeededGenerator(seed: Self.seed)
        for name in ZoneDatabase.system.zoneNames() {
            let rules = try Zone(name).rules
            let oracle = try #require(OracleZone(name))
            let changes = oracle.changes(from: -10_000_000_000, through: Self.years.upperBound)
            let random = (0..<200).map { _ in generator.number(-6_000_000_000...Self.years.upperBound) }
            for time in changes.flatMap({ [$0 - 1, $0, $0 + 1] }) + random {
                let offset = rules.offset(at: Int64(time))
                comparison.check(offset == oracle.offset(at: time), "\(name) at \(time): offset \(offset)")
            }
        }
        print("offsets: \(comparison.checks) checks")
        #expect(comparison.failures == 0)
    }

    // MARK: One change

    static let policies: [(gap: GapPolicy, fold: FoldPolicy)] = [
        (.once, .first), (.skip, .first), (.shift, .first), (.once, .both), (.skip, .both), (.shift, .both),
    ]

    private static func compare(
        _ trigger: Trigger,
        _ expression: OracleExpression,
        _ policy: (gap: GapPolicy, fold: FoldPolicy),
        _ zone: OracleZone,
        _ change: Int,
        _ name: String,
        _ generator: inout SeededGenerator,
        _ comparison: inout OracleComparison
    ) {
        let isDense = expression.timesOfDay.count > 40
        let offsets = zone.pieces(from: change - 1, through: change).map(\.offset)
        let jump = (offsets.max() ?? 0) - (offsets.min() ?? 0)
        let reach = jump + (isDense ? 4 : 30) * 3600
        let span = (change - reach)...(change + reach)
        let fireTimes = expression.fireTimes(
            in: zone,
            from: span.lowerBound,
            through: span.upperBound,
            gap: policy.gap,
            fold: policy.fold
        )
        let label = "\(name), \(expression.source), \(policy),"
        var times = [
            change - 1, change, change + 1, change + jump, change - jump, change + jump / 2, change + jump - 1,
        ]
        times.append(span.lowerBound)
        for _ in 0..<2 { times.append(generator.number(span)) }
        let first = fireTimes.partitioningIndex { $0 >= change }
        for index in max(0, first - 2)..<min(fireTimes.count, first + 3) {
            times += [fireTimes[index] - 1, fireTimes[index], fireTimes[index] + 1]
        }
        for time in times where span.contains(time) {
            comparison.compareNeighbours(of: time, trigger, fireTimes, span: span, label)
        }
        for _ in 0..<2 {
            let time = generator.element(of: times)
            guard span.contains(time), time < span.upperBound else { continue }
            let micros = Int64(generator.number(1...999_999))
            comparison.compareNeighbours(of: time, micros: micros, trigger, fireTimes, span: span, label)
        }
        comparison.compareCount(after: span.lowerBound - 1, through: span.upperBound, trigger, fireTimes, label)
        for _ in 0..<3 {
            let ends = [generator.element(of: times), generator.element(of: times)].sorted()
            guard span.contains(ends[0]), span.contains(ends[1]) else { continue }
            comparison.compareCount(after: ends[0], through: ends[1], trigger, fireTimes, label)
        }
    }

    private static func crontab(
        _ text: String,
        _ hours: some Sequence<Int>,
        _ minutes: some Sequence<Int>,
        _ seconds: some Sequence<Int> = [0],
        elapsed: Bool = false,
        days: @escaping @Sendable (OracleDay) -> Bool = { _ in true }
    ) -> OracleExpression {
        OracleExpression(
            .crontab(text, weekdays: .standard),
            hours: hours,
            minutes: minutes,
            seconds: seconds,
            followsElapsedTime: elapsed,
            days: days
        )
    }

    private static func fields(
        _ fields: CronFields,
        _ hours: some Sequence<Int>,
        _ minutes: some Sequence<Int>,
        _ seconds: some Sequence<Int> = [0],
        elapsed: Bool = false,
        days: @escaping @Sendable (OracleDay) -> Bool = { _ in true }
    ) -> OracleExpression {
        OracleExpression(
            .fields(fields),
            hours: hours,
            minutes: minutes,
            seconds: seconds,
            followsElapsedTime: elapsed,
            days: days
        )
    }
}
