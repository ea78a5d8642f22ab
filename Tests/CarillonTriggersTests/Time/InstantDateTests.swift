import CarillonTriggers
import Foundation
import Testing

/// Every question takes a `Date` as well and is answered in `Date`.
@Suite struct InstantDateTests {
    private let start = Date(timeIntervalSince1970: 1_767_225_600)

    @Test func sameAnswersInDates() throws {
        let trigger = try Trigger.crontab("0 9 * * *", in: .utc)
        let instant = Instant(start)
        let next: Date? = trigger.next(after: start)
        #expect(next == trigger.next(after: instant)?.date && next == start + 9 * 3600)
        #expect(trigger.previous(before: start) == start - 15 * 3600)
        #expect(trigger.count(after: start, through: start + 86_400 * 7) == 7)
        #expect(trigger.due(after: start, through: start + 86_400 * 7)?.latestDate == start + 86_400 * 6 + 9 * 3600)
        #expect(Array(trigger.fireTimes(after: start).prefix(2)) == [start + 9 * 3600, start + 33 * 3600])
        #expect(trigger.contains(start + 9 * 3600) && !trigger.contains(start))
        let interval = try Trigger.interval(.seconds(7))
        #expect(interval.anchored(at: start) == interval.anchored(at: instant))
        #expect(trigger.remarks(after: start) == trigger.remarks(after: instant))
        let berlin = try Zone("Europe/Berlin")
        #expect(berlin.nextClockChange(after: start) == berlin.nextClockChange(after: instant))
        #expect(berlin.offset(at: start) == 3600)
        #expect(Trigger.date(start) == .date(instant))
        #expect(Moment(start) == Moment(instant))
    }

    @Test func instantArithmetic() throws {
        let instant = Instant(start)
        #expect(instant + .milliseconds(1) == Instant(microseconds: instant.microseconds + 1000))
        #expect(instant - .seconds(1) == Instant(seconds: 1_767_225_599))
        #expect(instant.duration(to: instant + .seconds(90)) == .seconds(90))
        #expect((instant + .seconds(5)) - instant == .seconds(5))
        #expect(Instant.latest + .seconds(Int64.max) == .latest && Instant.earliest - .seconds(1) == .earliest)
        #expect(instant.description == "2026-01-01T00:00:00Z")
        #expect((instant + .milliseconds(250)).description == "2026-01-01T00:00:00.25Z")
        let text = Data(#"["2026-01-01T00:00:00Z"]"#.utf8)
        #expect(try JSONDecoder().decode([Instant].self, from: text) == [instant])
        #expect(try JSONEncoder().encode([instant]) == text)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Instant].self, from: Data("[\"now\"]".utf8)) }
    }
}
