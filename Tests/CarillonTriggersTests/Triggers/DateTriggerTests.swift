import CarillonTriggers
import Foundation
import Testing

@Suite struct DateTriggerTests {
    @Test func firesOnce() throws {
        let trigger = try trigger(#"{"type": "date", "run_date": "2025-12-01T08:00:00"}"#, in: "Europe/Berlin")
        let time = try instant("2025-12-01T07:00:00Z")
        #expect(trigger.next(after: time.advanced(byMicroseconds: -1)) == time)
        #expect(trigger.next(after: time) == nil)
        #expect(trigger.previous(before: time) == nil)
        #expect(trigger.previous(before: time.advanced(byMicroseconds: 1)) == time)
        #expect(trigger.count(after: .earliest, through: time) == 1)
        #expect(trigger.count(after: time, through: .latest) == 0)
        #expect(trigger.contains(time))
        #expect(trigger.due(after: .earliest, through: .latest)?.latest == time)
    }

    @Test(arguments: [
        (#""run_date": "2025-03-30T02:30:00""#, "2025-03-30T03:00:00+02:00"),
        (#""run_date": "2025-10-26T02:30:00""#, "2025-10-26T02:30:00+02:00"),
        (#""run_date": "2025-10-26T02:30:00+01:00""#, "2025-10-26T02:30:00+01:00"),
        (#""run_date": "2025-07-01""#, "2025-07-01T00:00:00+02:00"),
        (#""run_date": "2025-07-01 10:30""#, "2025-07-01T10:30:00+02:00"),
        (#""run_date": "2025-07-01T10:30:00.125""#, "2025-07-01T10:30:00.125+02:00"),
        (#""run_date": "2025-07-01T10:30:00Z""#, "2025-07-01T12:30:00+02:00"),
        (#""run_date": "2025-07-01T10:30:00", "timezone": "America/New_York""#, "2025-07-01T16:30:00+02:00"),
        (#""run_date": "2025-07-01T10:30:00Z", "timezone": "America/New_York""#, "2025-07-01T12:30:00+02:00"),
    ])
    func readInItsZone(fields: String, expected: String) throws {
        let trigger = try trigger(#"{"type": "date", \#(fields)}"#, in: "Europe/Berlin")
        #expect(try fireTimes(trigger, after: "2000-01-01T00:00:00Z", 2, in: "Europe/Berlin") == [expected])
    }

    @Test func swiftForms() throws {
        let date = Date(timeIntervalSince1970: 1_764_576_000.25)
        #expect(Trigger.date(date).next(after: .earliest)?.date == date)
        #expect(
            try Trigger.date("2025-12-01T08:00:00", in: Zone("Europe/Berlin")).next(after: .earliest)
                == (try instant("2025-12-01T07:00:00Z")))
        expectRefusal(of: "a date", saying: ["run_date", "2025-02-29"]) { _ = try Trigger.date("2025-02-29") }
        expectRefusal(.missingField, of: "no date", saying: ["run_date"]) { _ = try trigger(#"{"type": "date"}"#) }
        expectRefusal(of: "a number", saying: ["run_date", "the number 5"]) {
            _ = try trigger(#"{"type": "date", "run_date": 5}"#)
        }
    }
}
