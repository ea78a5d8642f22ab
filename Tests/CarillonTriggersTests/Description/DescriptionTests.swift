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
        (
            #"{"type": "interval", "hours": 2, "start_date": "2027-01-01T08:00:00+01:00", "timezone": "Asia/Tokyo"}"#,
            "every 2 hours, from 2027-01-01T08:00:00+01:00"
        ),
    ])
    func inWords(json: String, expected: String?) throws {
        let text = try trigger(json).description
        if let expected { #expect(text == expected) } else { #expect(text.contains("when that is Friday")) }
    }
}
