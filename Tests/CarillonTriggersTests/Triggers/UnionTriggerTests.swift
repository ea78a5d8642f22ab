import CarillonTriggers
import Testing

@Suite struct UnionTriggerTests {
    @Test func sortedUnionWithoutRepetition() throws {
        let trigger = try Trigger.any(
            of: .crontab("0 */6 * * *"), .crontab("0 12,13 * * *"), .date("2025-01-01T12:30:00"))
        let expected = ["06:00:00", "12:00:00", "12:30:00", "13:00:00", "18:00:00"].map { "2025-01-01T\($0)+00:00" }
        #expect(try fireTimes(trigger, after: "2025-01-01T00:00:00Z", 5) == expected)
        let (start, end) = (try instant("2025-01-01T00:00:00Z"), try instant("2025-01-01T18:00:00Z"))
        #expect(trigger.count(after: start, through: end) == 5)
        #expect(trigger.previous(before: end)?.formatted(in: .utc) == expected[3])
        #expect(trigger.due(after: start, through: end)?.count == 5)
        #expect(trigger.due(after: start, through: end)?.latest == end)
    }

    @Test func endsWithTheLast() throws {
        let trigger = try Trigger.any(of: .date("2025-01-01"), .date("2025-01-02"))
        #expect(trigger.count(after: .earliest, through: .latest) == 2)
        #expect(try fireTimes(trigger, after: "2025-01-01T00:00:00Z", 9) == ["2025-01-02T00:00:00+00:00"])
        #expect(trigger.next(after: try instant("2025-01-02T00:00:00Z")) == nil)
    }

    @Test func neverAmongOthers() throws {
        let trigger = try Trigger.any(of: .crontab("0 0 30 2 *"), .crontab("0 0 1 * *"))
        #expect(try fireTimes(trigger, after: "2025-01-01T00:00:00Z", 1) == ["2025-02-01T00:00:00+00:00"])
        #expect(
            trigger.previous(before: try instant("2025-01-01T00:00:00Z"))?.formatted(in: .utc)
                == "2024-12-01T00:00:00+00:00")
    }

    /// Parts that have no fire time left do not search the calendar for one at every step.
    @Test(.timeLimit(.minutes(10))) func endedPartsCostNothing() throws {
        let trigger = try Trigger.any(
            of: .crontab("0 0 30 2 *"), .cron(month: 6, week: 1), .crontab("* * * * * *", in: Zone("Europe/Berlin")),
            .cron(year: "*/2", month: 6, week: 1),
            .all(of: .crontab("0 0 30 2 *"), .crontab("15 * * * *", in: Zone("Asia/Tokyo"))),
            .all(
                of: .crontab("0 */2 * * *", in: Zone("Europe/Berlin")),
                .crontab("0 */2 * * *", in: Zone("Europe/London"))))
        let start = try instant("2025-01-01T00:00:00Z")
        #expect(trigger.count(after: start, through: start.advanced(byMicroseconds: 100_000_000_000)) == 100_000)
        var time = start
        for _ in 0..<10_000 { time = try #require(trigger.previous(before: time)) }
        #expect(time == start.advanced(byMicroseconds: -10_000_000_000))
    }

    /// Intervals without a start date all begin at the moment the trigger is added.
    @Test func intervalsBeginTogether() throws {
        let trigger = try Trigger.any(of: .interval(minutes: 10), .interval(minutes: 15))
        let times = try fireTimes(trigger, after: "2025-01-01T00:07:00Z", 5).map { String($0.dropFirst(11).prefix(5)) }
        #expect(times == ["00:17", "00:22", "00:27", "00:37", "00:47"])
        let start = try instant("2025-01-01T00:07:00Z")
        let end = try instant("2025-01-01T00:47:00Z")
        #expect(trigger.count(after: start, through: end) == 5)
        #expect(trigger.due(after: start, through: end)?.latest == end)
        #expect(trigger.anchored(at: start).contains(start))
    }

    @Test func zonesOfTheParts() throws {
        let text =
            #"{"type": "or", "triggers": [{"type": "cron", "hour": 9}, {"type": "cron", "hour": 9, "timezone": "America/New_York"}]}"#
        let trigger = try trigger(text, in: "Europe/Berlin")
        #expect(
            try fireTimes(trigger, after: "2025-01-01T00:00:00Z", 3)
                == ["2025-01-01T08:00:00+00:00", "2025-01-01T14:00:00+00:00", "2025-01-02T08:00:00+00:00"])
        #expect(trigger.zones.map(\.identifier) == ["Europe/Berlin", "America/New_York"])
    }

    /// One zone is the trigger's own where every part names it.
    @Test(arguments: [
        ([#", "timezone": "Asia/Tokyo""#, #", "timezone": "Asia/Tokyo""#], "Asia/Tokyo"),
        ([#", "timezone": "Asia/Tokyo""#, #", "timezone": "Europe/Berlin""#], nil),
        ([#", "timezone": "Asia/Tokyo""#, ""], nil), (["", #", "timezone": "Asia/Tokyo""#], nil), (["", ""], nil),
    ])
    func ownZone(zones: [String], expected: String?) throws {
        for type in ["and", "or"] {
            let parts = zones.map { #"{"type": "cron", "hour": 9\#($0)}"# }.joined(separator: ", ")
            let trigger = try trigger(#"{"type": "\#(type)", "triggers": [\#(parts)]}"#, in: "Europe/Berlin")
            #expect(trigger.ownZone?.identifier == expected)
        }
    }
}
