import CarillonTriggers
import Testing

/// APScheduler's field expressions and its rule for fields that are left out.
@Suite struct CronFieldTests {
    /// What a field selects, seen through the fire times of the first year after 2024 that has any.
    @Test(arguments: [
        (#""second": "*/25""#, ["00:00:00", "00:00:25", "00:00:50", "00:01:00"]),
        (#""second": "5-15/5, 40""#, ["00:00:05", "00:00:10", "00:00:15", "00:00:40", "00:01:05"]),
        (#""second": "50/5""#, ["00:00:50", "00:00:55", "00:01:50"]),
        (#""second": 7"#, ["00:00:07", "00:01:07"]),
        (#""minute": "59""#, ["00:59:00", "01:59:00"]),
        (#""minute": " 5 , 7 ,9 ""#, ["00:05:00", "00:07:00", "00:09:00", "01:05:00"]),
        (#""hour": "22-23""#, ["22:00:00", "23:00:00"]),
        (#""hour": 0, "second": "59""#, ["00:00:59", "00:01:59"]),
        (#""hour": "*/7", "minute": "30""#, ["00:30:00", "07:30:00", "14:30:00", "21:30:00"]),
        (#""hour": "*", "minute": "*", "second": "*""#, ["00:00:00", "00:00:01", "00:00:02"]),
        (#""hour": "007""#, ["07:00:00"]),
    ])
    func timesOfDay(fields: String, expected: [String]) throws {
        let trigger = try trigger(#"{"type": "cron", \#(fields)}"#)
        let times = try fireTimes(trigger, after: "2024-12-31T23:59:59Z", expected.count)
        #expect(times == expected.map { "2025-01-01T\($0)+00:00" })
    }

    @Test(arguments: [
        (#""day": "last""#, ["2025-01-31", "2025-02-28", "2025-03-31"]),
        (#""day": "last sun""#, ["2025-01-26", "2025-02-23", "2025-03-30"]),
        (#""day": "1st mon, 3rd  Fri""#, ["2025-01-06", "2025-01-17", "2025-02-03", "2025-02-21"]),
        (#""day": "5th wed""#, ["2025-01-29", "2025-04-30", "2025-07-30", "2025-10-29"]),
        (#""day": "2nd tue, last, 5""#, ["2025-01-05", "2025-01-14", "2025-01-31", "2025-02-05"]),
        (#""day": "LAST FRI""#, ["2025-01-31", "2025-02-28"]),
        (#""day": 31"#, ["2025-01-31", "2025-03-31", "2025-05-31"]),
        (#""day": "30-31/1""#, ["2025-01-30", "2025-01-31", "2025-03-30"]),
        (#""day": "*/10""#, ["2025-01-01", "2025-01-11", "2025-01-21", "2025-01-31", "2025-02-01"]),
        (#""month": "feb""#, ["2025-02-01", "2026-02-01"]),
        (#""month": "JAN-mar,dec""#, ["2025-01-01", "2025-02-01", "2025-03-01", "2025-12-01"]),
        (#""month": "*/4""#, ["2025-01-01", "2025-05-01", "2025-09-01"]),
        (#""month": 2, "day": 29"#, ["2028-02-29", "2032-02-29", "2036-02-29"]),
        (#""year": "2030""#, ["2030-01-01"]),
        (#""year": "2028/20""#, ["2028-01-01", "2048-01-01", "2068-01-01"]),
        (#""year": "*/100""#, ["2070-01-01", "2170-01-01"]),
        (#""year": "2026-2040/7,2027""#, ["2026-01-01", "2027-01-01", "2033-01-01", "2040-01-01"]),
        (#""year": 9999, "month": 12, "day": 31"#, ["9999-12-31"]),
        (#""week": 1"#, ["2025-01-01", "2025-01-02", "2025-01-03", "2025-01-04", "2025-01-05", "2025-12-29"]),
        (#""week": 53, "day_of_week": "mon""#, ["2026-12-28", "2032-12-27"]),
        (#""week": "*/26", "day_of_week": 0"#, ["2025-06-30", "2025-12-29", "2026-06-29"]),
        (#""day_of_week": 0"#, ["2025-01-06", "2025-01-13"]),
        (#""day_of_week": "6""#, ["2025-01-05", "2025-01-12"]),
        (#""day_of_week": "sat-sun""#, ["2025-01-04", "2025-01-05", "2025-01-11"]),
        (#""day_of_week": "Mon,wed,4-6/2""#, ["2025-01-01", "2025-01-03", "2025-01-05", "2025-01-06"]),
        (#""day": 13, "day_of_week": "fri""#, ["2025-06-13", "2026-02-13", "2026-03-13"]),
    ])
    func dates(fields: String, expected: [String]) throws {
        let trigger = try trigger(#"{"type": "cron", \#(fields)}"#)
        let times = try fireTimes(trigger, after: "2024-12-31T23:59:59Z", expected.count)
        #expect(times == expected.map { "\($0)T00:00:00+00:00" })
    }

    /// Fields finer than the finest given one are at their minimum, coarser ones at `*`, the weekday fields always.
    @Test(arguments: [
        (#""year": 2030"#, "2030-01-01T00:00:00", nil),
        (#""month": 5"#, "2025-05-01T00:00:00", "2026-05-01T00:00:00"),
        (#""day": 9"#, "2025-01-09T00:00:00", "2025-02-09T00:00:00"),
        (#""week": 10"#, "2025-03-03T00:00:00", "2025-03-04T00:00:00"),
        (#""day_of_week": "thu""#, "2025-01-02T00:00:00", "2025-01-09T00:00:00"),
        (#""hour": 5"#, "2025-01-01T05:00:00", "2025-01-02T05:00:00"),
        (#""minute": 5"#, "2025-01-01T00:05:00", "2025-01-01T01:05:00"),
        (#""second": 5"#, "2025-01-01T00:00:05", "2025-01-01T00:01:05"),
        (#""month": 3, "minute": 15"#, "2025-03-01T00:15:00", "2025-03-01T01:15:00"),
        (#""year": 2026, "second": 30"#, "2026-01-01T00:00:30", "2026-01-01T00:01:30"),
        (#""day": 2, "hour": "*""#, "2025-01-02T00:00:00", "2025-01-02T01:00:00"),
    ])
    func leftOutFields(fields: String, first: String, second: String?) throws {
        let trigger = try trigger(#"{"type": "cron", \#(fields)}"#)
        let times = try fireTimes(trigger, after: "2024-12-31T23:59:59Z", 2)
        #expect(times == [first, second].compactMap { $0.map { "\($0)+00:00" } })
    }

    @Test func yearsBeginIn1970() throws {
        let trigger = try trigger(#"{"type": "cron", "day": 1}"#)
        #expect(try fireTimes(trigger, after: "1900-01-01T00:00:00Z", 1) == ["1970-01-01T00:00:00+00:00"])
        #expect(trigger.previous(before: try instant("1970-01-01T00:00:00Z")) == nil)
    }

    @Test func startAndEndAreInclusive() throws {
        let trigger = try trigger(
            #"{"type": "cron", "hour": 3, "start_date": "2025-01-02T03:00:00", "end_date": "2025-01-04T03:00:00"}"#)
        let expected = ["2025-01-02T03:00:00+00:00", "2025-01-03T03:00:00+00:00", "2025-01-04T03:00:00+00:00"]
        #expect(try fireTimes(trigger, after: "2000-01-01T00:00:00Z", 9) == expected)
        #expect(trigger.previous(before: try instant("2025-01-02T03:00:00Z")) == nil)
        #expect(trigger.previous(before: .latest) == (try instant("2025-01-04T03:00:00Z")))
        #expect(trigger.count(after: .earliest, through: .latest) == 3)
        let narrow = try CarillonTriggersTests.trigger(
            #"{"type": "cron", "hour": 3, "start_date": "2025-01-02T03:00:00.5", "end_date": "2025-01-04T02:59:59.9"}"#)
        #expect(try fireTimes(narrow, after: "2000-01-01T00:00:00Z", 9) == ["2025-01-03T03:00:00+00:00"])
    }

    /// What lies beyond the end or the start is not remembered for the time between them.
    @Test func askedInAnyOrder() throws {
        let trigger = try trigger(
            #"{"type": "cron", "hour": 3, "start_date": "2025-01-02", "end_date": "2025-01-04"}"#)
        let (first, last) = (try instant("2025-01-02T03:00:00Z"), try instant("2025-01-03T03:00:00Z"))
        for _ in 0..<2 {
            #expect(trigger.next(after: last) == nil)
            #expect(trigger.next(after: first) == last)
            #expect(trigger.next(after: .earliest) == first)
            #expect(trigger.previous(before: first) == nil)
            #expect(trigger.previous(before: last) == first)
            #expect(trigger.previous(before: .latest) == last)
        }
    }

    /// Dates that lie far apart: the calendar repeats itself after 400 years, and no sooner.
    @Test(arguments: [
        (
            #""month": 2, "day": 29, "day_of_week": "thu""#,
            [2052, 2080, 2120, 2148, 2176, 2216, 2244, 2272, 2312, 2340, 2368, 2396, 2424]
        ),
        (#""month": 2, "day": 29, "year": "2025,4000""#, [4000]),
        (#""month": 2, "day": 29, "year": "2028,9999""#, [2028]),
        (#""month": 2, "day": 29, "year": "2026-2090/6""#, [2032, 2044, 2056, 2068, 2080]),
    ])
    func farApart(fields: String, years: [Int]) throws {
        let trigger = try trigger(#"{"type": "cron", \#(fields)}"#)
        let expected = try years.map { try instant("\($0)-02-29T00:00:00Z") }
        let start = try instant("2025-01-01T00:00:00Z")
        #expect(Array(trigger.fireTimes(after: start).prefix(years.count)) == expected)
        let end = fields.contains("year") ? Instant.latest : try #require(expected.last).advanced(byMicroseconds: 1)
        var time = end
        for expected in expected.reversed() {
            let previous = try #require(trigger.previous(before: time), "\(expected)")
            #expect(previous == expected)
            time = previous
        }
        #expect(trigger.previous(before: time) ?? .earliest < start)
        #expect(trigger.count(after: start, through: end) == years.count)
    }

    // MARK: Refusals: field, value, and what is wrong or allowed

    @Test(arguments: [
        (#""minute": "60""#, ["minute", "'60'", "0...59"]), (#""minute": 60"#, ["minute", "'60'", "0...59"]),
        (#""minute": -1"#, ["minute", "'-1'", "0 to 59"]), (#""hour": 24"#, ["hour", "0...23"]),
        (#""day": 0"#, ["day", "1...31"]), (#""day": 32"#, ["day", "1...31"]), (#""month": 13"#, ["month", "1...12"]),
        (#""month": 0"#, ["month", "1...12"]), (#""week": 54"#, ["week", "1...53"]),
        (#""week": 0"#, ["week", "1...53"]), (#""day_of_week": 7"#, ["day_of_week", "0...6", "0 is Monday"]),
        (#""year": 1969"#, ["year", "1970...9999"]), (#""year": 10000"#, ["year", "1970...9999"]),
        (#""second": 9223372036854775807"#, ["second", "0...59"]), (#""hour": "5-2""#, ["hour", "'5-2'", "before"]),
        (#""hour": "5-24""#, ["0...23"]), (#""minute": "10-5/2""#, ["before"]), (#""minute": "*/0""#, ["step of 0"]),
        (#""minute": "5/0""#, ["step of 0"]), (#""minute": "*/60""#, ["larger", "59"]),
        (#""minute": "10-20/11""#, ["larger", "10"]), (#""hour": "20/4""#, ["larger", "3"]),
        (#""minute": "99/2""#, ["0...59"]), (#""month": "*/12""#, ["larger", "11"]),
        (#""minute": """#, ["minute", "empty"]), (#""minute": " ""#, ["empty"]), (#""minute": ",""#, ["comma"]),
        (#""minute": "5,""#, ["comma"]), (#""minute": ",5""#, ["comma"]), (#""minute": "1,,2""#, ["comma"]),
        (#""minute": "x""#, ["minute", "'x'", "*/a"]), (#""minute": "1.5""#, ["'1.5'"]), (#""minute": "+5""#, ["'+5'"]),
        (#""minute": "1 5""#, ["'1 5'"]), (#""minute": "1 -5""#, []), (#""minute": "1-""#, []),
        (#""minute": "-5""#, []), (#""minute": "1-5-9""#, []), (#""minute": "*/5/2""#, []),
        (#""minute": "*5""#, []), (#""minute": "**""#, []), (#""minute": "*-5""#, []), (#""minute": "/5""#, []),
        (#""minute": "5/""#, []), (#""minute": "?""#, []), (#""minute": "H""#, []), (#""minute": "5~9""#, []),
        (#""minute": "٥""#, []), (#""minute": "５""#, []), (#""minute": "5\n""#, []), (#""hour": "0x1""#, []),
        (#""hour": "1e1""#, []), (#""month": "january""#, ["jan to dec"]), (#""month": "jan/2""#, []),
        (#""month": "jan-3""#, []), (#""month": "1-mar""#, []), (#""month": "mar-jan""#, ["before"]),
        (#""month": "ja""#, []), (#""day_of_week": "sun-mon""#, ["before"]), (#""day_of_week": "mo""#, []),
        (#""day_of_week": "sunday""#, []), (#""day_of_week": "fri#2""#, []), (#""day_of_week": "5L""#, []),
        (#""day": "L""#, []), (#""day": "lastsun""#, []), (#""day": "last sun mon""#, []), (#""day": "6th mon""#, []),
        (#""day": "0th mon""#, []), (#""day": "1st""#, []), (#""day": "1nd mon""#, []), (#""day": "2st mon""#, []),
        (#""day": "2 tue""#, []), (#""day": "2ndtue""#, []), (#""day": "last 5""#, []), (#""day": "mon""#, []),
        (#""day": "last-1""#, []), (#""day": "15W""#, []), (#""week": "mon""#, []), (#""hour": "jan""#, []),
    ])
    func refused(fields: String, words: [String]) {
        expectRefusal(of: fields, saying: words) { _ = try trigger(#"{"type": "cron", \#(fields)}"#) }
    }

    @Test(arguments: [
        (#""hour": true"#, ["hour", "true"]), (#""hour": 1.5"#, ["hour", "1.5"]), (#""hour": null"#, ["hour", "null"]),
        (#""hour": [1]"#, ["hour", "an array"]), (#""hour": {}"#, ["hour", "an object"]), (#""hour": 1e1"#, ["1e1"]),
        (#""hour": 5, "jitter": -1"#, ["jitter", "'-1'", "86400"]), (#""hour": 5, "jitter": 86401"#, ["jitter"]),
        (#""hour": 5, "gap": "jump""#, ["gap", "'jump'", "once, skip, shift"]),
        (#""hour": 5, "fold": "second""#, ["fold", "'second'", "first, both"]),
        (#""hour": 5, "start_date": "2025-02-30""#, ["start_date", "2025-02-30"]),
        (#""hour": 5, "end_date": 5"#, ["end_date", "the number 5"]),
    ])
    func refusedValues(fields: String, words: [String]) {
        expectRefusal(of: fields, saying: words) { _ = try trigger(#"{"type": "cron", \#(fields)}"#) }
    }

    @Test func noFieldAtAll() {
        for fields in ["", #", "start_date": "2025-01-01""#, #", "timezone": "UTC""#] {
            expectRefusal(.missingField, of: fields, saying: ["year", "day_of_week", "second"]) {
                _ = try trigger(#"{"type": "cron"\#(fields)}"#)
            }
        }
    }

    @Test func swiftForm() throws {
        let trigger = try Trigger.cron(hour: 9, minute: "*/30", dayOfWeek: "mon-fri", in: Zone("Europe/Berlin"))
        let times = try fireTimes(trigger, after: "2025-11-21T08:15:00Z", 3, in: "Europe/Berlin")
        #expect(
            times == ["2025-11-21T09:30:00+01:00", "2025-11-24T09:00:00+01:00", "2025-11-24T09:30:00+01:00"])
        expectRefusal(of: "25 o'clock", saying: ["hour", "'25'"]) { _ = try Trigger.cron(hour: 25) }
        expectRefusal(.missingField, of: "nothing") { _ = try Trigger.cron() }
    }
}
