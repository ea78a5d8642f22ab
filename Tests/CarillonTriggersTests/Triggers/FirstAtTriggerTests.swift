import CarillonTriggers
import Testing

/// A first fire time that was set by hand.
@Suite struct FirstAtTriggerTests {
    private static func trigger(_ at: String, _ then: String) throws -> Trigger {
        try Trigger(
            json: try JSONReader.value(of: Array(#"{"type": "first_at", "at": "\#(at)", "then": \#(then)}"#.utf8)))
    }

    private static let hourly =
        #"{"type": "cron", "minute": 0, "start_date": "2031-01-01T00:00:00Z"}"#

    private static func instant(_ text: String) throws -> Instant {
        try Moment(text: text, field: "").instant(in: .utc)
    }

    @Test("It fires at that time, and after it when the other trigger does, also from before the time on")
    func times() throws {
        let trigger = try Self.trigger("2031-03-01T12:30:00Z", Self.hourly)
        let times = trigger.fireTimes(after: try Self.instant("2031-01-01")).prefix(3).map { $0.formatted(in: .utc) }
        #expect(times == ["12:30", "13:00", "14:00"].map { "2031-03-01T\($0):00+00:00" })
        let (first, second) = (try Self.instant("2031-03-01T12:30:00Z"), try Self.instant("2031-03-01T13:00:00Z"))
        #expect(trigger.previous(before: first) == nil)
        #expect(trigger.previous(before: second) == first)
        #expect(trigger.previous(before: second.advanced(byMicroseconds: 1)) == second)
        #expect(trigger.count(after: try Self.instant("2031-01-01"), through: second) == 2)
        #expect(trigger.count(after: first, through: second) == 1)
        #expect(trigger.count(after: try Self.instant("2031-01-01"), through: try Self.instant("2031-02-01")) == 0)
        let before = try Self.instant("2031-02-01")
        #expect(trigger.contains(first) && !trigger.contains(before))
    }

    @Test("An interval is counted from that time, whatever its start, to its end")
    func interval() throws {
        let trigger = try Self.trigger(
            "2031-03-01T12:30:00Z",
            #"{"type": "interval", "hours": 1, "start_date": "2035-01-01T00:00:00Z", "end_date": "2031-03-01T14:30:00Z"}"#
        )
        let times = trigger.fireTimes(after: .earliest).map { $0.formatted(in: .utc) }
        #expect(times == ["12:30", "13:30", "14:30"].map { "2031-03-01T\($0):00+00:00" })
    }

    @Test("A trigger that fires once does so at that time instead")
    func once() throws {
        let trigger = try Self.trigger("2031-03-01T12:30:00Z", #"{"type": "date", "run_date": "2032-01-01T00:00:00Z"}"#)
        let first = try Self.instant("2031-03-01T12:30:00Z")
        #expect(Array(trigger.fireTimes(after: .earliest)) == [first])
        #expect(trigger.isOneOff && trigger.onlyFireTime == first)
        #expect(trigger.count(after: .earliest, through: .latest) == 1 && trigger.previous(before: .latest) == first)
    }

    @Test("The time that was set has no jitter, and the others have theirs")
    func jitter() throws {
        let trigger = try Self.trigger(
            "2031-03-01T12:30:00Z",
            #"{"type": "cron", "minute": 0, "jitter": 1000}"#)
        let (first, second) = (try Self.instant("2031-03-01T12:30:00Z"), try Self.instant("2031-03-01T13:00:00Z"))
        #expect(trigger.due(scheduled: first, jobID: "a") == first)
        #expect(trigger.due(scheduled: second, jobID: "a") > second)
    }

    @Test("It is read and written, and is the same only with the same time")
    func form() throws {
        let trigger = try Self.trigger("2031-03-01T12:30:00+01:00", Self.hourly)
        #expect(try Trigger(json: trigger.json) == trigger)
        #expect(trigger.json["at"] == .string("2031-03-01T12:30:00+01:00"))
        let later = try Self.trigger("2031-03-01T13:30:00+01:00", Self.hourly)
        #expect(!trigger.isSame(asGiven: later) && trigger.isSame(asGiven: trigger))
        #expect(trigger.description == "on Saturday 1 March 2031 at 11:30, UTC, then \(trigger.withoutSetTime.trigger)")
        for (form, field) in [
            (#"{"type": "first_at", "then": \#(Self.hourly)}"#, "at"),
            (#"{"type": "first_at", "at": "2031-03-01"}"#, "then"),
            (#"{"type": "first_at", "at": "soon", "then": \#(Self.hourly)}"#, "at"),
            (#"{"type": "first_at", "at": "2031-03-01", "then": {"type": "cron", "hour": 24}}"#, "then.hour"),
        ] {
            let error = #expect(throws: TriggerError.self) {
                try Trigger(json: try JSONReader.value(of: Array(form.utf8)))
            }
            #expect(error?.field == field)
        }
    }
}
