import CarillonTriggers
import Testing

/// Triggers in plain words.
@Suite struct DescriptionTests {
    @Test(arguments: [
        (#"{"type": "crontab", "expression": "0 0 1 * mon"}"#, "at 00:00, on day 1 of the month or on Monday, UTC"),
        (
            #"{"type": "crontab", "expression": "0 0 1,15 * mon-fri"}"#,
            "at 00:00, on days 1 and 15 of the month or on Monday to Friday, UTC"
        ),
        // Every day, or Friday as well: every day.
        (#"{"type": "crontab", "expression": "0 0 1-31 * fri"}"#, "at 00:00, UTC"),
        (#"{"type": "crontab", "expression": "0 0 13 * 0-7"}"#, "at 00:00, UTC"),
        (#"{"type": "crontab", "expression": "0 0 */2 * fri"}"#, nil),
        (#"{"type": "interval", "minutes": 5}"#, "every 5 minutes"),
        (#"{"type": "interval", "days": 1}"#, "every day"),
        (#"{"type": "interval", "weeks": 2, "timezone": "Etc/GMT+5"}"#, "every 2 weeks"),
        // The days of an interval are not those of a clock that changes.
        (#"{"type": "interval", "days": 1, "timezone": "Europe/Berlin"}"#, "every 24 hours"),
        (#"{"type": "interval", "days": 2, "timezone": "Europe/Berlin"}"#, "every 48 hours"),
        (#"{"type": "interval", "days": 1, "hours": 6, "timezone": "Europe/Berlin"}"#, "every 30 hours"),
        (#"{"type": "interval", "weeks": 1, "timezone": "Europe/Berlin"}"#, "every 7 days of 24 hours"),
        (
            #"{"type": "interval", "days": 3, "minutes": 1, "timezone": "Europe/Berlin"}"#,
            "every 3 days of 24 hours and 1 minute"
        ),
        (#"{"type": "interval", "hours": 1, "timezone": "Europe/Berlin"}"#, "every hour"),
        (
            #"{"type": "interval", "hours": 2, "start_date": "2027-01-01T08:00:00", "timezone": "Asia/Tokyo"}"#,
            "every 2 hours, from 2027-01-01T08:00:00, Tokyo time"
        ),
        (
            #"{"type": "interval", "hours": 2, "end_date": "2027-01-01", "jitter": 5}"#,
            "every 2 hours, until 2027-01-01, UTC, up to 5 seconds later at random"
        ),
        (#"{"type": "interval", "hours": 2, "jitter": 1800}"#, "every 2 hours, up to 30 minutes later at random"),
        (
            #"{"type": "interval", "hours": 2, "start_date": "2027-01-01T08:00:00+01:00", "timezone": "Asia/Tokyo"}"#,
            "every 2 hours, from 2027-01-01T08:00:00+01:00"
        ),
        (#"{"type": "date", "run_date": "2027-01-01T08:00:00"}"#, "once, on Friday 1 January 2027 at 08:00, UTC"),
        (
            #"{"type": "date", "run_date": "2027-01-01T08:00:00.5"}"#,
            "once, on Friday 1 January 2027 at 08:00:00.5, UTC"
        ),
        (
            #"{"type": "crontab", "expression": "*/30 */30 9 * * *"}"#,
            "every 30 seconds of minutes 0 and 30 from 09:00 to 09:59, UTC"
        ),
        (
            #"{"type": "crontab", "expression": "*/10 */5 * * * *"}"#,
            "every 10 seconds of every 5th minute of every hour, UTC"
        ),
        (#"{"type": "cron", "year": 2027, "month": "*", "day": "*"}"#, "at 00:00, in 2027, UTC"),
        (
            #"{"type": "cron", "year": "2027/2", "month": "*", "day": "*"}"#,
            "at 00:00, every 2nd year from 2027 on, UTC"
        ),
        (
            #"{"type": "cron", "year": "2027-2032/2", "month": "*", "day": "*"}"#,
            "at 00:00, every 2nd year from 2027 to 2031, UTC"
        ),
        (
            #"{"type": "cron", "year": "2027-2030,2035", "month": "*", "day": "*"}"#,
            "at 00:00, in the years 2027 to 2030 and 2035, UTC"
        ),
        (#"{"type": "cron", "year": "2027-9999", "month": "*", "day": "*"}"#, "at 00:00, from 2027 on, UTC"),
    ])
    func inWords(json: String, expected: String?) throws {
        let text = try trigger(json).description
        if let expected { #expect(text == expected) } else { #expect(text.contains("when that is Friday")) }
    }

    /// What the parts of a combination are stays clear where they are combinations themselves.
    @Test func nested() throws {
        func of(_ type: String, _ parts: String...) -> String {
            #"{"type": "\#(type)", "triggers": [\#(parts.joined(separator: ", "))]}"#
        }
        let (nine, ten) = (#"{"type": "cron", "hour": 9}"#, #"{"type": "cron", "hour": 10}"#)
        let hourly = #"{"type": "interval", "hours": 1}"#
        #expect(
            try trigger(of("and", nine, of("or", hourly, ten))).description
                == "when these agree: at 09:00, UTC; and (every hour; or at 10:00, UTC)")
        #expect(
            try trigger(of("or", of("and", nine, hourly), ten)).description
                == "(when these agree: at 09:00, UTC; and every hour); or at 10:00, UTC")
        #expect(try trigger(of("or", of("and", nine), ten)).description == "at 09:00, UTC; or at 10:00, UTC")
        #expect(
            try trigger(of("or", of("and", of("or", nine, ten)), hourly)).description
                == "(at 09:00, UTC; or at 10:00, UTC); or every hour")
    }
}
