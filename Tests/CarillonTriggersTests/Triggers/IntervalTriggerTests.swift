import CarillonTriggers
import Foundation
import Testing

@Suite struct IntervalTriggerTests {
    @Test(arguments: [
        (#""seconds": 1"#, "2025-01-01T00:00:00", "2025-01-01T00:00:01"),
        (#""minutes": 5"#, "2025-01-01T00:03:00", "2025-01-01T00:05:00"),
        (#""minutes": 5"#, "2025-01-01T00:05:00", "2025-01-01T00:10:00"),
        (#""hours": 36"#, "2025-01-01T00:00:00", "2025-01-02T12:00:00"),
        (#""days": 1"#, "2025-03-29T23:59:59", "2025-03-30T00:00:00"),
        (
            #""weeks": 1, "days": 1, "hours": 1, "minutes": 1, "seconds": 1"#, "2025-01-01T00:00:00",
            "2025-01-09T01:01:01"
        ),
        (#""seconds": 7"#, "2024-12-31T23:59:59", "2025-01-01T00:00:00"),
        (#""seconds": 7"#, "1970-01-01T00:00:00", "2025-01-01T00:00:00"),
        (#""days": 365"#, "2999-06-01T00:00:00", "3000-05-10T00:00:00"),
    ])
    func countedFromTheStartDate(length: String, after: String, expected: String) throws {
        let trigger = try trigger(#"{"type": "interval", \#(length), "start_date": "2025-01-01T00:00:00"}"#)
        #expect(try fireTimes(trigger, after: "\(after)Z", 1) == ["\(expected)+00:00"])
    }

    /// Days are 24 hours, whatever the clock does.
    @Test func daysAreElapsedTime() throws {
        let trigger = try trigger(
            #"{"type": "interval", "days": 1, "start_date": "2025-03-29T02:30:00"}"#, in: "Europe/Berlin")
        #expect(
            try fireTimes(trigger, after: "2025-03-29T00:00:00Z", 3, in: "Europe/Berlin") == [
                "2025-03-29T02:30:00+01:00", "2025-03-30T03:30:00+02:00", "2025-03-31T03:30:00+02:00",
            ])
    }

    @Test func startAndEndAreInclusive() throws {
        let trigger = try trigger(
            #"{"type": "interval", "hours": 1, "start_date": "2025-01-01 00:30", "end_date": "2025-01-01T02:30:00"}"#)
        let expected = ["2025-01-01T00:30:00+00:00", "2025-01-01T01:30:00+00:00", "2025-01-01T02:30:00+00:00"]
        #expect(try fireTimes(trigger, after: "2000-01-01T00:00:00Z", 9) == expected)
        #expect(trigger.count(after: .earliest, through: .latest) == 3)
        #expect(
            trigger.count(after: try instant("2025-01-01T00:30:00Z"), through: try instant("2025-01-01T01:30:00Z")) == 1
        )
        #expect(trigger.previous(before: .latest)?.formatted(in: .utc) == expected[2])
        #expect(trigger.previous(before: try instant("2025-01-01T00:30:00Z")) == nil)
        #expect(trigger.contains(try instant("2025-01-01T01:30:00Z")))
        #expect(!trigger.contains(try instant("2025-01-01T03:30:00Z")))
        #expect(!trigger.contains(try instant("2025-01-01T01:30:00.000001Z")))
    }

    @Test func endBeforeStart() throws {
        let trigger = try trigger(
            #"{"type": "interval", "hours": 1, "start_date": "2025-01-02", "end_date": "2025-01-01"}"#)
        #expect(trigger.next(after: .earliest) == nil)
        #expect(trigger.previous(before: .latest) == nil)
        #expect(trigger.count(after: .earliest, through: .latest) == 0)
    }

    @Test func endBeforeStartIsRefusedInCode() throws {
        let (early, late) = (try instant("2025-01-01T00:00:00Z").date, try instant("2025-01-02T00:00:00Z").date)
        let reason =
            "end_date: '2025-01-01T00:00:00+00:00' lies before start_date, 2025-01-02T00:00:00+00:00; such a trigger has no "
            + "fire time"
        let byUnits = #expect(throws: TriggerError.self) { try Trigger.interval(hours: 1, start: late, end: early) }
        let byDuration = #expect(throws: TriggerError.self) {
            try Trigger.interval(.seconds(5), start: late, end: early)
        }
        let byClock = #expect(throws: TriggerError.self) { try Trigger.cron(hour: 1, start: late, end: early) }
        #expect([byUnits, byDuration, byClock].map { $0?.description } == [reason, reason, reason])
        let error = #expect(throws: TriggerError.self) {
            try Trigger.calendarInterval(days: 1, start: "2025-01-02", end: "2025-01-01")
        }
        #expect(
            error?.description
                == "end_date: '2025-01-01' lies before start_date, 2025-01-02; such a trigger has no fire time")
        _ = try Trigger.interval(hours: 1, start: early, end: early)
        _ = try Trigger.calendarInterval(days: 1, start: "2025-01-02", end: "2025-01-02")
    }

    @Test func tooShortADuration() {
        let error = #expect(throws: TriggerError.self) { try Trigger.interval(.microseconds(5)) }
        #expect(error?.description == "'0.000005 seconds' is shorter than a millisecond, the shortest interval")
        let least = #expect(throws: TriggerError.self) { try Trigger.interval(.nanoseconds(3)) }
        #expect(least?.description == "'3e-09 seconds' is shorter than a millisecond, the shortest interval")
    }

    @Test func fractionsOfASecondAreKept() throws {
        let trigger = try trigger(#"{"type": "interval", "seconds": 2, "start_date": "2025-01-01T00:00:00.25"}"#)
        #expect(
            try fireTimes(trigger, after: "2025-01-01T00:00:00.2Z", 2)
                == ["2025-01-01T00:00:00.25+00:00", "2025-01-01T00:00:02.25+00:00"])
        #expect(try fireTimes(trigger, after: "2025-01-01T00:00:02.25Z", 1) == ["2025-01-01T00:00:04.25+00:00"])
        #expect(
            trigger.previous(before: try instant("2025-01-01T00:00:02.250001Z"))
                == (try instant("2025-01-01T00:00:02.25Z")))
    }

    // MARK: Without a start date

    @Test func beginsWhenItIsAdded() throws {
        let trigger = try trigger(#"{"type": "interval", "minutes": 5}"#)
        #expect(
            try fireTimes(trigger, after: "2025-01-01T00:01:30.5Z", 2)
                == ["2025-01-01T00:06:30.5+00:00", "2025-01-01T00:11:30.5+00:00"])
        #expect(trigger.previous(before: .latest) == nil)

        let added = try instant("2025-01-01T00:01:30Z")
        let anchored = trigger.anchored(at: added)
        #expect(anchored.contains(added))
        #expect(anchored.next(after: added.advanced(byMicroseconds: -1)) == added)
        #expect(anchored.next(after: added) == (try instant("2025-01-01T00:06:30Z")))
        // The phase stays, whenever it is asked and however often it is anchored.
        #expect(anchored.next(after: try instant("2025-06-01T00:00:00Z")) == (try instant("2025-06-01T00:01:30Z")))
        #expect(anchored.anchored(at: try instant("2025-06-01T00:00:00Z")) == anchored)
        #expect(try Trigger(json: anchored.json) == anchored)
    }

    @Test func beginsOneIntervalLater() throws {
        let trigger = try trigger(#"{"type": "interval", "minutes": 5, "first_run": "after_interval"}"#)
        let added = try instant("2025-01-01T00:00:00Z")
        let anchored = trigger.anchored(at: added)
        #expect(!anchored.contains(added))
        #expect(
            try fireTimes(anchored, after: "2024-01-01T00:00:00Z", 2)
                == ["2025-01-01T00:05:00+00:00", "2025-01-01T00:10:00+00:00"])
        #expect(trigger.count(after: added, through: try instant("2025-01-01T01:00:00Z")) == 12)
    }

    @Test func startDateOutweighsFirstRun() throws {
        let text = #"{"type": "interval", "hours": 1, "start_date": "2025-01-01", "first_run": "after_interval"}"#
        #expect(try fireTimes(trigger(text), after: "2024-01-01T00:00:00Z", 1) == ["2025-01-01T00:00:00+00:00"])
    }

    /// An interval that leads out of the calendar ends there; it is not cut to the last date.
    @Test(arguments: ["immediately", "after_interval"])
    func longerThanTheCalendar(firstRun: String) throws {
        for zone in ["UTC", "America/New_York", "Asia/Tokyo"] {
            let trigger = try trigger(
                #"{"type": "interval", "weeks": 530000, "first_run": "\#(firstRun)"}"#, in: zone)
            #expect(try fireTimes(trigger, after: "2025-01-01T00:00:00Z", 2) == [], "\(zone)")
            #expect(trigger.count(after: Instant(seconds: 0), through: .latest) == 0)
        }
    }

    /// No fire time has more than four digits in its year, by the clock of the trigger's zone.
    @Test(arguments: ["UTC", "America/New_York", "Asia/Tokyo"]) func lastEveningOfTheCalendar(zone: String) throws {
        let text = #"{"type": "interval", "hours": 1, "start_date": "9999-12-31T20:30:00"}"#
        let times = try fireTimes(trigger(text, in: zone), after: "9000-01-01T00:00:00Z", 9, in: zone)
        #expect(times.map { $0.prefix(16) } == (20...23).map { "9999-12-31T\($0):30" })
        #expect(try trigger(text, in: zone).count(after: .earliest, through: .latest) == 4)
    }

    // MARK: Counting

    @Test func countsWithoutWalking() throws {
        let trigger = try trigger(#"{"type": "interval", "seconds": 1, "start_date": "2025-01-01"}"#)
        let start = try instant("2025-01-01T00:00:00.5Z")
        let end = try instant("2025-01-31T00:00:00.5Z")
        let due = try #require(trigger.due(after: start, through: end))
        #expect(due.count == 2_592_000)
        #expect(due.latest == (try instant("2025-01-31T00:00:00Z")))
        #expect(trigger.due(after: start, through: start) == nil)
        #expect(trigger.count(after: end, through: start) == 0)
    }

    /// Against walking, with random lengths, phases and ends.
    @Test func countAndPreviousProperty() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let period = generator.number(1...100_000)
            let first = Instant(microseconds: Int64(generator.number(-1_000_000_000_000...1_000_000_000_000)))
            let trigger = try Trigger.interval(
                seconds: period,
                start: first.date,
                end: generator.oneIn(2) ? first.date.addingTimeInterval(Double(generator.number(0...3_000_000))) : nil
            )
            let after = first.advanced(byMicroseconds: Int64(generator.number(-500_000_000_000...500_000_000_000)))
            var time = after
            for index in 1...5 {
                guard let next = trigger.next(after: time) else {
                    #expect(trigger.count(after: after, through: .latest) == index - 1)
                    break
                }
                #expect(next > time && trigger.contains(next))
                #expect(trigger.count(after: after, through: next) == index)
                #expect(trigger.count(after: after, through: next.advanced(byMicroseconds: -1)) == index - 1)
                #expect(trigger.previous(before: next) ?? .earliest <= time)
                #expect(trigger.previous(before: next.advanced(byMicroseconds: 1)) == next)
                time = next
            }
        }
    }

    // MARK: Refusals

    @Test(arguments: [
        ("", ["longer than nothing"]), (#""seconds": 0"#, ["longer than nothing"]),
        (#""seconds": -1"#, ["seconds", "'-1'"]), (#""days": 1, "hours": -24"#, ["hours", "'-24'"]),
        (#""weeks": 661376"#, ["weeks"]), (#""seconds": 9223372036854775807"#, ["seconds"]),
        (#""minutes": 1.5"#, ["minutes", "1.5"]), (#""minutes": "5""#, ["minutes", "a string"]),
        (#""minutes": true"#, ["minutes", "true"]), (#""minutes": null"#, ["minutes", "null"]),
        (#""minutes": 1e2"#, ["minutes", "1e2"]), (#""minutes": 5, "jitter": -1"#, ["jitter"]),
        (#""minutes": 5, "jitter": 90000"#, ["jitter", "86400"]),
        (#""minutes": 5, "first_run": "now""#, ["first_run", "'now'", "immediately, after_interval"]),
        (#""minutes": 5, "start_date": "x""#, ["start_date"]), (#""minutes": 5, "end_date": """#, ["end_date"]),
    ])
    func refused(fields: String, words: [String]) {
        let separator = fields.isEmpty ? "" : ", "
        expectRefusal(of: fields, saying: words) { _ = try trigger(#"{"type": "interval"\#(separator)\#(fields)}"#) }
    }

    /// The largest numbers that are taken.
    @Test(arguments: [
        #""weeks": 661375"#, #""days": 4629629"#, #""hours": 111111111"#, #""minutes": 6666666666"#,
        #""seconds": 400000000000"#, #""seconds": 1, "jitter": 86400"#,
    ])
    func limits(fields: String) throws {
        let trigger = try trigger(#"{"type": "interval", \#(fields), "start_date": "2025-01-01"}"#)
        #expect(trigger.next(after: .earliest) == (try instant("2025-01-01T00:00:00Z")))
    }

    @Test func unknownKeys() {
        expectRefusal(.unknownField, of: "months", saying: ["'months'", "calendarinterval"]) {
            _ = try trigger(#"{"type": "interval", "months": 1}"#)
        }
        expectRefusal(.unknownField, of: "hour", saying: ["did you mean 'hours'?"]) {
            _ = try trigger(#"{"type": "interval", "hour": 1, "minutes": 5}"#)
        }
    }
}
