import CarillonTriggers
import Testing

/// What is said of fire times that a clock change concerns.
@Suite struct ClockChangeNoteTests {
    /// In Berlin 28 March 2027 has no 02:00 to 02:59, and 31 October 2027 has it twice.
    @Test(arguments: [
        (
            #"{"type": "date", "run_date": "2027-03-28T02:30:00"}"#, "2027-01-01T00:00:00Z",
            "02:30 does not exist on this day (the clock goes from 02:00 to 03:00); the job fires now"
        ),
        (
            #"{"type": "date", "run_date": "2027-10-31T02:30:00"}"#, "2027-01-01T00:00:00Z",
            "the clock shows 02:30 twice on this day; the job fires the first time only"
        ),
        (#"{"type": "date", "run_date": "2027-10-31T02:30:00+02:00"}"#, "2027-01-01T00:00:00Z", nil),
        (#"{"type": "date", "run_date": "2027-03-28T03:00:00"}"#, "2027-01-01T00:00:00Z", nil),
        (
            #"{"type": "calendarinterval", "days": 1, "hour": 2, "minute": 30}"#, "2027-03-27T12:00:00Z",
            "02:30 does not exist on this day (the clock goes from 02:00 to 03:00); the job fires now"
        ),
        (
            #"{"type": "calendarinterval", "days": 1, "hour": 2, "minute": 30, "gap": "shift"}"#,
            "2027-03-27T12:00:00Z",
            "02:30 does not exist on this day (the clock goes from 02:00 to 03:00) and is shifted to 03:30"
        ),
        (
            #"{"type": "crontab", "expression": "30 2,3 * * *", "gap": "shift"}"#, "2027-03-27T12:00:00Z",
            "02:30 and 03:30 come as one on this day (the clock goes from 02:00 to 03:00)"
        ),
        (
            #"{"type": "crontab", "expression": "0,30 2 * * *"}"#, "2027-03-27T12:00:00Z",
            "02:00 and 02:30 come as one on this day (the clock goes from 02:00 to 03:00)"
        ),
        (
            #"{"type": "crontab", "expression": "30 2 * * *", "fold": "both"}"#, "2027-10-30T12:00:00Z",
            "the clock shows 02:30 twice on this day; this is the first"
        ),
        (
            #"{"type": "crontab", "expression": "*/30 2 * * *"}"#, "2027-10-31T00:30:00Z",
            "the clock shows 02:00 twice on this day; this is the second"
        ),
        // One star among alternatives is enough for both times, one fixed time among conditions for the first only.
        (
            #"{"type": "or", "triggers": [{"type": "crontab", "expression": "30 2 * * *"}, {"type": "crontab", "expression": "*/30 2 * * *"}]}"#,
            "2027-10-31T00:00:00Z", "the clock shows 02:30 twice on this day; this is the first"
        ),
        (
            #"{"type": "and", "triggers": [{"type": "crontab", "expression": "*/30 2 * * *"}, {"type": "crontab", "expression": "30 2 * * *"}]}"#,
            "2027-10-31T00:00:00Z", "the clock shows 02:30 twice on this day; the job fires the first time only"
        ),
    ])
    func nextFireTime(json: String, after: String, note: String?) throws {
        #expect(try Self.note(json, after: after, in: "Europe/Berlin") == note)
    }

    /// 30 December 2011 was left out in Samoa: the times of a whole day come at the beginning of the next one.
    @Test func dayThatIsMissing() throws {
        let change = "(the clock goes from 00:00 on 30 December 2011 to 00:00 on 31 December 2011)"
        #expect(
            try Self.note(#"{"type": "cron", "hour": 12}"#, after: "2011-12-30T09:00:00Z", in: "Pacific/Apia")
                == "12:00 on 30 December 2011 does not exist \(change); the job fires now")
        #expect(
            try Self.note(#"{"type": "cron", "hour": "0,12"}"#, after: "2011-12-30T09:00:00Z", in: "Pacific/Apia")
                == "00:00 and 12:00 on 30 December 2011 and 00:00 on 31 December 2011 come as one \(change)")
        #expect(
            try Self.note(
                #"{"type": "cron", "day": 30, "gap": "shift"}"#, after: "2011-12-30T09:00:00Z", in: "Pacific/Apia")
                == "00:00 on 30 December 2011 does not exist \(change) and is shifted to 00:00 on 31 December 2011")
        #expect(
            try Self.note(
                #"{"type": "cron", "hour": 2, "minute": 30, "gap": "shift"}"#, after: "2011-12-30T10:00:00Z",
                in: "Pacific/Apia")
                == "02:30 on 30 December 2011 and 02:30 on 31 December 2011 come as one \(change)")
        let samoa = try Zone("Pacific/Apia")
        #expect(
            samoa.nextClockChange(after: try instant("2011-12-01T00:00:00Z"))?.description
                == "Friday 30 December 2011: the clock goes from 00:00 on 30 December 2011 to 00:00 on 31 December 2011"
        )
        // Midnight is missing, and both times are of one day; back over midnight they are not.
        let saoPaulo = try Zone("America/Sao_Paulo")
        #expect(
            saoPaulo.nextClockChange(after: try instant("2018-10-01T00:00:00Z"))?.description
                == "Sunday 4 November 2018: the clock goes from 00:00 to 01:00")
        #expect(
            saoPaulo.nextClockChange(after: try instant("2019-01-01T00:00:00Z"))?.description
                == "Sunday 17 February 2019: the clock goes back from 00:00 on 17 February 2019 to 23:00 on 16 February 2019"
        )
    }

    /// In Berlin and in London clocks go forward at the same instant, from 02:00 and from 01:00.
    @Test func zonesThatChangeTogether() throws {
        let start = try instant("2027-03-27T12:00:00Z")
        let text =
            #"{"type": "or", "triggers": [{"type": "cron", "hour": 2, "minute": "*/30"}, {"type": "cron", "hour": 1, "minute": 30, "timezone": "Europe/London", "gap": "skip"}, {"type": "cron", "hour": 2, "minute": 30}]}"#
        let trigger = try trigger(text, in: "Europe/Berlin")
        let (berlin, london) = (try Zone("Europe/Berlin"), try Zone("Europe/London"))
        #expect(trigger.zones == [berlin, london])
        let changes = [berlin, london].compactMap { $0.nextClockChange(after: start) }
        #expect(Set(changes.map(\.instant)).count == 1 && changes.map(\.zone) == [berlin, london])
        #expect(
            changes.map { trigger.timesLeftOut(by: $0) } == [
                "02:00 does not exist on this day and is left out", "01:30 does not exist on this day and is left out",
            ])
        let change = try #require(changes.first).instant
        #expect(trigger.clockChangeNote(at: change, by: berlin)?.description.hasPrefix("02:30 does not") == true)
        #expect(trigger.clockChangeNote(at: change, by: london) == nil)
    }

    private static func note(_ json: String, after: String, in zone: String) throws -> String? {
        let start = try instant(after)
        let trigger = try trigger(json, in: zone).anchored(at: start)
        return try trigger.clockChangeNote(at: #require(trigger.next(after: start)))?.description
    }
}
