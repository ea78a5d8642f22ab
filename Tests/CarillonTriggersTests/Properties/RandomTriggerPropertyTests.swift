import CarillonTriggers
import Testing

/// Random expressions in random zones at random times, against a search through all wall times.
@Suite struct RandomTriggerPropertyTests {
    static let seed = SeededGenerator.seed(orElse: 15_821_015)
    private static let day = 86_400
    /// The oracle's calendar ends in 2112.
    private static let horizon = 4_300_000_000

    @Test func cronExpressions() throws {
        var comparison = OracleComparison()
        var expressions = RandomExpression(generator: SeededGenerator(seed: Self.seed))
        var generator = SeededGenerator(seed: ~Self.seed)
        let names = ZoneDatabase.system.zoneNames()
        for _ in 0..<4000 {
            let expression = expressions.next()
            let name = generator.element(of: names)
            let oracle = try #require(OracleZone(name))
            let gap = generator.element(of: GapPolicy.allCases + [.once, .once])
            let fold = generator.element(of: FoldPolicy.allCases + [.first])
            let zone = try Zone(name)
            let trigger = try Trigger.cron(expression.source, in: zone, gap: gap, fold: fold)
            let start = Self.time(near: oracle, &generator)
            let label = "\(name), \(expression.source), \(gap), \(fold),"

            // About 2,000 fire times round the start, or 12 years.
            let reach = min(12 * 366, max(1, 4000 / max(1, expression.timesOfDay.count))) * Self.day
            let span = max(start - reach, 0)...min(start + reach, Self.horizon)
            let fireTimes = expression.fireTimes(
                in: oracle,
                from: span.lowerBound,
                through: span.upperBound,
                gap: gap,
                fold: fold
            )
            var times = [start, start - 1, start + 1]
            for _ in 0..<6 { times.append(generator.number(span)) }
            for _ in 0..<4 where !fireTimes.isEmpty {
                let fireTime = generator.element(of: fireTimes)
                times += [fireTime - 1, fireTime, fireTime + 1]
            }
            times = times.filter { span.contains($0) }
            for time in times {
                let micros = generator.oneIn(4) ? Int64(generator.number(1...999_999)) : 0
                comparison.compareNeighbours(of: time, micros: micros, trigger, fireTimes, span: span, label)
                let other = generator.element(of: times)
                comparison.compareCount(after: min(time, other), through: max(time, other), trigger, fireTimes, label)
            }
            Self.checkAgreement(of: trigger, from: Instant(seconds: Int64(start)), label, &comparison)
        }
        print("random cron expressions: \(comparison.checks) checks, seed \(Self.seed)")
        #expect(comparison.failures == 0)
    }

    /// Expressions that fire rarely: the way to the next fire time leads over many clock changes.
    @Test func rareExpressions() throws {
        var comparison = OracleComparison()
        var generator = SeededGenerator(seed: Self.seed)
        let rare: [OracleExpression] = [
            OracleExpression(
                .crontab("0 12 29 2 *", weekdays: .standard), hours: [12], minutes: [0], followsElapsedTime: false,
                days: { $0.month == 2 && $0.day == 29 }),
            OracleExpression(
                .crontab("30 2 29 2 */1", weekdays: .standard), hours: [2], minutes: [30], followsElapsedTime: false,
                days: { $0.month == 2 && $0.day == 29 }),
            OracleExpression(
                .fields(CronFields(month: 2, day: 29, dayOfWeek: "thu")), hours: [0], minutes: [0],
                followsElapsedTime: false, days: { $0.month == 2 && $0.day == 29 && $0.weekday == 3 }),
            OracleExpression(
                .fields(CronFields(day: 13, dayOfWeek: "fri", hour: "*", minute: 13)), hours: 0...23, minutes: [13],
                followsElapsedTime: true, days: { $0.day == 13 && $0.weekday == 4 }),
            OracleExpression(
                .fields(CronFields(week: 53, dayOfWeek: "sun", hour: 2, minute: 30)), hours: [2], minutes: [30],
                followsElapsedTime: false, days: { $0.week == 53 && $0.weekday == 6 }),
            OracleExpression(
                .fields(CronFields(year: "2000,2050-2090/20", month: "mar", day: "last sun", hour: 2)), hours: [2],
                minutes: [0], followsElapsedTime: false,
                days: { [2000, 2050, 2070, 2090].contains($0.year) && $0.month == 3 && $0.weekday == 6 && $0.day > 24 }),
            OracleExpression(
                .crontab("0 0 30 2 *", weekdays: .standard), hours: [0], minutes: [0], followsElapsedTime: false,
                days: { _ in false }),
        ]
        let span = 0...Self.horizon
        for name in ZoneDatabase.system.zoneNames() where generator.oneIn(4) {
            let oracle = try #require(OracleZone(name))
            let expression = generator.element(of: rare)
            let trigger = try Trigger.cron(expression.source, in: Zone(name))
            let fireTimes = expression.fireTimes(in: oracle, from: span.lowerBound, through: span.upperBound)
            let label = "\(name), \(expression.source),"
            for _ in 0..<20 {
                let times = [generator.number(span), generator.number(span)].sorted()
                comparison.compareNeighbours(of: times[0], trigger, fireTimes, span: span, label)
                comparison.compareCount(after: times[0], through: times[1], trigger, fireTimes, label)
            }
        }
        #expect(comparison.failures == 0)
    }

    /// What must hold between `next`, `previous`, `count`, `due`, `contains` and the sequence of fire times.
    private static func checkAgreement(
        of trigger: Trigger,
        from start: Instant,
        _ label: String,
        _ comparison: inout OracleComparison
    ) {
        let walked = Array(trigger.fireTimes(after: start).prefix(20))
        var before = start
        for (index, time) in walked.enumerated() {
            comparison.check(time > before, "\(label) \(time) does not ascend")
            comparison.check(trigger.contains(time), "\(label) does not contain \(time)")
            comparison.check(
                trigger.count(after: start, through: time) == index + 1,
                "\(label) count through \(time) is not \(index + 1)"
            )
            let earlier = trigger.previous(before: time)
            let expected = index > 0 ? walked[index - 1] : nil
            comparison.check(
                index > 0 ? earlier == expected : earlier ?? start <= start,
                "\(label) previous before \(time) is \(earlier as Any)"
            )
            before = time
        }
        if let last = walked.last {
            let due = trigger.due(after: start, through: last.advanced(byMicroseconds: 1))
            comparison.check(due?.latest == last && due?.count == walked.count, "\(label) due is \(due as Any)")
            let none = trigger.due(after: start, through: walked[0].advanced(byMicroseconds: -1))
            comparison.check(none == nil, "\(label) due before the first is \(none as Any)")
        }
    }

    /// A time that is often close to a clock change.
    static func time(near zone: OracleZone, _ generator: inout SeededGenerator) -> Int {
        let changes = zone.changes(from: 100_000_000, through: 4_000_000_000)
        guard !changes.isEmpty, !generator.oneIn(3) else { return generator.number(50_000_000...4_100_000_000) }
        return generator.element(of: changes) + generator.number(-90_000...20_000)
    }
}
