import CarillonTriggers
import Foundation
import Testing

@Suite struct IntersectionTriggerTests {
    private static func conjunction(_ parts: [String], in zone: String = "UTC") throws -> Trigger {
        try trigger(#"{"type": "and", "triggers": [\#(parts.joined(separator: ", "))]}"#, in: zone)
    }

    private static func crontab(_ expression: String, _ zone: String? = nil, gap: String = "once") -> String {
        let timezone = zone.map { #", "timezone": "\#($0)""# } ?? ""
        return #"{"type": "crontab", "expression": "\#(expression)", "gap": "\#(gap)"\#(timezone)}"#
    }

    @Test func fridayThe13th() throws {
        let trigger = try Self.conjunction([
            #"{"type": "cron", "day": 13}"#, #"{"type": "cron", "day_of_week": "fri"}"#,
        ])
        let expected = ["2025-06-13", "2026-02-13", "2026-03-13", "2026-11-13"].map { "\($0)T00:00:00+00:00" }
        #expect(try fireTimes(trigger, after: "2025-01-01T00:00:00Z", 4) == expected)
        #expect(trigger.previous(before: try instant("2026-03-13T00:00:00Z"))?.formatted(in: .utc) == expected[1])
        #expect(
            trigger.count(after: try instant("2025-01-01T00:00:00Z"), through: try instant(expected[3])) == 4)
    }

    @Test func intervalsMeetAtTheirCommonMultiple() throws {
        let trigger = try Self.conjunction([
            #"{"type": "interval", "minutes": 15, "start_date": "2025-01-01"}"#,
            #"{"type": "interval", "minutes": 35, "start_date": "2025-01-01T00:10:00"}"#,
            #"{"type": "interval", "minutes": 2, "start_date": "2024-01-01T00:01:00", "end_date": "2025-01-01T09:00:00"}"#,
        ])
        #expect(
            try fireTimes(trigger, after: "2025-01-01T00:00:00Z", 9) == [
                "2025-01-01T00:45:00+00:00", "2025-01-01T04:15:00+00:00", "2025-01-01T07:45:00+00:00",
            ])
        #expect(trigger.count(after: .earliest, through: .latest) == 3)
        #expect(trigger.previous(before: .latest)?.formatted(in: .utc) == "2025-01-01T07:45:00+00:00")
    }

    /// Four primes: all together only once in 1,009 × 1,013 × 1,019 × 1,021 seconds, which are 33,700 years.
    @Test func intervalsWithoutACommonMultipleInTime() throws {
        let parts = [1009, 1013, 1019, 1021].map {
            #"{"type": "interval", "seconds": \#($0), "start_date": "2025-01-01"}"#
        }
        let trigger = try Self.conjunction(parts)
        #expect(try fireTimes(trigger, after: "2024-01-01T00:00:00Z", 9) == ["2025-01-01T00:00:00+00:00"])
        let three = try Self.conjunction(Array(parts.dropLast()))
        #expect(
            try fireTimes(three, after: "2025-01-01T00:00:00Z", 1) == [
                Instant(seconds: 1_735_689_600 + 1009 * 1013 * 1019).formatted(in: .utc)
            ])
    }

    /// A common multiple of more microseconds than 64 bits hold.
    @Test func intervalsThatMeetOnce() throws {
        let parts = [3_000_000_000, 3_000_000_001].map {
            #"{"type": "interval", "seconds": \#($0), "start_date": "2025-01-01"}"#
        }
        let trigger = try Self.conjunction(parts)
        #expect(try fireTimes(trigger, after: "2024-01-01T00:00:00Z", 9) == ["2025-01-01T00:00:00+00:00"])
        #expect(trigger.previous(before: .latest) == (try instant("2025-01-01T00:00:00Z")))
        #expect(trigger.count(after: .earliest, through: .latest) == 1)
    }

    /// Against walking, with random lengths, phases and ends.
    @Test func intervalsAgainstWalking() throws {
        var generator = SeededGenerator(seed: 1225)
        let start = try instant("2025-01-01T00:00:00Z")
        let end = start.advanced(byMicroseconds: 3_600_000_000)
        for _ in 0..<300 {
            let parts = try (0..<generator.number(2...3)).map { _ in
                let first = start.advanced(byMicroseconds: Int64(generator.number(1...600)) * 500_000).date
                let hasEnd = generator.oneIn(2)
                let last = first.addingTimeInterval(Double(generator.number(0...4000)))
                return try Trigger.interval(
                    seconds: generator.number(1...40), start: first, end: hasEnd ? last : nil)
            }
            let sets = parts.map { Set($0.fireTimes(after: start).prefix { $0 <= end }) }
            let expected = sets.dropFirst().reduce(sets[0]) { $0.intersection($1) }.sorted()
            let trigger = try trigger(#"{"type": "and", "triggers": \#(JSONValue.array(parts.map(\.json)))}"#)
            let label = "\(trigger.json)"
            #expect(Array(trigger.fireTimes(after: start).prefix { $0 <= end }) == expected, "\(label)")
            #expect(trigger.count(after: start, through: end) == expected.count, "\(label)")
            #expect(trigger.previous(before: end.advanced(byMicroseconds: 1)) == expected.last, "\(label)")
        }
    }

    @Test func fractionsOfASecondMeet() throws {
        let trigger = try Self.conjunction([
            #"{"type": "interval", "seconds": 2, "start_date": "2025-01-01T00:00:00.5"}"#,
            #"{"type": "interval", "seconds": 3, "start_date": "2025-01-01T00:00:01.5"}"#,
        ])
        #expect(try fireTimes(trigger, after: "2025-01-01T00:00:00Z", 1) == ["2025-01-01T00:00:04.5+00:00"])
        let withADate = try Self.conjunction([
            #"{"type": "interval", "seconds": 2, "start_date": "2025-01-01T00:00:00.5"}"#,
            #"{"type": "date", "run_date": "2025-01-01T00:00:02.5"}"#,
        ])
        #expect(try fireTimes(withADate, after: "2025-01-01T00:00:00Z", 9) == ["2025-01-01T00:00:02.5+00:00"])
    }

    @Test func withADate() throws {
        let trigger = try Self.conjunction([
            Self.crontab("0 12 * * *"), #"{"type": "date", "run_date": "2025-06-01T12:00:00"}"#,
        ])
        #expect(try fireTimes(trigger, after: "2025-01-01T00:00:00Z", 2) == ["2025-06-01T12:00:00+00:00"])
    }

    @Test func withAUnion() throws {
        let union = #"{"type": "or", "triggers": [\#(Self.crontab("30 3 * * *")), \#(Self.crontab("45 15 * * *"))]}"#
        let trigger = try Self.conjunction([Self.crontab("*/15 * * * *"), union])
        #expect(
            try fireTimes(trigger, after: "2025-01-01T10:00:00Z", 2)
                == ["2025-01-01T15:45:00+00:00", "2025-01-02T03:30:00+00:00"])
        let odd = try Self.conjunction([Self.crontab("*/30 * * * *"), union])
        #expect(try fireTimes(odd, after: "2025-01-01T10:00:00Z", 1) == ["2025-01-02T03:30:00+00:00"])
    }

    @Test func withACalendarInterval() throws {
        let trigger = try Self.conjunction(
            [
                Self.crontab("0 9 * * 1-5"),
                #"{"type": "calendarinterval", "days": 5, "hour": 9, "start_date": "2025-03-29"}"#,
            ],
            in: "Europe/Berlin")
        #expect(
            try fireTimes(trigger, after: "2025-03-29T00:00:00Z", 3, in: "Europe/Berlin")
                == ["2025-04-03T09:00:00+02:00", "2025-04-08T09:00:00+02:00", "2025-04-18T09:00:00+02:00"])
    }

    /// Starts and ends of the parts all hold.
    @Test func withStartAndEnd() throws {
        let parts = [
            #"{"type": "cron", "hour": 8, "end_date": "2025-01-05T08:00:00"}"#,
            #"{"type": "cron", "hour": "8", "start_date": "2025-01-03T09:00:00"}"#,
        ]
        for trigger in [try Self.conjunction(parts), try Self.conjunction(parts.reversed())] {
            #expect(
                try fireTimes(trigger, after: "2024-01-01T00:00:00Z", 9)
                    == ["2025-01-04T08:00:00+00:00", "2025-01-05T08:00:00+00:00"])
            #expect(trigger.count(after: .earliest, through: .latest) == 2)
            #expect(trigger.previous(before: .latest) == (try instant("2025-01-05T08:00:00Z")))
        }
    }

    /// Years and weeks that both parts select, whichever stands first.
    @Test(arguments: [
        (#""year": "*/4""#, #""year": "*/6""#, ["2030-01-01", "2042-01-01"], "2018-01-01"),
        (
            #""week": "10-20", "day_of_week": "mon""#, #""week": "20-30""#, ["2025-05-12", "2026-05-11"],
            "2024-05-13"
        ),
        (#""week": 20"#, #""day_of_week": "mon""#, ["2025-05-12", "2026-05-11"], "2024-05-13"),
    ])
    func yearsAndWeeks(first: String, second: String, expected: [String], previous: String) throws {
        let parts = [first, second].map { #"{"type": "cron", \#($0)}"# }
        for trigger in [try Self.conjunction(parts), try Self.conjunction(parts.reversed())] {
            let times = expected.map { "\($0)T00:00:00+00:00" }
            #expect(try fireTimes(trigger, after: "2025-01-01T00:00:00Z", 2) == times)
            #expect(
                trigger.previous(before: try instant(times[0]))?.formatted(in: .utc) == "\(previous)T00:00:00+00:00")
            #expect(trigger.count(after: try instant("2025-01-01T00:00:00Z"), through: try instant(times[1])) == 2)
        }
    }

    /// The answer does not depend on what was asked before.
    @Test func askedInAnyOrder() throws {
        let trigger = try Self.conjunction([
            #"{"type": "cron", "day": 13}"#, #"{"type": "cron", "day_of_week": "fri"}"#,
        ])
        let times = try ["2025-06-13", "2026-02-13", "2026-03-13", "2026-11-13"].map { try instant("\($0)T00:00:00Z") }
        for time in times { #expect(trigger.previous(before: time.advanced(byMicroseconds: 1)) == time) }
        for time in times.reversed() { #expect(trigger.next(after: time.advanced(byMicroseconds: -1)) == time) }
        for (time, following) in zip(times, times.dropFirst()) {
            #expect(trigger.next(after: time) == following)
            #expect(trigger.previous(before: following) == time)
        }
    }

    // MARK: Clock changes

    /// Fixed times of one gap all fire at its end, so that different ones meet there.
    @Test func differentTimesMeetAfterAGap() throws {
        let trigger = try Self.conjunction(
            [Self.crontab("0 2 * * *"), Self.crontab("30 2 * * *")], in: "Europe/Berlin")
        let expected = ["2025-03-30T03:00:00+02:00", "2026-03-29T03:00:00+02:00", "2027-03-28T03:00:00+02:00"]
        #expect(try fireTimes(trigger, after: "2025-01-01T00:00:00Z", 3, in: "Europe/Berlin") == expected)
        let last = try instant(expected[2])
        #expect(trigger.previous(before: last) == (try instant(expected[1])))
        #expect(trigger.count(after: try instant("2025-01-01T00:00:00Z"), through: last) == 3)
        #expect(trigger.next(after: try instant("9998-01-01T00:00:00Z")) != nil)
        #expect(trigger.next(after: try instant("9999-12-01T00:00:00Z")) == nil)

        let withThree = try Self.conjunction(
            [Self.crontab("0 2 * * *"), Self.crontab("30 2 * * *"), Self.crontab("0 3 * * *")], in: "Europe/Berlin")
        #expect(try fireTimes(withThree, after: "2025-01-01T00:00:00Z", 1, in: "Europe/Berlin") == [expected[0]])
        let withOneThatSkips = try Self.conjunction(
            [Self.crontab("0 2 * * *"), Self.crontab("30 2 * * *", gap: "skip")], in: "Europe/Berlin")
        #expect(withOneThatSkips.next(after: .earliest) == nil)
        let withAStar = try Self.conjunction(
            [Self.crontab("0 2 * * *"), Self.crontab("0 */3 * * *")], in: "Europe/Berlin")
        #expect(try fireTimes(withAStar, after: "2025-01-01T00:00:00Z", 3, in: "Europe/Berlin") == expected)
        let withAnotherStar = try Self.conjunction(
            [Self.crontab("0 2 * * *"), Self.crontab("0 */4 * * *")], in: "Europe/Berlin")
        #expect(withAnotherStar.next(after: try instant("2025-01-01T00:00:00Z")) == nil)
        let shifted = try Self.conjunction(
            [Self.crontab("30 2 * * *", gap: "shift"), Self.crontab("30 3 * * *", gap: "shift")], in: "Europe/Berlin")
        #expect(
            try fireTimes(shifted, after: "2025-01-01T00:00:00Z", 2, in: "Europe/Berlin")
                == ["2025-03-30T03:30:00+02:00", "2026-03-29T03:30:00+02:00"])
    }

    @Test func missingDayLetsTwoDaysMeet() throws {
        let trigger = try Self.conjunction(
            [Self.crontab("0 0 30 12 *"), Self.crontab("0 0 31 12 *")], in: "Pacific/Apia")
        #expect(
            try fireTimes(trigger, after: "2000-01-01T00:00:00Z", 2, in: "Pacific/Apia")
                == ["2011-12-31T00:00:00+14:00"])
    }

    @Test func starAndFixedInAFold() throws {
        let trigger = try Self.conjunction(
            [Self.crontab("0 * * * *"), Self.crontab("0 1-3 * * *")], in: "Europe/Berlin")
        #expect(
            try fireTimes(trigger, after: "2025-10-25T22:00:00Z", 4, in: "Europe/Berlin") == [
                "2025-10-26T01:00:00+02:00", "2025-10-26T02:00:00+02:00", "2025-10-26T03:00:00+01:00",
                "2025-10-27T01:00:00+01:00",
            ])
    }

    // MARK: Without a start date

    @Test func intervalsBeginTogether() throws {
        let trigger = try Trigger.all(of: .interval(minutes: 10), .interval(minutes: 15))
        #expect(
            try fireTimes(trigger, after: "2025-01-01T00:07:30.5Z", 2)
                == ["2025-01-01T00:37:30.5+00:00", "2025-01-01T01:07:30.5+00:00"])
        let start = try instant("2025-01-01T00:07:30.5Z")
        #expect(trigger.count(after: start, through: try instant("2025-01-01T02:00:00Z")) == 3)
        #expect(trigger.previous(before: .latest) == nil)
        #expect(trigger.anchored(at: start).contains(start))
        let nested = try Trigger.all(
            of: .interval(minutes: 10), .all(of: .interval(minutes: 15), .crontab("* * * * *")))
        #expect(try fireTimes(nested, after: "2025-01-01T00:07:30.5Z", 2) == [])
        #expect(try fireTimes(nested, after: "2025-01-01T00:07:00Z", 1) == ["2025-01-01T00:37:00+00:00"])
    }

    // MARK: Never

    /// What can never agree says so, whichever way it is asked, and does not walk through all seconds of the calendar:
    /// that takes longer than the limit.
    @Test(
        .timeLimit(.minutes(10)),
        arguments: [
            // The same zone.
            [crontab("15 * * * *"), crontab("45 * * * *")], [crontab("0 */2 * * *"), crontab("0 1-23/2 * * *")],
            [crontab("0 0 1 * *"), crontab("0 0 L * *")], [crontab("0 0 * 5 *"), crontab("0 0 * 12 *")],
            [crontab("* * * * mon"), crontab("*/5 * * * tue-sat,sun")],
            [crontab("*/2 * * * * *"), crontab("1-59/2 * * * * *")],
            [crontab("* * * * *"), crontab("0 0 30 2 *")], [crontab("* * * * *"), crontab("30 * * * * *")],
            [crontab("0 9 * * *"), crontab("0 13 * * *"), crontab("* * * * *")],
            // Intervals out of phase.
            [
                #"{"type": "interval", "minutes": 2, "start_date": "2025-01-01"}"#,
                #"{"type": "interval", "minutes": 2, "start_date": "2025-01-01T00:01:00"}"#,
            ],
            [
                #"{"type": "interval", "seconds": 2, "start_date": "2025-01-01"}"#,
                #"{"type": "interval", "seconds": 6, "start_date": "2024-01-01T00:00:01"}"#,
            ],
            [
                #"{"type": "interval", "seconds": 1, "start_date": "2025-01-01"}"#,
                #"{"type": "interval", "seconds": 1, "start_date": "2025-01-01T00:00:00.5"}"#,
            ],
            [
                #"{"type": "interval", "seconds": 7, "start_date": "2025-01-01"}"#,
                #"{"type": "interval", "seconds": 1, "end_date": "2024-12-31", "start_date": "2024-01-01"}"#,
            ],
            [#"{"type": "interval", "minutes": 2, "start_date": "2025-01-01T00:00:30Z"}"#, crontab("* * * * *")],
            [#"{"type": "interval", "hours": 1, "start_date": "2025-01-01T00:00:00.5"}"#, crontab("* * * * * *")],
            // Different zones: offsets that never make up for one another, whichever half of the year.
            [crontab("0 */2 * * *", "Europe/Berlin"), crontab("0 */2 * * *", "Europe/London")],
            [crontab("0 * * * *", "Australia/Adelaide"), crontab("0 * * * *", "Australia/Sydney")],
            [crontab("*/30 * * * *", "Asia/Kathmandu"), crontab("*/30 * * * *", "Asia/Kolkata")],
            [crontab("* * * * 1", "Asia/Tokyo"), crontab("* * * * 4", "America/New_York")],
            [crontab("0 0 1 * *", "Asia/Tokyo"), crontab("0 0 L * *", "America/Los_Angeles")],
            [crontab("0-29 * * * *", "Asia/Kolkata"), crontab("0-29 * * * *", "Europe/Paris")],
            [
                crontab("0 4-22/2 * * *", "Europe/Berlin", gap: "shift"),
                crontab("0 1-23/2 * * *", "Europe/Paris", gap: "skip"),
            ],
            // A part that selects days no month has: a last workday is no Saturday.
            [
                #"{"type": "or", "triggers": [\#(crontab("0 48-51 */18 * * *")), \#(crontab("17-46 6 LW 3 */6"))]}"#,
                crontab("8-45 * * * *", "Asia/Tokyo"),
            ],
            // Nested.
            [
                #"{"type": "or", "triggers": [\#(crontab("*/2 * * * *")), \#(crontab("*/4 * * * *"))]}"#,
                #"{"type": "or", "triggers": [\#(crontab("1-59/2 * * * *"))]}"#,
            ],
            [
                #"{"type": "and", "triggers": [\#(crontab("*/2 * * * *")), \#(crontab("* * * * *", "Asia/Tokyo"))]}"#,
                crontab("1-59/2 * * * *"),
            ],
            [
                #"{"type": "or", "triggers": [{"type": "date", "run_date": "2025-01-01T12:00:00Z"}, {"type": "interval", "hours": 2, "start_date": "2025-01-01T00:00:00Z"}]}"#,
                crontab("0 1-23/2 * * *", "UTC"),
            ],
            [
                #"{"type": "calendarinterval", "days": 1, "hour": 1, "start_date": "2025-01-01", "timezone": "UTC"}"#,
                #"{"type": "interval", "hours": 2, "start_date": "2025-01-01T00:00:00Z"}"#,
            ],
            [
                #"{"type": "calendarinterval", "days": 2, "start_date": "2025-01-01"}"#,
                #"{"type": "calendarinterval", "days": 2, "start_date": "2025-01-02"}"#,
            ],
            [#"{"type": "date", "run_date": "2025-01-01"}"#, #"{"type": "date", "run_date": "2025-01-02"}"#],
        ])
    func never(parts: [String]) throws {
        let trigger = try Self.conjunction(parts, in: "America/New_York")
        for start in ["2025-01-15T00:00:00Z", "2025-06-15T00:00:00Z"] {
            let start = try instant(start)
            #expect(trigger.next(after: start) == nil)
            #expect(trigger.count(after: start, through: .latest) == 0)
            // Offsets of long ago were others.
            let recent = trigger.previous(before: start) ?? .earliest
            #expect(recent < (try instant("1996-01-01T00:00:00Z")), "\(recent.formatted(in: .utc))")
        }
    }

    /// Of alternatives, some excluded and some rare, each is looked into by itself.
    @Test(.timeLimit(.minutes(10))) func alternatives() throws {
        let rare = try Self.conjunction([
            #"{"type": "or", "triggers": [\#(Self.crontab("*/2 * * * * *")), \#(Self.crontab("5 0 0 29 2 *"))]}"#,
            Self.crontab("1-59/2 * * * * *"),
        ])
        #expect(
            try fireTimes(rare, after: "2025-03-01T00:00:00Z", 2)
                == ["2028-02-29T00:00:05+00:00", "2032-02-29T00:00:05+00:00"])

        let union =
            #"{"type": "or", "triggers": [\#(Self.crontab("*/2 * * * * *")), \#(Self.crontab("5 0 0 29 2 */1"))]}"#
        let trigger = try Self.conjunction([
            union, Self.crontab("1-59/2 * * * * *"), Self.crontab("* * * * * *", "Asia/Tokyo"),
        ])
        #expect(
            try fireTimes(trigger, after: "2025-01-01T00:00:00Z", 3)
                == ["2028-02-29T00:00:05+00:00", "2032-02-29T00:00:05+00:00", "2036-02-29T00:00:05+00:00"])
        #expect(
            trigger.previous(before: try instant("2025-01-01T00:00:00Z"))?.formatted(in: .utc)
                == "2024-02-29T00:00:05+00:00")
    }

    /// Found by trying random requests: a part that never fires, in a union with one that fires every second.
    @Test(.timeLimit(.minutes(10))) func neverInAUnion() throws {
        let text = """
            {"type": "and", "triggers": [{"type": "and", "triggers": [
              {"type": "crontab", "expression": "15-45,8-19 * 13W 3/4,5,jan,1 4-5,0-2/2,3-5/2", "timezone": "America/New_York"},
              {"type": "cron", "hour": "2/2,9", "minute": "*"},
              {"type": "or", "triggers": [
                {"type": "crontab", "expression": "* 48-51 */18 6-23 * *"},
                {"type": "crontab", "expression": "17-46 6 LW 3 */6"}]}]},
             {"type": "crontab", "expression": "* * * * *", "timezone": "UTC"}]}
            """
        let trigger = try trigger(text, in: "Pacific/Apia")
        #expect(trigger.next(after: try instant("1920-01-01T00:00:00Z")) == nil)
    }

    /// The nearest time of all alternatives, in both directions.
    @Test func nearestAlternative() throws {
        let parts = [Self.crontab("30 3 * * *"), Self.crontab("45 15 * * *")]
        for parts in [parts, parts.reversed()] {
            let trigger = try Self.conjunction([
                Self.crontab("*/15 * * * *"), #"{"type": "or", "triggers": [\#(parts.joined(separator: ", "))]}"#,
            ])
            var time = try instant("2025-01-02T12:00:00Z")
            for expected in ["2025-01-02T03:30:00Z", "2025-01-01T15:45:00Z", "2025-01-01T03:30:00Z"] {
                time = try #require(trigger.previous(before: time))
                #expect(time == (try instant(expected)))
            }
            for expected in ["2025-01-01T15:45:00Z", "2025-01-02T03:30:00Z", "2025-01-02T15:45:00Z"] {
                time = try #require(trigger.next(after: time))
                #expect(time == (try instant(expected)))
            }
        }
    }

    /// More alternatives than are told apart.
    @Test func manyAlternatives() throws {
        let unions = [2, 3, 5].map { step in
            let parts = (1...step * 2).map { Self.crontab("\($0 * step) * * * *") }
            return #"{"type": "or", "triggers": [\#(parts.joined(separator: ", "))]}"#
        }
        let trigger = try Self.conjunction(unions)
        // Minutes 2, 4, 6, 8; 3 to 18 by threes; 5 to 50 by fives: none. With 30 in each, that one.
        #expect(trigger.next(after: try instant("2025-01-01T00:00:00Z")) == nil)
        let parts = unions.map { #"{"type": "or", "triggers": [\#($0), \#(Self.crontab("30 * * * *"))]}"# }
        #expect(
            try fireTimes(Self.conjunction(parts), after: "2025-01-01T00:00:00Z", 2)
                == ["2025-01-01T00:30:00+00:00", "2025-01-01T01:30:00+00:00"])
    }

    /// Of more alternatives than are told apart, those that agree are a date and one that begins years later.
    @Test func manyAlternativesOfWhichSomeBeginLate() throws {
        func union(_ seconds: [Int], _ others: [String]) -> String {
            let parts = others + seconds.map { Self.crontab("\($0) * * * * *") }
            return #"{"type": "or", "triggers": [\#(parts.joined(separator: ", "))]}"#
        }
        let trigger = try Self.conjunction([
            union([1, 2, 3, 4], [Self.crontab("50 7 * * * *")]),
            union([11, 12, 13, 14], [Self.crontab("50 7 * * * *")]),
            union(
                [21, 22],
                [
                    #"{"type": "interval", "days": 7, "start_date": "2025-01-01T00:00:00.5"}"#,
                    #"{"type": "date", "run_date": "2028-06-01T00:07:50"}"#,
                    #"{"type": "cron", "minute": 7, "second": 50, "start_date": "2030-01-01"}"#,
                ]),
        ])
        #expect(
            try fireTimes(trigger, after: "2025-01-01T00:00:00Z", 3)
                == ["2028-06-01T00:07:50+00:00", "2030-01-01T00:07:50+00:00", "2030-01-01T01:07:50+00:00"])
        #expect(
            trigger.previous(before: try instant("2030-01-01T00:00:00Z"))?.formatted(in: .utc)
                == "2028-06-01T00:07:50+00:00")
    }

    /// Agreement so rare that walking alone would not reach it in a moment.
    @Test func rareAgreement() throws {
        // Never since 1995, when summer time last ended a month later in Britain than in Germany.
        let trigger = try Self.conjunction([
            Self.crontab("0 */2 * * *", "Europe/Berlin"), Self.crontab("0 */2 * * *", "Europe/London"),
        ])
        #expect(trigger.previous(before: .latest)?.formatted(in: .utc) == "1995-10-21T23:00:00+00:00")
        #expect(trigger.next(after: try instant("1995-10-21T23:00:00Z")) == nil)
    }

    /// An interval that falls back by a second a day reaches noon after 43,200 days.
    @Test(arguments: [
        crontab("0 12 * * *"), #"{"type": "calendarinterval", "days": 1, "hour": 12, "start_date": "2025-01-01"}"#,
    ])
    func agreementAfterManyDays(noon: String) throws {
        let trigger = try Self.conjunction([
            #"{"type": "interval", "seconds": 86401, "start_date": "2025-01-01T00:00:00"}"#, noon,
        ])
        #expect(try fireTimes(trigger, after: "2025-01-01T00:00:00Z", 1) == ["2143-04-13T12:00:00+00:00"])
        #expect(
            trigger.previous(before: try instant("2300-01-01T00:00:00Z"))?.formatted(in: .utc)
                == "2143-04-13T12:00:00+00:00")
    }

    /// Germany had no summer time from 1950 to 1979: thousands of days without agreement lie between two gaps.
    @Test func agreementInAGapAfterManyDays() throws {
        let berlin = try Zone("Europe/Berlin")
        let shifted = try Self.conjunction([
            Self.crontab("15 2 * * *", "Europe/Berlin", gap: "shift"),
            Self.crontab("15 3 * * *", "Europe/Berlin", gap: "shift"),
        ])
        let withParis = try Self.conjunction([
            Self.crontab("30 2 * * *", "Europe/Berlin"), Self.crontab("45 2 * * *", "Europe/Paris"),
        ])
        let withVienna = try Self.conjunction([
            Self.crontab("30 2 * * *", "Europe/Berlin"), Self.crontab("45 2 * * *", "Europe/Vienna"),
        ])
        let start = try instant("1950-01-01T00:00:00Z")
        #expect(shifted.next(after: start)?.formatted(in: berlin) == "1980-04-06T03:15:00+02:00")
        #expect(withParis.next(after: start)?.formatted(in: berlin) == "1980-04-06T03:00:00+02:00")
        let end = try instant("1980-01-01T00:00:00Z")
        #expect(shifted.previous(before: end)?.formatted(in: berlin) == "1949-04-10T03:15:00+02:00")
        #expect(withVienna.previous(before: end)?.formatted(in: berlin) == "1948-04-18T03:00:00+02:00")
    }
}
