import CarillonTriggers
import Testing

/// What is said of times that a clock change leaves out, of policies without effect, and of days of 24 hours.
@Suite struct TimesLeftOutTests {
    /// In Berlin 28 March 2027 has no 02:00 to 02:59.
    @Test(arguments: [
        (
            #"{"type": "crontab", "expression": "*/20 2 * * *"}"#,
            "02:00, 02:20 and 02:40 do not exist on this day and are left out, since the expression follows elapsed time"
        ),
        (
            #"{"type": "crontab", "expression": "* * * * *"}"#,
            "02:00, 02:01 and the other skipped times do not exist on this day and are left out, since the expression follows elapsed time"
        ),
        (
            #"{"type": "crontab", "expression": "30 2 * * *", "gap": "skip"}"#,
            "02:30 does not exist on this day and is left out (gap: skip)"
        ),
        (
            #"{"type": "calendarinterval", "days": 1, "hour": 2, "gap": "skip"}"#,
            "02:00 does not exist on this day and is left out (gap: skip)"
        ),
        (#"{"type": "crontab", "expression": "30 2 * * *"}"#, nil),
        (#"{"type": "crontab", "expression": "30 2 * * *", "gap": "shift"}"#, nil),
        (#"{"type": "crontab", "expression": "*/20 3 * * *"}"#, nil),
        (#"{"type": "crontab", "expression": "*/20 2 29 3 *"}"#, nil),
        (#"{"type": "cron", "hour": 2, "minute": "*/20", "start_date": "2027-04-01"}"#, nil),
        (#"{"type": "cron", "hour": 2, "minute": "*/20", "end_date": "2027-03-28T01:00:00"}"#, nil),
        (#"{"type": "crontab", "expression": "*/20 2 * * *", "timezone": "America/New_York"}"#, nil),
        (#"{"type": "date", "run_date": "2027-03-28T02:30:00"}"#, nil),
        (#"{"type": "interval", "minutes": 5}"#, nil),
        // What one alternative leaves out another may make up for.
        (
            #"{"type": "or", "triggers": [{"type": "crontab", "expression": "*/30 2 * * *"}, {"type": "crontab", "expression": "30 2 * * *"}]}"#,
            "02:00 does not exist on this day and is left out"
        ),
        (
            #"{"type": "and", "triggers": [{"type": "crontab", "expression": "*/30 2 * * *"}, {"type": "crontab", "expression": "30 2 * * *"}]}"#,
            "02:30 does not exist on this day and is left out"
        ),
    ])
    func gap(json: String, expected: String?) throws {
        let start = try instant("2027-03-01T00:00:00Z")
        let trigger = try trigger(json, in: "Europe/Berlin").anchored(at: start)
        let change = try #require(try Zone("Europe/Berlin").nextClockChange(after: start))
        #expect(trigger.timesLeftOut(by: change) == expected)
    }

    @Test func foldLeavesNothingOut() throws {
        let change = try #require(try Zone("Europe/Berlin").nextClockChange(after: instant("2027-06-01T00:00:00Z")))
        #expect(try trigger(#"{"type": "cron", "minute": "*/5"}"#, in: "Europe/Berlin").timesLeftOut(by: change) == nil)
    }

    private static let days =
        "an interval counts elapsed time, a day as 24 hours: when clocks change (Europe/Berlin), its time of day moves; "
        + "calendarinterval keeps the time of day"
    private static let either =
        "day of the month and weekday are both restricted: it fires on days that meet either, as crontab(5) says, though "
        + "systemd-cron and some libraries take days that meet both; for those use a trigger of the type cron"
    private static let oneNumber = "Debian's cron refuses a step behind a single number, and systemd-cron drops it"
    private static let never = "it never fires: none of its months has a day that it selects"
    private static let noEffect =
        "no effect: an expression with a star for hour, minute or second follows elapsed time"

    @Test(
        arguments: [
            (#"{"type": "crontab", "expression": "*/20 2 * * *", "gap": "skip"}"#, ["gap: skip has \(noEffect)"]),
            (
                #"{"type": "cron", "minute": 5, "gap": "shift", "fold": "both"}"#,
                ["gap: shift and fold: both have \(noEffect)"]
            ),
            (#"{"type": "crontab", "expression": "20 2 * * *", "gap": "skip", "fold": "both"}"#, []),
            (#"{"type": "calendarinterval", "days": 1, "gap": "skip"}"#, []),
            (
                #"{"type": "crontab", "expression": "*/90 * * * *"}"#,
                ["'*/90' in the field minute selects 0 alone: its step is longer than what it steps through"]
            ),
            (
                #"{"type": "crontab", "expression": "5 0-59/70 8-10/3,12 LW jan/12 fri#2"}"#,
                [
                    either,
                    "'jan/12' in the field month means 1-12/12 here; \(oneNumber)",
                    "'0-59/70' in the field minute selects 0 alone: its step is longer than what it steps through",
                    "'8-10/3' in the field hour selects 8 alone: its step is longer than what it steps through",
                    "'jan/12' in the field month selects 1 alone: its step is longer than what it steps through",
                ]
            ),
            (#"{"type": "crontab", "expression": "*/30 */12 */15 */6 */3"}"#, []),
            (
                #"{"type": "crontab", "expression": "5/15 1/2 * * *"}"#,
                [
                    "'5/15' in the field minute means 5-59/15 here; \(oneNumber)",
                    "'1/2' in the field hour means 1-23/2 here; \(oneNumber)",
                ]
            ),
            (#"{"type": "crontab", "expression": "@daily"}"#, []),
            (#"{"type": "crontab", "expression": "0 9 1-7 * mon"}"#, [either]),
            (#"{"type": "crontab", "expression": "0 9 */2 * mon"}"#, []),
            (#"{"type": "crontab", "expression": "0 9 1-31 * mon"}"#, []),
            (#"{"type": "cron", "day": "1-7", "day_of_week": "mon"}"#, []),
            (#"{"type": "crontab", "expression": "0 0 30 2 *"}"#, [never]),
            (#"{"type": "cron", "month": "4,6", "day": 31}"#, [never]),
            (#"{"type": "cron", "month": 2, "day": 29}"#, []),
            (#"{"type": "interval", "days": 1}"#, [days]), (#"{"type": "interval", "hours": 48}"#, [days]),
            // Over before clocks change, or not begun by the last change that counts.
            (#"{"type": "interval", "days": 1, "end_date": "2027-03-27"}"#, []),
            (#"{"type": "interval", "days": 1, "end_date": "2027-03-30"}"#, [days]),
            (#"{"type": "interval", "days": 1, "start_date": "2030-01-01"}"#, []),
            (#"{"type": "interval", "days": 1, "start_date": "2027-12-24"}"#, [days]),
            (#"{"type": "interval", "days": 1, "start_date": "2020-12-24"}"#, [days]),
            (#"{"type": "interval", "hours": 5}"#, []), (#"{"type": "interval", "days": 1, "timezone": "UTC"}"#, []),
            (#"{"type": "interval", "weeks": 1, "timezone": "Asia/Tokyo"}"#, []),
            (
                #"{"type": "or", "triggers": [{"type": "interval", "days": 1}, {"type": "interval", "days": 2}]}"#,
                [days]
            ),
        ] as [(String, [String])])
    func remarks(json: String, expected: [String]) throws {
        let trigger = try trigger(json, in: "Europe/Berlin")
        #expect(trigger.remarks(after: try instant("2027-01-01T00:00:00Z")) == expected)
    }

    /// How much later by the clock an interval fires once clocks have gone forward an hour, or back.
    @Test(arguments: [
        (#""days": 1"#, "1 hour"), (#""weeks": 1"#, "1 hour"), (#""hours": 2"#, "1 hour"), (#""hours": 1"#, nil),
        (#""minutes": 5"#, nil), (#""hours": 7"#, nil), (#""minutes": 45"#, "at other times"),
        (#""days": 1, "end_date": "2027-03-28""#, nil),
    ])
    func drift(length: String, distance: String?) throws {
        let start = try instant("2027-03-01T00:00:00Z")
        let trigger = try trigger(#"{"type": "interval", \#(length)}"#, in: "Europe/Berlin").anchored(at: start)
        let zone = try Zone("Europe/Berlin")
        let forward = try #require(zone.nextClockChange(after: start))
        let amount = distance.map { $0.hasPrefix("at") ? $0 : "\($0) later" }
        #expect(
            trigger.drifts(at: forward)
                == (amount.map { ["keeps to elapsed time: from then on it fires \($0) by the clock"] } ?? []))
        let back = try #require(zone.nextClockChange(after: forward.instant))
        if distance == "1 hour" { #expect(trigger.drifts(at: back).first?.contains("1 hour earlier") == true) }
    }

    /// Intervals that agree come at the times of one that is as long as the least common multiple.
    @Test(arguments: [
        (#"{"type": "interval", "days": 1}, {"type": "interval", "hours": 6}"#, "1 hour later"),
        (#"{"type": "interval", "days": 1}, {"type": "interval", "minutes": 45}"#, "1 hour later"),
        (#"{"type": "interval", "minutes": 30}, {"type": "interval", "minutes": 20}"#, nil),
        (#"{"type": "interval", "days": 1}, {"type": "cron", "hour": "*"}"#, nil),
    ])
    func driftOfSeveral(parts: String, distance: String?) throws {
        let start = try instant("2027-03-01T00:00:00Z")
        let trigger = try trigger(#"{"type": "and", "triggers": [\#(parts)]}"#, in: "Europe/Berlin").anchored(at: start)
        let change = try #require(try Zone("Europe/Berlin").nextClockChange(after: start))
        #expect(
            trigger.drifts(at: change)
                == (distance.map { ["keeps to elapsed time: from then on it fires \($0) by the clock"] } ?? []))
    }
}
