import CarillonTriggers
import Testing

@Suite struct CrontabTests {
    private static func times(_ expression: String, after: String, _ count: Int) throws -> [String] {
        try fireTimes(.crontab(expression), after: after, count).map { String($0.prefix(16)) }
    }

    @Test(arguments: [
        ("* * * * *", ["2025-01-01T00:00", "2025-01-01T00:01"]),
        ("*/20 * * * *", ["2025-01-01T00:00", "2025-01-01T00:20", "2025-01-01T00:40", "2025-01-01T01:00"]),
        ("*/40 * * * *", ["2025-01-01T00:00", "2025-01-01T00:40", "2025-01-01T01:00"]),
        ("50/4 0 * * *", ["2025-01-01T00:50", "2025-01-01T00:54", "2025-01-01T00:58", "2025-01-02T00:50"]),
        ("10-30/10,5 0 * * *", ["2025-01-01T00:05", "2025-01-01T00:10", "2025-01-01T00:20", "2025-01-01T00:30"]),
        ("0 9-17/4 * * *", ["2025-01-01T09:00", "2025-01-01T13:00", "2025-01-01T17:00", "2025-01-02T09:00"]),
        ("*/99 * * * *", ["2025-01-01T00:00", "2025-01-01T01:00"]),
        ("0-59/59 0 * * *", ["2025-01-01T00:00", "2025-01-01T00:59", "2025-01-02T00:00"]),
        ("5-5 0 * * *", ["2025-01-01T00:05", "2025-01-02T00:05"]),
        ("\t0  0\t1   1 * ", ["2025-01-01T00:00", "2026-01-01T00:00"]),
        ("00 000 01 01 *", ["2025-01-01T00:00", "2026-01-01T00:00"]),
        (
            "0 0 1 Feb,4-jun,OCT *",
            ["2025-02-01T00:00", "2025-04-01T00:00", "2025-05-01T00:00", "2025-06-01T00:00", "2025-10-01T00:00"]
        ),
        ("0 0 1 jan-dec/5 *", ["2025-01-01T00:00", "2025-06-01T00:00", "2025-11-01T00:00"]),
        ("0 0 31 * *", ["2025-01-31T00:00", "2025-03-31T00:00", "2025-05-31T00:00"]),
        ("0 0 29 2 *", ["2028-02-29T00:00", "2032-02-29T00:00"]),
        ("0 0 29 2 */1", ["2028-02-29T00:00", "2032-02-29T00:00"]),
        ("0 0 * * 0", ["2025-01-05T00:00", "2025-01-12T00:00"]),
        ("0 0 * * 7", ["2025-01-05T00:00", "2025-01-12T00:00"]),
        ("0 0 * * 5-7", ["2025-01-03T00:00", "2025-01-04T00:00", "2025-01-05T00:00", "2025-01-10T00:00"]),
        ("0 0 * * 0-1", ["2025-01-05T00:00", "2025-01-06T00:00", "2025-01-12T00:00"]),
        ("0 0 * * MON-fri", ["2025-01-01T00:00", "2025-01-02T00:00", "2025-01-03T00:00", "2025-01-06T00:00"]),
        ("0 0 * * tue,Sat", ["2025-01-04T00:00", "2025-01-07T00:00"]),
        ("0 0 * * 1-5/2", ["2025-01-01T00:00", "2025-01-03T00:00", "2025-01-06T00:00"]),
        ("0 0 * * 5/2", ["2025-01-03T00:00", "2025-01-05T00:00", "2025-01-10T00:00"]),
        ("0 0 * * */3", ["2025-01-01T00:00", "2025-01-04T00:00", "2025-01-05T00:00", "2025-01-08T00:00"]),
        ("0 0 * * sun-sat", ["2025-01-01T00:00", "2025-01-02T00:00"]),
    ])
    func listsRangesAndSteps(expression: String, expected: [String]) throws {
        #expect(try Self.times(expression, after: "2024-12-31T23:59:59Z", expected.count) == expected)
    }

    /// `L`, `LW`, `nW`, `n#k`, `nL`.
    @Test(arguments: [
        ("0 0 L * *", ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"]),
        ("0 0 l,15 2 *", ["2025-02-15", "2025-02-28", "2026-02-15", "2026-02-28"]),
        // The last days of May, August and November 2025 lie on weekends.
        ("0 0 LW 5-11/3 *", ["2025-05-30", "2025-08-29", "2025-11-28"]),
        ("0 0 lw * *", ["2025-01-31", "2025-02-28", "2025-03-31"]),
        // 15 February 2025 is a Saturday, 15 June a Sunday, 1 February a Saturday, 31 May a Saturday.
        ("0 0 15W 2,6 *", ["2025-02-14", "2025-06-16"]),
        ("0 0 1W 1-3 *", ["2025-01-01", "2025-02-03", "2025-03-03"]),
        ("0 0 1w 6 *", ["2025-06-02", "2026-06-01"]),
        ("0 0 31W * *", ["2025-01-31", "2025-03-31", "2025-05-30", "2025-07-31", "2025-08-29"]),
        ("0 0 30W 11 *", ["2025-11-28", "2026-11-30"]),
        ("0 0 29W 2 *", ["2028-02-29", "2032-02-27", "2036-02-29"]),
        ("0 0 1W,15W,LW 6 *", ["2025-06-02", "2025-06-16", "2025-06-30"]),
        ("0 0 * * 5#2", ["2025-01-10", "2025-02-14"]),
        ("0 0 * * fri#2", ["2025-01-10", "2025-02-14"]),
        ("0 0 * * Sun#1", ["2025-01-05", "2025-02-02"]),
        ("0 0 * * 0#1,7#2", ["2025-01-05", "2025-01-12", "2025-02-02", "2025-02-09"]),
        ("0 0 * * 4#5", ["2025-01-30", "2025-05-29", "2025-07-31"]),
        ("0 0 * * 5L", ["2025-01-31", "2025-02-28", "2025-03-28"]),
        ("0 0 * * 0l,7L", ["2025-01-26", "2025-02-23"]),
        ("0 0 * * 1L,3#1", ["2025-01-01", "2025-01-27", "2025-02-05", "2025-02-24"]),
    ])
    func specialDays(expression: String, expected: [String]) throws {
        let times = try Self.times(expression, after: "2024-12-31T23:59:59Z", expected.count)
        #expect(times == expected.map { "\($0)T00:00" })
    }

    /// Both day fields restricted: either. A star at the head of one: both, whatever its step.
    @Test(arguments: [
        ("0 0 13 * 5", ["2025-01-03", "2025-01-10", "2025-01-13", "2025-01-17"]),
        ("0 0 13 * *", ["2025-01-13", "2025-02-13"]),
        ("0 0 * * 5", ["2025-01-03", "2025-01-10"]),
        ("0 0 */10 * 5", ["2025-01-31", "2025-02-21", "2025-03-21", "2025-04-11"]),
        ("0 0 13 * */2", ["2025-02-13", "2025-03-13", "2025-04-13"]),
        ("0 0 1-31 * 5", ["2025-01-01", "2025-01-02"]),
        ("0 0 13 * 0-7", ["2025-01-01", "2025-01-02"]),
        ("0 0 L * 5", ["2025-01-03", "2025-01-10", "2025-01-17", "2025-01-24", "2025-01-31", "2025-02-07"]),
        ("0 0 13 * 5#1", ["2025-01-03", "2025-01-13", "2025-02-07", "2025-02-13"]),
        ("0 0 15W * 5L", ["2025-01-15", "2025-01-31", "2025-02-14", "2025-02-28"]),
        ("0 0 */2 * 5#1", ["2025-01-03", "2025-02-07", "2025-03-07"]),
    ])
    func ruleOfTheDayFields(expression: String, expected: [String]) throws {
        let times = try Self.times(expression, after: "2024-12-31T23:59:59Z", expected.count)
        #expect(times == expected.map { "\($0)T00:00" })
    }

    @Test(arguments: [
        ("@yearly", ["2026-01-01T00:00", "2027-01-01T00:00"]), ("@annually", ["2026-01-01T00:00"]),
        ("@monthly", ["2025-02-01T00:00", "2025-03-01T00:00"]), ("@weekly", ["2025-01-05T00:00", "2025-01-12T00:00"]),
        ("@daily", ["2025-01-02T00:00", "2025-01-03T00:00"]), ("@midnight", ["2025-01-02T00:00"]),
        ("@hourly", ["2025-01-01T01:00", "2025-01-01T02:00"]), (" @HOURLY\t", ["2025-01-01T01:00"]),
        ("@Daily", ["2025-01-02T00:00"]),
    ])
    func macros(expression: String, expected: [String]) throws {
        #expect(try Self.times(expression, after: "2025-01-01T00:00:00Z", expected.count) == expected)
    }

    @Test func sixFieldsBeginWithSeconds() throws {
        let times = try fireTimes(.crontab("10-20/5 30 8 * * *"), after: "2025-01-01T00:00:00Z", 4)
        #expect(
            times == [
                "2025-01-01T08:30:10+00:00", "2025-01-01T08:30:15+00:00", "2025-01-01T08:30:20+00:00",
                "2025-01-02T08:30:10+00:00",
            ])
    }

    /// Weekdays as APScheduler's `from_crontab` counts them.
    @Test func apschedulerWeekdays() throws {
        func days(_ weekday: String) throws -> [String] {
            try fireTimes(.crontab("0 0 * * \(weekday)", weekdays: .apscheduler), after: "2025-01-01T00:00:00Z", 2)
                .map { String($0.prefix(10)) }
        }
        #expect(try days("0") == ["2025-01-06", "2025-01-13"])
        #expect(try days("6") == ["2025-01-05", "2025-01-12"])
        #expect(try days("sun") == ["2025-01-05", "2025-01-12"])
        #expect(try days("5-6") == ["2025-01-04", "2025-01-05"])
        #expect(try days("sat-sun") == ["2025-01-04", "2025-01-05"])
        #expect(try days("0#2") == ["2025-01-13", "2025-02-10"])
        #expect(try days("6L") == ["2025-01-26", "2025-02-23"])
        expectRefusal(of: "weekday 7", saying: ["0...6"]) { _ = try days("7") }
        // A macro means what it says in every dialect.
        let weekly = try Trigger.crontab("@weekly", weekdays: .apscheduler)
        #expect(try fireTimes(weekly, after: "2025-01-01T00:00:00Z", 1) == ["2025-01-05T00:00:00+00:00"])
    }

    @Test func timesLongAgoAndFarAhead() throws {
        #expect(try Self.times("0 0 1 1 *", after: "0001-01-01T00:00:00Z", 1) == ["0002-01-01T00:00"])
        #expect(try Self.times("0 0 1 1 *", after: "1900-06-01T00:00:00Z", 1) == ["1901-01-01T00:00"])
        #expect(try Self.times("59 23 31 12 *", after: "9999-01-01T00:00:00Z", 2) == ["9999-12-31T23:59"])
        let yearly = try Trigger.crontab("@yearly", in: Zone("America/New_York"))
        #expect(yearly.count(after: .earliest, through: .latest) == 9999)
    }

    /// A date that never comes is no mistake.
    @Test(arguments: ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "30 2 30-31 feb *", "*/5 * 31 2 */1", "0 0 31W 2 *"])
    func neverFires(expression: String) throws {
        let trigger = try Trigger.crontab(expression, in: Zone("Europe/Berlin"))
        #expect(trigger.next(after: .earliest) == nil)
        #expect(trigger.previous(before: .latest) == nil)
        #expect(trigger.count(after: .earliest, through: .latest) == 0)
    }

    // MARK: Refusals

    @Test(arguments: [
        ("", ["is empty", "5", "6"]), ("   ", ["is empty"]), ("* * * *", ["4 fields"]),
        ("* * * * * * *", ["Quartz", "seventh"]),
        ("0,30 1, 2 * * *", ["comma"]), ("60 * * * *", ["minute", "'60'", "0...59"]),
        ("* 24 * * *", ["hour", "0...23"]),
        ("* * 0 * *", ["day", "1...31"]), ("* * 32 * *", ["1...31"]), ("* * * 0 *", ["month", "1...12"]),
        ("* * * 13 *", ["1...12"]), ("* * * * 8", ["day_of_week", "0...7", "0 and 7 are Sunday"]),
        ("60 * * * * *", ["second", "0...59"]),
        ("99999999999999999999 * * * *", ["0...59"]), ("-1 * * * *", ["minute", "'-1'"]), ("5- * * * *", []),
        ("30-10 * * * *", ["'30-10'", "before"]), ("* * * * sat-mon", ["before", "0 and 7 are Sunday"]),
        ("* * * * fri-sun", ["before"]),
        ("* * * dec-jan *", ["before"]), ("*/0 * * * *", ["step of 0"]), ("5/0 * * * *", ["step of 0"]),
        ("*/ * * * *", []), ("*/-5 * * * *", []), ("*/5/5 * * * *", []), ("*5 * * * *", []), ("*-5 * * * *", []),
        ("5-* * * * *", []), ("** * * * *", []), (", * * * *", ["comma"]), ("5,, * * * *", ["comma"]),
        ("5.5 * * * *", []), ("+5 * * * *", []), ("0x5 * * * *", []), ("1e1 * * * *", []), ("H * * * *", []),
        ("H/5 * * * *", []), ("1~5 * * * *", []), ("? * * * *", []), ("* * ? * *", []), ("% * * * *", []),
        ("١ * * * *", []), ("５ * * * *", []), ("5\u{301} * * * *", []), ("5\u{A0}* * * * *", []), ("jan * * * *", []),
        ("* mon * * *", []), ("* * mon * *", []), ("* * * mon *", ["jan to dec"]), ("* * * * jan", ["sun to sat"]),
        ("* * * january *", []), ("* * * * sunday", []), ("* * * * mo", []), ("* * * ja *", []), ("* * W * *", []),
        ("* * WL * *", []), ("* * LL * *", []), ("* * L-3 * *", []), ("* * L/2 * *", []), ("* * LW-1 * *", []),
        ("* * 0W * *", ["1...31"]), ("* * 32W * *", ["1...31"]), ("* * 1-5W * *", []), ("* * 5W/2 * *", []),
        ("* * W5 * *", []), ("* * 5#2 * *", []), ("L * * * *", []), ("* * * L *", []), ("* * * * L", []),
        ("* * * * friL", []), ("* * * * L5", []), ("* * * * 5LW", []), ("* * * * 8L", ["0...7"]),
        ("* * * * 5W", []), ("* * * * 5#0", ["1 to 5"]), ("* * * * 5#6", ["1 to 5"]), ("* * * * 8#1", ["0...7"]),
        ("* * * * 5#", []), ("* * * * #2", []), ("* * * * 5#2#3", []), ("* * * * 1-5#2", []), ("* * * * 5#-1", []),
        ("* * * * 5#99999999999999999999", ["1 to 5"]), ("@", ["macro"]), ("@every 5m", ["an interval", "--every"]),
        ("@reboot", ["start"]), ("@REBOOT", ["start"]), ("@hourly @daily", ["macro"]), ("@@hourly", ["macro"]),
        ("@hour ly", ["macro"]), ("@5 * * * *", ["macro"]), ("hourly", ["has 1 field;"]),
        ("0 12 * * * # noon", ["7 fields"]), ("0 12\n* * *", []), ("0 12 * * *\n", []), ("0 12 * * *\u{0}", []),
    ])
    func refused(expression: String, words: [String]) {
        expectRefusal(of: expression, saying: words) { _ = try Trigger.crontab(expression) }
    }

    @Test(
        "An error names the field of the text and, in JSON, the key that the text stands behind",
        arguments: [
            ("61 * * * *", "minute", "expression.minute"), ("* * * * 8", "day_of_week", "expression.day_of_week"),
            ("* * *", "", "expression"), ("@dialy", "", "expression"),
        ])
    func fields(expression: String, field: String, jsonField: String) {
        func error(_ body: () throws(TriggerError) -> Void) -> TriggerError? {
            do throws(TriggerError) {
                try body()
                return nil
            } catch {
                return error
            }
        }
        #expect(error { () throws(TriggerError) in _ = try Trigger.crontab(expression) }?.field == field)
        let json = JSONValue.object([
            JSONValue.Member("type", .string("crontab")), JSONValue.Member("expression", .string(expression)),
        ])
        #expect(error { () throws(TriggerError) in _ = try Trigger(json: json) }?.field == jsonField)
    }

    @Test("A macro that is misspelt is told with the one that was meant")
    func macros() {
        expectRefusal(of: "@dialy", saying: ["did you mean '@daily'?", "@weekly"]) { _ = try Trigger.crontab("@dialy") }
    }

    @Test func valueIsShortened() {
        expectRefusal(of: "a long text", saying: ["…"]) {
            _ = try Trigger.crontab(String(repeating: "x", count: 1000) + " * * * *")
        }
    }
}
