import CarillonTriggers
import Foundation
import Testing

/// Lengths of time in triggers: intervals and jitter of any duration, also below a second.
@Suite struct DurationTests {
    private let start = Instant(seconds: 1_767_225_600)

    @Test func quarterOfASecond() throws {
        let trigger = try Trigger.interval(.milliseconds(250), start: start.date)
        let times = Array(trigger.fireTimes(after: start).prefix(5))
        #expect(times.map { $0.microseconds - start.microseconds } == (1...5).map { $0 * 250_000 })
        #expect(trigger.previous(before: times[4]) == times[3])
        #expect(trigger.count(after: start, through: start + .seconds(86_400)) == 345_600)
        #expect(trigger.due(after: start, through: start + .seconds(3))?.count == 12)
        #expect(trigger.contains(times[2]) && !trigger.contains(times[2] + .microseconds(1)))
        #expect(trigger.remarks(after: start) == [])
    }

    @Test func phaseOfTheMomentItIsAdded() throws {
        let given = try Trigger.interval(.microseconds(1_500_001))
        let added = given.anchored(at: start + .microseconds(7))
        #expect(added.next(after: start) == start + .microseconds(7))
        #expect(added.next(after: start + .seconds(1)) == start + .microseconds(1_500_008))
        #expect(added.isSame(asGiven: given))
        #expect(try Trigger(json: added.json) == added)
    }

    @Test(
        arguments: [
            (Duration.seconds(90), #""seconds":90"#, "every 90 seconds"),
            (.seconds(3600), #""seconds":3600"#, "every hour"),
            (.seconds(5400), #""seconds":5400"#, "every 1 hour and 30 minutes"),
            (.seconds(86_400), #""seconds":86400"#, "every 24 hours"),
            (.milliseconds(250), #""seconds":0.25"#, "every 250 milliseconds"),
            (.milliseconds(1), #""seconds":0.001"#, "every millisecond"),
            (.microseconds(1_500), #""seconds":0.0015"#, "every 0.0015 seconds"),
            (.seconds(2.5), #""seconds":2.5"#, "every 2.5 seconds"),
            (.nanoseconds(1_000_000_600), #""seconds":1.000001"#, "every 1.000001 seconds"),
        ])
    func forms(length: Duration, json: String, words: String) throws {
        let trigger = try Trigger.interval(length)
        #expect(trigger.json.description == #"{"type":"interval",\#(json),"timezone":"UTC"}"#)
        #expect(trigger.description == words)
        #expect(try Trigger(json: trigger.json) == trigger)
        #expect(try JSONDecoder().decode(Trigger.self, from: JSONEncoder().encode(trigger)) == trigger)
    }

    /// A duration says the same as the seconds of a configuration, so that a job keeps its phase.
    @Test func sameAsSeconds() throws {
        #expect(try Trigger.interval(.seconds(90)) == .interval(seconds: 90))
        #expect(try Trigger.interval(.seconds(90)) == trigger(#"{"type": "interval", "seconds": 90.0}"#))
        #expect(try Trigger.interval(minutes: 1, seconds: 30).description == "every 1 minute and 30 seconds")
        #expect(
            try trigger(#"{"type": "interval", "minutes": 1, "seconds": 0.5}"#).description
                == "every 1 minute and 500 milliseconds")
    }

    @Test(arguments: [
        ("0.0", ["longer than nothing"]), ("0.000999", ["shorter than a millisecond"]), ("0.0000001", ["at most six"]),
        ("1e3", ["plain digits"]), ("1e308", ["plain digits"]), ("-0.5", ["plain digits"]), ("-1", ["'-1'"]),
        ("99999999999999999999999999", ["plain digits"]), ("400000000001", ["400000000000"]),
        ("true", ["a number of seconds, not true"]), ("\"5\"", ["a string"]), ("null", ["null"]),
    ])
    func refusedSeconds(text: String, words: [String]) {
        expectRefusal(of: text, saying: ["seconds"] + words) {
            _ = try trigger(#"{"type": "interval", "seconds": \#(text)}"#)
        }
    }

    /// Only seconds have a fraction.
    @Test(arguments: ["weeks", "days", "hours", "minutes"]) func wholeUnits(unit: String) {
        expectRefusal(of: unit, saying: [unit, "whole number"]) {
            _ = try trigger(#"{"type": "interval", "\#(unit)": 1.5}"#)
        }
    }

    @Test(arguments: [Duration.zero, .seconds(-5), .microseconds(999), .nanoseconds(1), .seconds(Int64.max)])
    func refused(length: Duration) {
        expectRefusal(of: "\(length)") { _ = try Trigger.interval(length) }
    }

    // MARK: Jitter

    @Test func jitterBelowASecond() throws {
        let trigger = try Trigger.interval(.seconds(10), start: start.date, jitter: .milliseconds(500))
        #expect(trigger.jitter == .milliseconds(500))
        #expect(trigger.json["jitter"] == .decimal("0.5"))
        #expect(try Trigger(json: trigger.json) == trigger)
        #expect(trigger.description.hasSuffix("up to 500 milliseconds later at random"))
        let delays = (0..<200).map { number in
            trigger.due(scheduled: start, jobID: "job \(number)").microseconds - start.microseconds
        }
        #expect(delays.allSatisfy { (0...500_000).contains($0) })
        #expect((delays.max() ?? 0) > 400_000)
        #expect(
            try Trigger.crontab("@daily", jitter: .seconds(5_400.5)).description.hasSuffix(
                "up to 1 hour, 30 minutes and 500 milliseconds later at random"))
        expectRefusal(of: "negative jitter", saying: ["jitter"]) {
            _ = try Trigger.crontab("@daily", jitter: .seconds(-1))
        }
        expectRefusal(of: "a jitter of days", saying: ["jitter", "86400.5"]) {
            _ = try Trigger.crontab("@daily", jitter: .seconds(86_400.5))
        }
    }

    // MARK: With others

    @Test func agreesWithOthers() throws {
        let quarters = try Trigger.interval(.milliseconds(250), start: start.date)
        let thirds = try Trigger.interval(.milliseconds(300), start: start.date)
        #expect(Trigger.all(of: quarters, thirds).next(after: start) == start + .milliseconds(1500))
        let minutely = try Trigger.crontab("* * * * *", in: .utc)
        #expect(Trigger.all(of: quarters, minutely).next(after: start) == start + .seconds(60))
        #expect(Trigger.all(of: minutely, quarters).previous(before: start + .seconds(90)) == start + .seconds(60))
        // It never meets a whole second, and neither a date between its own.
        let shifted = try Trigger.interval(.seconds(1), start: (start + .milliseconds(500)).date)
        #expect(Trigger.all(of: shifted, minutely).next(after: start) == nil)
        #expect(Trigger.all(of: quarters, .date(start + .milliseconds(100))).next(after: start) == nil)
        #expect(
            Trigger.all(of: quarters, .date(start + .milliseconds(750))).next(after: start)
                == start + .milliseconds(750))
        // A length that has little in common with a day.
        let odd = try Trigger.interval(.microseconds(1_000_001), start: start.date)
        let common = Trigger.all(of: odd, try .calendarInterval(days: 1, start: "2026-01-01", in: .utc))
        #expect(common.next(after: start)?.microseconds.isMultiple(of: 86_400_000_000) ?? true)
        #expect(Trigger.any(of: quarters, odd).count(after: start, through: start + .seconds(2)) == 9)
    }

    @Test func driftAtAClockChange() throws {
        let berlin = try Zone("Europe/Berlin")
        let change = try #require(berlin.nextClockChange(after: start))
        #expect(try Trigger.interval(.milliseconds(250), start: start.date, in: berlin).drifts(at: change) == [])
        #expect(try Trigger.interval(hours: 4, start: start.date, in: berlin).drifts(at: change).count == 1)
    }
}
