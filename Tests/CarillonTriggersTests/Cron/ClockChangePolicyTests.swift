import CarillonTriggers
import Testing

/// What becomes of times that a clock skips or shows twice, worked out by hand.
@Suite struct ClockChangePolicyTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var trigger: String
        var zone: String
        var after: String
        var expected: [String]

        init(_ trigger: String, _ zone: String, after: String, _ expected: [String]) {
            self.trigger = trigger
            self.zone = zone
            self.after = after
            self.expected = expected
        }

        var testDescription: String { "\(trigger) in \(zone)" }
    }

    private static let berlin = "Europe/Berlin"
    private static let newYork = "America/New_York"
    private static let lordHowe = "Australia/Lord_Howe"
    private static let apia = "Pacific/Apia"
    private static let saoPaulo = "America/Sao_Paulo"
    private static let casablanca = "Africa/Casablanca"

    /// 30 March 2025 has no 02:00 to 02:59.
    private static let gapInBerlin = [
        Case(
            "30 2 * * *", berlin, after: "2025-03-29T12:00:00Z",
            ["2025-03-30T03:00:00+02:00", "2025-03-31T02:30:00+02:00"]),
        Case(
            "0 2 * * *", berlin, after: "2025-03-29T12:00:00Z",
            ["2025-03-30T03:00:00+02:00", "2025-03-31T02:00:00+02:00"]),
        Case(
            "0,30 2 * * *", berlin, after: "2025-03-29T12:00:00Z",
            ["2025-03-30T03:00:00+02:00", "2025-03-31T02:00:00+02:00"]),
        Case(
            "0 1-5 * * *", berlin, after: "2025-03-29T12:00:00Z",
            [
                "2025-03-30T01:00:00+01:00", "2025-03-30T03:00:00+02:00", "2025-03-30T04:00:00+02:00",
                "2025-03-30T05:00:00+02:00", "2025-03-31T01:00:00+02:00",
            ]),
        Case(
            "30 1-4 * * *", berlin, after: "2025-03-30T00:00:00Z",
            [
                "2025-03-30T01:30:00+01:00", "2025-03-30T03:00:00+02:00", "2025-03-30T03:30:00+02:00",
                "2025-03-30T04:30:00+02:00",
            ]),
        Case("30 2 * * * | skip", berlin, after: "2025-03-29T12:00:00Z", ["2025-03-31T02:30:00+02:00"]),
        Case(
            "30 1-4 * * * | skip", berlin, after: "2025-03-30T00:00:00Z",
            [
                "2025-03-30T01:30:00+01:00", "2025-03-30T03:30:00+02:00", "2025-03-30T04:30:00+02:00",
            ]),
        Case(
            "30 2 * * * | shift", berlin, after: "2025-03-29T12:00:00Z",
            ["2025-03-30T03:30:00+02:00", "2025-03-31T02:30:00+02:00"]),
        Case(
            "0,30 2 * * * | shift", berlin, after: "2025-03-29T12:00:00Z",
            [
                "2025-03-30T03:00:00+02:00", "2025-03-30T03:30:00+02:00", "2025-03-31T02:00:00+02:00",
            ]),
        Case(
            "30 2-3 * * * | shift", berlin, after: "2025-03-29T12:00:00Z",
            [
                "2025-03-30T03:30:00+02:00", "2025-03-31T02:30:00+02:00", "2025-03-31T03:30:00+02:00",
            ]),
        Case(
            "59 59 1 * * *", berlin, after: "2025-03-29T12:00:00Z",
            ["2025-03-30T01:59:59+01:00", "2025-03-31T01:59:59+02:00"]),
        // A star follows elapsed time, whatever the policy.
        Case(
            "0 */2 * * *", berlin, after: "2025-03-29T23:00:00Z",
            ["2025-03-30T04:00:00+02:00", "2025-03-30T06:00:00+02:00"]),
        Case("*/20 2 * * *", berlin, after: "2025-03-29T12:00:00Z", ["2025-03-31T02:00:00+02:00"]),
        Case("*/20 2 * * * | shift", berlin, after: "2025-03-29T12:00:00Z", ["2025-03-31T02:00:00+02:00"]),
        Case(
            "*/30 * * * *", berlin, after: "2025-03-30T00:20:00Z",
            ["2025-03-30T01:30:00+01:00", "2025-03-30T03:00:00+02:00"]),
        Case("* 30 2 * * *", berlin, after: "2025-03-29T12:00:00Z", ["2025-03-31T02:30:00+02:00"]),
        Case(
            "30 0-59 2 * * *", berlin, after: "2025-03-29T12:00:00Z",
            ["2025-03-30T03:00:00+02:00", "2025-03-31T02:00:30+02:00"]),
        // Asked right at the gap, and behind it.
        Case("30 2 * * *", berlin, after: "2025-03-30T00:59:59Z", ["2025-03-30T03:00:00+02:00"]),
        Case("30 2 * * *", berlin, after: "2025-03-30T00:59:59.999999Z", ["2025-03-30T03:00:00+02:00"]),
        Case("30 2 * * *", berlin, after: "2025-03-30T01:00:00Z", ["2025-03-31T02:30:00+02:00"]),
        Case("30 2 * * * | shift", berlin, after: "2025-03-30T01:00:00Z", ["2025-03-30T03:30:00+02:00"]),
        Case("30 2 * * * | shift", berlin, after: "2025-03-30T01:30:00Z", ["2025-03-31T02:30:00+02:00"]),
        Case(
            "30 2 30 3 *", berlin, after: "2025-01-01T00:00:00Z",
            ["2025-03-30T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]),
    ]

    /// 26 October 2025 has 02:00 to 02:59 twice.
    private static let foldInBerlin = [
        Case(
            "30 2 * * *", berlin, after: "2025-10-25T12:00:00Z",
            ["2025-10-26T02:30:00+02:00", "2025-10-27T02:30:00+01:00"]),
        Case(
            "30 2 * * * | both", berlin, after: "2025-10-25T12:00:00Z",
            [
                "2025-10-26T02:30:00+02:00", "2025-10-26T02:30:00+01:00", "2025-10-27T02:30:00+01:00",
            ]),
        Case(
            "30 0-3 * * *", berlin, after: "2025-10-25T22:00:00Z",
            [
                "2025-10-26T00:30:00+02:00", "2025-10-26T01:30:00+02:00", "2025-10-26T02:30:00+02:00",
                "2025-10-26T03:30:00+01:00",
            ]),
        Case("0 3 * * *", berlin, after: "2025-10-25T22:00:00Z", ["2025-10-26T03:00:00+01:00"]),
        Case(
            "0 2,3 * * * | both", berlin, after: "2025-10-25T22:00:00Z",
            [
                "2025-10-26T02:00:00+02:00", "2025-10-26T02:00:00+01:00", "2025-10-26T03:00:00+01:00",
            ]),
        Case(
            "*/30 2 * * *", berlin, after: "2025-10-25T22:00:00Z",
            [
                "2025-10-26T02:00:00+02:00", "2025-10-26T02:30:00+02:00", "2025-10-26T02:00:00+01:00",
                "2025-10-26T02:30:00+01:00", "2025-10-27T02:00:00+01:00",
            ]),
        // In the second half nothing is repeated.
        Case("30 2 * * *", berlin, after: "2025-10-26T01:10:00Z", ["2025-10-27T02:30:00+01:00"]),
        Case("30 2 * * *", berlin, after: "2025-10-26T00:30:00Z", ["2025-10-27T02:30:00+01:00"]),
        Case("30 2 * * * | both", berlin, after: "2025-10-26T00:30:00Z", ["2025-10-26T02:30:00+01:00"]),
        Case(
            "0-59 2 * * *", berlin, after: "2025-10-26T00:58:00Z",
            ["2025-10-26T02:59:00+02:00", "2025-10-27T02:00:00+01:00"]),
    ]

    private static let elsewhere = [
        Case(
            "30 2 * * *", newYork, after: "2025-03-08T12:00:00Z",
            ["2025-03-09T03:00:00-04:00", "2025-03-10T02:30:00-04:00"]),
        Case(
            "30 1 * * *", newYork, after: "2025-11-01T12:00:00Z",
            ["2025-11-02T01:30:00-04:00", "2025-11-03T01:30:00-05:00"]),
        Case(
            "0 0 * * *", newYork, after: "2025-03-08T12:00:00Z",
            ["2025-03-09T00:00:00-05:00", "2025-03-10T00:00:00-04:00"]),
        // Half an hour: 5 October 2025, 02:00 to 02:30; 6 April 2025, 02:00 back to 01:30.
        Case(
            "15 2 * * *", lordHowe, after: "2025-10-04T12:00:00Z",
            ["2025-10-05T02:30:00+11:00", "2025-10-06T02:15:00+11:00"]),
        Case("15 2 * * * | shift", lordHowe, after: "2025-10-04T12:00:00Z", ["2025-10-05T02:45:00+11:00"]),
        Case("15 2 * * * | skip", lordHowe, after: "2025-10-04T12:00:00Z", ["2025-10-06T02:15:00+11:00"]),
        Case(
            "0,15,30,45 2 * * *", lordHowe, after: "2025-10-04T14:00:00Z",
            [
                "2025-10-05T02:30:00+11:00", "2025-10-05T02:45:00+11:00", "2025-10-06T02:00:00+11:00",
            ]),
        Case(
            "0,15,30,45 2 * * * | shift", lordHowe, after: "2025-10-04T14:00:00Z",
            [
                "2025-10-05T02:30:00+11:00", "2025-10-05T02:45:00+11:00", "2025-10-06T02:00:00+11:00",
            ]),
        Case(
            "45 1 * * *", lordHowe, after: "2025-04-05T12:00:00Z",
            ["2025-04-06T01:45:00+11:00", "2025-04-07T01:45:00+10:30"]),
        Case(
            "45 1 * * * | both", lordHowe, after: "2025-04-05T12:00:00Z",
            ["2025-04-06T01:45:00+11:00", "2025-04-06T01:45:00+10:30"]),
        Case(
            "*/15 1 * * *", lordHowe, after: "2025-04-05T14:20:00Z",
            [
                "2025-04-06T01:30:00+11:00", "2025-04-06T01:45:00+11:00", "2025-04-06T01:30:00+10:30",
                "2025-04-06T01:45:00+10:30", "2025-04-07T01:00:00+10:30",
            ]),
        // Midnight is missing on 4 November 2018, and 23:00 comes twice on 16 February 2019.
        Case(
            "0 0 * * *", saoPaulo, after: "2018-11-03T12:00:00Z",
            ["2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"]),
        Case("0 0 * * * | skip", saoPaulo, after: "2018-11-03T12:00:00Z", ["2018-11-05T00:00:00-02:00"]),
        Case("0 0 * * * | shift", saoPaulo, after: "2018-11-03T12:00:00Z", ["2018-11-04T01:00:00-02:00"]),
        Case(
            "30 0 4 11 *", saoPaulo, after: "2018-01-01T00:00:00Z",
            ["2018-11-04T01:00:00-02:00", "2019-11-04T00:30:00-03:00"]),
        Case("0 12 * * sun", saoPaulo, after: "2018-11-03T12:00:00Z", ["2018-11-04T12:00:00-02:00"]),
        Case(
            "30 23 * * *", saoPaulo, after: "2019-02-16T12:00:00Z",
            ["2019-02-16T23:30:00-02:00", "2019-02-17T23:30:00-03:00"]),
        Case(
            "30 23 * * * | both", saoPaulo, after: "2019-02-16T12:00:00Z",
            ["2019-02-16T23:30:00-02:00", "2019-02-16T23:30:00-03:00"]),
        // In Ramadan 2025 the clock goes back on 23 February at 03:00 and forward on 6 April at 02:00.
        Case(
            "30 2 * * *", casablanca, after: "2025-02-22T12:00:00Z",
            ["2025-02-23T02:30:00+01:00", "2025-02-24T02:30:00+00:00"]),
        Case(
            "30 2 * * *", casablanca, after: "2025-04-05T12:00:00Z",
            ["2025-04-06T03:00:00+01:00", "2025-04-07T02:30:00+01:00"]),
    ]

    /// 30 December 2011 was left out in Samoa.
    private static let missingDay = [
        Case(
            "0 12 * * *", apia, after: "2011-12-29T12:00:00Z",
            [
                "2011-12-29T12:00:00-10:00", "2011-12-31T00:00:00+14:00", "2011-12-31T12:00:00+14:00",
            ]),
        Case(
            "0 12 * * * | skip", apia, after: "2011-12-29T23:00:00Z",
            ["2011-12-31T12:00:00+14:00", "2012-01-01T12:00:00+14:00"]),
        // Shifted by the 24 hours of the gap, noon falls on the noon of the day after.
        Case(
            "0 12 * * * | shift", apia, after: "2011-12-29T23:00:00Z",
            ["2011-12-31T12:00:00+14:00", "2012-01-01T12:00:00+14:00"]),
        Case(
            "0 12 30 12 *", apia, after: "2011-01-01T00:00:00Z",
            ["2011-12-31T00:00:00+14:00", "2012-12-30T12:00:00+14:00"]),
        Case(
            "0 12 30 12 * | shift", apia, after: "2011-01-01T00:00:00Z",
            ["2011-12-31T12:00:00+14:00", "2012-12-30T12:00:00+14:00"]),
        Case(
            "0 12 * 12 fri", apia, after: "2011-12-24T00:00:00Z",
            ["2011-12-31T00:00:00+14:00", "2012-12-07T12:00:00+14:00"]),
        Case(
            "0 */6 * * *", apia, after: "2011-12-30T05:00:00Z",
            ["2011-12-31T00:00:00+14:00", "2011-12-31T06:00:00+14:00"]),
        Case(
            "30 22 * * *", apia, after: "2011-12-29T05:00:00Z",
            [
                "2011-12-28T22:30:00-10:00", "2011-12-29T22:30:00-10:00", "2011-12-31T00:00:00+14:00",
                "2011-12-31T22:30:00+14:00",
            ]),
    ]

    @Test(arguments: gapInBerlin + foldInBerlin + elsewhere + missingDay)
    func nextFireTimes(_ example: Case) throws {
        let trigger = try Self.crontab(example.trigger, example.zone)
        let times = try fireTimes(trigger, after: example.after, example.expected.count, in: example.zone)
        #expect(times == example.expected)
        // The same times backwards, and counted.
        let zone = try Zone(example.zone)
        var end = try #require(try times.last.map(instant)).advanced(byMicroseconds: 1)
        #expect(trigger.count(after: try instant(example.after), through: end) == times.count)
        for expected in example.expected.reversed() {
            let previous = try #require(trigger.previous(before: end))
            #expect(previous.formatted(in: zone) == expected)
            end = previous
        }
        #expect(trigger.previous(before: end) ?? .earliest <= (try instant(example.after)))
    }

    /// The fields of a cron trigger have a star where they are left out above the finest given one.
    @Test func leftOutFieldsAreStars() throws {
        let everyHour = try trigger(#"{"type": "cron", "minute": 30}"#, in: Self.berlin)
        #expect(
            try fireTimes(everyHour, after: "2025-10-25T23:40:00Z", 3, in: Self.berlin)
                == ["2025-10-26T02:30:00+02:00", "2025-10-26T02:30:00+01:00", "2025-10-26T03:30:00+01:00"])
        let daily = try trigger(#"{"type": "cron", "hour": "2", "minute": "30"}"#, in: Self.berlin)
        #expect(
            try fireTimes(daily, after: "2025-10-25T23:40:00Z", 2, in: Self.berlin)
                == ["2025-10-26T02:30:00+02:00", "2025-10-27T02:30:00+01:00"])
        let monthly = try trigger(#"{"type": "cron", "day": 4, "month": 11}"#, in: Self.saoPaulo)
        #expect(
            try fireTimes(monthly, after: "2018-01-01T00:00:00Z", 2, in: Self.saoPaulo)
                == ["2018-11-04T01:00:00-02:00", "2019-11-04T00:00:00-03:00"])
        let everySecond = try trigger(#"{"type": "cron", "hour": 2, "minute": 30, "second": "*/30"}"#, in: Self.berlin)
        #expect(
            try fireTimes(everySecond, after: "2025-03-29T12:00:00Z", 1, in: Self.berlin)
                == ["2025-03-31T02:30:00+02:00"])
    }

    /// The only fire times there ever are lie in a fold: the second half comes after the pattern has ended.
    @Test func foldAtTheEndOfAPattern() throws {
        let fields = #""year": 2025, "month": 10, "day": 26, "hour": 2, "minute""#
        let berlin = try Zone(Self.berlin)
        for trigger in [
            try trigger(#"{"type": "cron", \#(fields): "*/30"}"#, in: Self.berlin),
            try trigger(#"{"type": "cron", \#(fields): "0,30", "fold": "both"}"#, in: Self.berlin),
        ] {
            let expected = ["02:00:00+02:00", "02:30:00+02:00", "02:00:00+01:00", "02:30:00+01:00"]
                .map { "2025-10-26T\($0)" }
            #expect(try fireTimes(trigger, after: "2025-01-01T00:00:00Z", 9, in: Self.berlin) == expected)
            var time = Instant.latest
            for expected in expected.reversed() {
                time = try #require(trigger.previous(before: time), "\(expected)")
                #expect(time.formatted(in: berlin) == expected)
            }
            #expect(trigger.previous(before: time) == nil)
        }
        let once = try trigger(#"{"type": "cron", \#(fields): 30}"#, in: Self.berlin)
        let lastHalf = try instant("2025-10-26T01:10:00Z")
        #expect(once.next(after: lastHalf) == nil)
        #expect(once.previous(before: lastHalf)?.formatted(in: berlin) == "2025-10-26T02:30:00+02:00")
    }

    private static func crontab(_ text: String, _ zone: String) throws -> Trigger {
        let parts = text.split(separator: " | ").map(String.init)
        let policy = parts.count > 1 ? parts[1] : ""
        return try .crontab(
            parts[0],
            in: Zone(zone),
            gap: GapPolicy(rawValue: policy) ?? .once,
            fold: FoldPolicy(rawValue: policy) ?? .first
        )
    }
}
