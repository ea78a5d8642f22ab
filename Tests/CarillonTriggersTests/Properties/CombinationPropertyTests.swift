import CarillonTriggers
import Testing

/// Conjunctions and disjunctions of random triggers, against the fire times of their parts put together as sets.
@Suite struct CombinationPropertyTests {
    static let seed = SeededGenerator.seed(orElse: 13_09_1752)

    private static let zones = [
        "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo",
        "Pacific/Apia", "Africa/Casablanca",
    ]

    @Test func sameAsSets() throws {
        var comparison = OracleComparison()
        var generator = SeededGenerator(seed: Self.seed)
        var agreements = 0
        for _ in 0..<1000 {
            let start = generator.element(of: [1_320_000_000, 1_540_000_000, 1_740_000_000, 1_759_000_000])
            // From the middle of the days before a clock change of one of the zones, and for 40 days.
            let origin = Instant(seconds: Int64(start + generator.number(0...4_000_000)))
            let end = Instant(seconds: origin.flooredSeconds + 40 * 86_400)
            let zone = generator.oneIn(2) ? generator.element(of: Self.zones) : nil
            let parts = try (0..<generator.number(2...3)).map { _ in
                try Self.part(&generator, zone: zone, origin: origin)
            }
            let sets = parts.map { part in
                Set(part.fireTimes(after: origin).prefix { $0 <= end })
            }
            let both = sets.dropFirst().reduce(sets[0]) { $0.intersection($1) }.sorted()
            let either = sets.dropFirst().reduce(sets[0]) { $0.union($1) }.sorted()
            agreements += both.isEmpty ? 0 : 1
            let any = try trigger(#"{"type": "or", "triggers": \#(JSONValue.array(parts.map(\.json)))}"#)
            // All fire times are quarters of an hour. With an end most searches are short.
            let quarters = try trigger(
                #"{"type": "interval", "minutes": 15, "start_date": "2011-01-01T00:00:00Z", "end_date": "\#(Moment(end))"}"#
            )
            let bounded = generator.oneIn(40) ? parts : parts + [quarters]
            let all = try trigger(#"{"type": "and", "triggers": \#(JSONValue.array(bounded.map(\.json)))}"#)
            for (trigger, expected) in [(all, both), (any, either)] {
                let label = "\(trigger.json) after \(origin.formatted(in: .utc)):"
                let forwards = Array(trigger.fireTimes(after: origin).prefix(300).prefix { $0 <= end })
                comparison.check(forwards == Array(expected.prefix(300)), "\(label) \(forwards), not \(expected)")
                comparison.check(
                    trigger.count(after: origin, through: end) == expected.count,
                    "\(label) count is not \(expected.count)")
                var time = end.advanced(byMicroseconds: 1)
                for earlier in expected.suffix(50).reversed() {
                    let previous = trigger.previous(before: time)
                    comparison.check(previous == earlier, "\(label) previous is \(previous as Any), not \(earlier)")
                    time = earlier
                }
                if expected.count <= 50 {
                    let before = trigger.previous(before: time) ?? .earliest
                    comparison.check(before <= origin, "\(label) \(before) is no fire time")
                }
            }
        }
        print(
            "combinations: \(comparison.checks) checks, \(agreements) conjunctions with fire times, seed \(Self.seed)")
        #expect(comparison.failures == 0)
        #expect(agreements > 200)
    }

    /// Zones whose clocks change at different times meet for a few weeks a year, or not at all: three years of one
    /// trigger's fire times, each looked up in the others.
    @Test func acrossZones() throws {
        var comparison = OracleComparison()
        var generator = SeededGenerator(seed: ~Self.seed)
        let zones = Self.zones + ["Europe/London", "Australia/Adelaide", "Asia/Kathmandu", "America/St_Johns"]
        let hours = ["*/2", "1-23/2", "0-22/2", "*/3", "2", "1,3", "0-3", "*"]
        let minutes = ["0", "30", "15,45", "0-59/30", "*/30"]
        var rare = 0
        for _ in 0..<300 {
            let start = generator.number(1_700_000_000...1_900_000_000)
            let parts = try (0..<generator.number(2...3)).map { _ in
                let fields = CronFields(
                    hour: CronField(generator.element(of: hours)), minute: CronField(generator.element(of: minutes)))
                let hasEnd = generator.oneIn(8)
                let end = Moment(Instant(seconds: Int64(start + generator.number(0...60_000_000))))
                let trigger = try Trigger.cron(
                    .fields(fields),
                    end: hasEnd ? end : nil,
                    in: Zone(generator.element(of: zones)),
                    gap: generator.element(of: GapPolicy.allCases),
                    fold: generator.element(of: FoldPolicy.allCases)
                )
                return generator.oneIn(4)
                    ? Trigger.any(of: trigger, .date(Instant(seconds: Int64(start)).date)) : trigger
            }
            let all = try trigger(#"{"type": "and", "triggers": \#(JSONValue.array(parts.map(\.json)))}"#)
            let origin = Instant(seconds: Int64(start))
            let end = Instant(seconds: Int64(start + 95_000_000))
            let found = parts[0].fireTimes(after: origin).prefix { $0 <= end }
                .first { time in parts.allSatisfy { $0.contains(time) } }
            let next = all.next(after: origin)
            let isRight = found == nil ? next ?? .latest > end : next == found
            comparison.check(isRight, "\(all.json) after \(origin): \(next as Any), not \(found as Any)")
            guard let found, let last = all.previous(before: end) else { continue }
            if found > Instant(seconds: Int64(start + 10_000_000)) { rare += 1 }
            comparison.check(
                last >= found && parts.allSatisfy { $0.contains(last) }, "\(all.json): \(last) is no fire time")
            let nextToLast = all.next(after: last)
            comparison.check(nextToLast ?? .latest >= end, "\(all.json): \(last) is not the last before \(end)")
        }
        #expect(comparison.failures == 0)
        #expect(rare > 5)
    }

    /// A trigger with few enough fire times in 40 days to put them into a set, and likely to meet others.
    private static func part(
        _ generator: inout SeededGenerator,
        zone: String?,
        origin: Instant,
        depth: Int = 0
    ) throws -> Trigger {
        let zone = try Zone(zone ?? generator.element(of: zones))
        let date = origin.formatted(in: .utc).prefix(10)
        switch generator.number(depth < 2 ? 0...11 : 0...8) {
        case 0...1:
            let minutes = generator.element(of: [15, 30, 45, 60, 120, 1440])
            let start = "\(date)T00:\(generator.element(of: ["00", "15", "30"])):00Z"
            return try trigger(#"{"type": "interval", "minutes": \#(minutes), "start_date": "\#(start)"}"#)
        case 2:
            return try .calendarInterval(
                days: generator.number(1...3),
                hour: generator.number(0...3),
                minute: generator.element(of: [0, 30]),
                start: String(date),
                in: zone
            )
        case 3:
            let hour = generator.number(0...3)
            return try trigger(
                #"{"type": "date", "run_date": "\#(date)T0\#(hour):30:00", "timezone": "\#(zone.identifier)"}"#)
        case 9:
            let parts = try (0..<2).map { _ in
                try part(&generator, zone: zone.identifier, origin: origin, depth: depth + 1).json
            }
            return try trigger(#"{"type": "or", "triggers": \#(JSONValue.array(parts))}"#)
        case 10:
            let parts = try (0..<2).map { _ in
                try part(&generator, zone: zone.identifier, origin: origin, depth: depth + 1).json
            }
            return try trigger(#"{"type": "and", "triggers": \#(JSONValue.array(parts))}"#)
        default:
            let minute = generator.element(of: ["0", "30", "*/15", "*/30", "0,30", "15,45", "0-59/15"])
            let hour = generator.element(of: ["*", "0", "1", "2", "3", "0-3", "*/2", "1-23/2", "*/3", "0,1,2,3,12"])
            let day = generator.element(of: ["*", "*", "*", "*/2", "1-15", "L", "29-31"])
            let weekday = generator.element(of: ["*", "*", "*", "sun", "0,6", "1-5"])
            return try .crontab(
                "\(minute) \(hour) \(day) * \(weekday)",
                in: zone,
                gap: generator.element(of: [.once, .once, .once, .skip, .shift]),
                fold: generator.element(of: [.first, .first, .both])
            )
        }
    }
}
