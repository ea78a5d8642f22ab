import CarillonTriggers
import Foundation
import Testing

/// Triggers that users write themselves.
@Suite struct CustomTriggerTests {
    private let start = Instant(seconds: 1_767_225_600)
    private let moon: Trigger

    init() throws { moon = try .custom(FullMoon()) }

    @Test func firesAsItsTypeSays() throws {
        #expect(
            try fireTimes(moon, after: "2026-01-01T00:00:00Z", 3) == [
                "2026-01-03T12:19:23.517+00:00", "2026-02-02T01:03:26.394+00:00", "2026-03-03T13:47:29.271+00:00",
            ])
        #expect(moon.description == "at full moon")
        #expect(moon.custom(as: FullMoon.self) == FullMoon())
        #expect(moon.custom(as: Standing.self) == nil)
        #expect(moon.isSame(asGiven: try .custom(FullMoon())))
        #expect(moon != (try .custom(FullMoon(first: start))) && moon != .date(start))
    }

    /// What a type does not answer itself is worked out with `next(after:)`.
    @Test func previousAndCountAreSearchedFor() throws {
        let times = Array(moon.fireTimes(after: start).prefix(40))
        for (index, time) in times.enumerated().dropFirst() {
            #expect(moon.previous(before: time) == times[index - 1])
            #expect(moon.previous(before: time.advanced(by: .microseconds(1))) == time)
            #expect(moon.count(after: start, through: time) == index + 1)
            #expect(moon.contains(time) && !moon.contains(time.advanced(by: .microseconds(1))))
        }
        let first = Instant(seconds: 948_429_600)
        #expect(moon.previous(before: first) == nil)
        #expect(moon.previous(before: first.advanced(by: .microseconds(1))) == first)
        #expect(moon.previous(before: .latest) != nil)
        #expect(moon.due(after: start, through: times[9]) == moon.due(after: times[0] - .seconds(1), through: times[9]))
        #expect(moon.due(after: start, through: times[9])?.latest == times[9])
        #expect(moon.due(after: start, through: times[9])?.count == 10)
    }

    // MARK: JSON

    @Test func jsonForm() throws {
        let text = #"{"type":"full-moon","parameters":{"first":"2000-01-21T04:40:00Z"}}"#
        #expect(moon.json.description == text)
        #expect(try trigger(text) == moon)
        #expect(try trigger(text).hashValue == moon.hashValue)
        #expect(try JSONDecoder().decode(Trigger.self, from: JSONEncoder().encode(moon)) == moon)
        #expect(try Trigger.custom(Endless()).json.description == #"{"type":"endless","parameters":{}}"#)
        #expect(try Trigger.custom(Endless()).description == "endless")
        #expect(try trigger(#"{"type":"endless"}"#) == .custom(Endless()))
    }

    @Test(arguments: [
        (
            #"{"type":"stranger","parameters":{}}"#, TriggerError.Code.unregisteredType,
            ["'stranger'", "Trigger.register"]
        ),
        (#"{"type":"full-moon","parameters":{"first":5}}"#, .invalidValue, ["parameters", "full-moon", "first"]),
        (#"{"type":"full-moon","parameters":{"first":"soon"}}"#, .invalidValue, ["'soon'"]),
        (#"{"type":"full-moon"}"#, .invalidValue, ["'first' is missing"]),
        (#"{"type":"full-moon","parameters":{},"hour":5}"#, .unknownField, ["hour"]),
        (#"{"type":"or","triggers":[{"type":"stranger","parameters":{}}]}"#, .unregisteredType, ["triggers[0].type"]),
    ])
    func refused(text: String, code: TriggerError.Code, words: [String]) {
        expectRefusal(code, of: text, saying: words) { _ = try trigger(text) }
    }

    @Test func allProblemsAreFound() throws {
        let json = try JSONReader.value(of: Array(#"{"type":"full-moon","parameters":{"first":5},"x":1}"#.utf8))
        #expect(Trigger.problems(of: json).map(\.code) == [.unknownField, .invalidValue])
    }

    @Test func registering() throws {
        try Trigger.register(FullMoon.self)
        try Trigger.register(FullMoon.self)
        expectRefusal(.nameTaken, of: "another type", saying: ["'full-moon'", "FullMoon", "OtherMoon"]) {
            try Trigger.register(OtherMoon.self)
        }
        expectRefusal(.nameTaken, of: "another type", saying: ["FullMoon"]) { _ = try Trigger.custom(OtherMoon()) }
        expectRefusal(.nameTaken, of: "a built-in kind", saying: ["'crontab'", "OtherCron"]) {
            try Trigger.register(OtherCron.self)
        }
        expectRefusal(of: "a blank in the name", saying: ["'full moon'"]) { try Trigger.register(Nameless.self) }
        expectRefusal(of: "a value that is no JSON", saying: ["'unwritable'"]) {
            _ = try Trigger.custom(Unwritable())
        }
    }

    // MARK: With others

    @Test func combines() throws {
        let daily = try Trigger.crontab("0 0 * * *", in: .utc)
        let either = Trigger.any(of: moon, daily)
        #expect(
            try fireTimes(either, after: "2026-01-02T12:00:00Z", 3) == [
                "2026-01-03T00:00:00+00:00", "2026-01-03T12:19:23.517+00:00", "2026-01-04T00:00:00+00:00",
            ])
        #expect(either.count(after: start, through: start.advanced(by: .seconds(365 * 86_400))) == 365 + 13)
        #expect(either.description == "at full moon; or at 00:00, UTC")
        let mornings = try Trigger.custom(Inclusive())
        let both = Trigger.all(of: mornings, try .crontab("0,30 9 * * *", in: .utc))
        #expect(
            try fireTimes(both, after: "2026-01-02T12:00:00Z", 2) == [
                "2026-01-03T09:00:00+00:00", "2026-01-04T09:00:00+00:00",
            ])
        #expect(try both.previous(before: instant("2026-01-03T09:00:00Z")) == instant("2026-01-02T09:00:00Z"))
        for combined in [either, both] { #expect(try trigger(combined.json.description) == combined) }
        #expect(try both.resolved(defaultZone: Zone("Asia/Tokyo")) == both)
        #expect(either.zones == [.utc] && either.ownZone == nil)
    }

    /// Nothing is known of it that could show that it never agrees: the search is given up.
    @Test func neverAgreeing() throws {
        let halves = try Trigger.cron(minute: 30, in: .utc)
        #expect(Trigger.all(of: try .custom(Inclusive()), halves).next(after: start) == nil)
        #expect(Trigger.all(of: moon, halves).next(after: start) == nil)
    }

    // MARK: Wrong ones

    @Test func answersThatAreNotLater() throws {
        #expect(try Trigger.custom(Standing()).next(after: start) == nil)
        #expect(try Trigger.custom(Backward()).next(after: start) == nil)
        #expect(try Trigger.custom(Backward()).previous(before: start) == nil)
        #expect(try Trigger.custom(Backward()).count(after: start, through: .latest) == 0)
        let inclusive = try Trigger.custom(Inclusive())
        let hour = Instant(seconds: 1_767_229_200)
        #expect(inclusive.next(after: start) == hour)
        #expect(inclusive.next(after: hour) == hour.advanced(by: .seconds(3600)))
        #expect(inclusive.previous(before: hour) == start)
        #expect(inclusive.count(after: start, through: hour.advanced(by: .seconds(3600))) == 2)
        for text in ["standing", "backward"] { #expect(try trigger(#"{"type":"\#(text)"}"#).next(after: start) == nil) }
    }

    /// Whatever it answers, each question to it ends.
    @Test(arguments: [try Trigger.custom(Endless()), try .custom(Erratic()), try .custom(Standing())])
    func alwaysEnds(_ wrong: Trigger) throws {
        let end = start.advanced(by: .seconds(40 * 86_400))
        let minutely = try Trigger.crontab("* * * * *")
        for trigger in [wrong, .any(of: wrong, minutely), .all(of: wrong, minutely)] {
            #expect((trigger.next(after: start) ?? .latest) > start)
            #expect((trigger.previous(before: end) ?? .earliest) < end)
            #expect((0...100_000).contains(trigger.count(after: start, through: end)))
            _ = trigger.due(after: start, through: end)
            #expect(trigger.fireTimes(after: start).prefix(1000).reduce(start) { max($0, $1) } >= start)
            _ = trigger.remarks(after: start)
        }
        #expect(Trigger.any(of: wrong, minutely).count(after: start, through: end) > 0)
    }

    @Test func fireTimesThatAreTooClose() throws {
        let endless = try Trigger.custom(Endless())
        // No more often than every millisecond.
        #expect(endless.next(after: start) == start + .milliseconds(1))
        #expect(endless.next(after: start + .microseconds(999)) == start + .milliseconds(1))
        #expect(endless.next(after: start - .microseconds(1)) == start)
        #expect(endless.previous(before: start) == start - .milliseconds(1))
        #expect(endless.previous(before: start + .microseconds(1)) == start)
        #expect(endless.contains(start) && !endless.contains(start + .microseconds(1)))
        #expect(endless.count(after: start, through: start + .microseconds(70_999)) == 70)
        #expect(endless.count(after: start, through: start + .seconds(1)) == 1000)
        #expect(endless.due(after: start, through: start + .seconds(1))?.latest == start + .seconds(1))
    }
}
