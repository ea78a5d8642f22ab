import CarillonTriggers
import Testing

@Suite struct CalendarIntervalTriggerTests {
    @Test(arguments: [
        (
            #""months": 1, "start_date": "2025-01-31""#,
            ["2025-01-31", "2025-03-31", "2025-05-31", "2025-07-31", "2025-08-31"]
        ),
        (#""months": 1, "start_date": "2025-01-30""#, ["2025-01-30", "2025-03-30", "2025-04-30"]),
        (#""months": 1, "start_date": "2024-01-29""#, ["2024-01-29", "2024-02-29", "2024-03-29"]),
        (
            #""months": 13, "start_date": "2024-01-31""#,
            ["2024-01-31", "2026-03-31", "2028-05-31", "2030-07-31", "2031-08-31"]
        ),
        (#""years": 1, "start_date": "2024-02-29""#, ["2024-02-29", "2028-02-29", "2032-02-29"]),
        (#""years": 3, "start_date": "2024-02-29""#, ["2024-02-29", "2036-02-29", "2048-02-29"]),
        (#""years": 100, "start_date": "2000-02-29""#, ["2000-02-29", "2400-02-29", "2800-02-29"]),
        (#""years": 4, "start_date": "2096-02-29""#, ["2096-02-29", "2104-02-29"]),
        (#""years": 2, "months": 6, "start_date": "2025-01-15""#, ["2025-01-15", "2027-07-15", "2030-01-15"]),
        (#""weeks": 2, "start_date": "2025-01-01""#, ["2025-01-01", "2025-01-15", "2025-01-29"]),
        (#""days": 45, "start_date": "2025-01-01""#, ["2025-01-01", "2025-02-15", "2025-04-01"]),
        (#""weeks": 1, "days": 3, "start_date": "2025-02-20""#, ["2025-02-20", "2025-03-02", "2025-03-12"]),
        // Months first, again and again until the day exists, then days, each step from the date before.
        (
            #""months": 1, "days": 1, "start_date": "2025-01-30""#,
            ["2025-01-30", "2025-03-31", "2025-06-01", "2025-07-02"]
        ),
        (
            #""months": 1, "weeks": 1, "start_date": "2025-01-24""#,
            ["2025-01-24", "2025-03-03", "2025-04-10", "2025-05-17"]
        ),
        (#""years": 1, "days": 1, "start_date": "2024-02-28""#, ["2024-02-28", "2025-03-01", "2026-03-02"]),
        (#""months": 12, "days": 1, "start_date": "2024-02-29""#, ["2024-02-29", "2028-03-01", "2029-03-02"]),
    ])
    func dates(fields: String, expected: [String]) throws {
        let trigger = try trigger(#"{"type": "calendarinterval", \#(fields), "hour": 9, "minute": 8, "second": 7}"#)
        let times = try fireTimes(trigger, after: "1900-01-01T00:00:00Z", expected.count)
        #expect(times == expected.map { "\($0)T09:08:07+00:00" })
        for (index, text) in times.enumerated() {
            let time = try instant(text)
            #expect(trigger.contains(time))
            #expect(trigger.next(after: time.advanced(byMicroseconds: -1)) == time)
            #expect(trigger.count(after: .earliest, through: time) == index + 1)
            #expect(trigger.count(after: .earliest, through: time.advanced(byMicroseconds: -1)) == index)
            let previous = trigger.previous(before: time)
            #expect(previous == (index > 0 ? try instant(times[index - 1]) : nil))
            #expect(trigger.previous(before: time.advanced(byMicroseconds: 1)) == time)
            #expect(trigger.count(after: time.advanced(byMicroseconds: -1), through: time) == 1)
            #expect(trigger.count(after: time, through: time.advanced(byMicroseconds: 999_999)) == 0)
        }
    }

    @Test func endDateIsInclusive() throws {
        let text =
            #"{"type": "calendarinterval", "days": 1, "hour": 23, "start_date": "2025-01-01", "end_date": "2025-01-02"}"#
        #expect(
            try fireTimes(trigger(text), after: "2025-01-01T00:00:00Z", 9)
                == ["2025-01-01T23:00:00+00:00", "2025-01-02T23:00:00+00:00"])
        let none = #"{"type": "calendarinterval", "days": 1, "start_date": "2025-01-02", "end_date": "2025-01-01"}"#
        #expect(try fireTimes(trigger(none), after: "2000-01-01T00:00:00Z", 9) == [])
        #expect(try trigger(none).previous(before: .latest) == nil)
        #expect(try trigger(none).count(after: .earliest, through: .latest) == 0)
        for end in ["2025-03-15", "2025-04-14"] {
            let months = try CarillonTriggersTests.trigger(
                #"{"type": "calendarinterval", "months": 1, "start_date": "2025-01-15", "end_date": "\#(end)"}"#)
            #expect(
                try fireTimes(months, after: "2000-01-01T00:00:00Z", 9)
                    == ["2025-01-15T00:00:00+00:00", "2025-02-15T00:00:00+00:00", "2025-03-15T00:00:00+00:00"])
            #expect(months.previous(before: .latest) == (try instant("2025-03-15T00:00:00Z")))
            #expect(months.count(after: .earliest, through: .latest) == 3)
        }
        let single = #"{"type": "calendarinterval", "months": 1, "start_date": "2025-01-31", "end_date": "2025-03-30"}"#
        #expect(try fireTimes(trigger(single), after: "2000-01-01T00:00:00Z", 9) == ["2025-01-31T00:00:00+00:00"])
    }

    @Test func withoutStartDateItBeginsToday() throws {
        let trigger = try trigger(#"{"type": "calendarinterval", "days": 2, "hour": 9}"#, in: "Europe/Berlin")
        #expect(
            try fireTimes(trigger, after: "2025-03-28T07:00:00Z", 3, in: "Europe/Berlin")
                == ["2025-03-28T09:00:00+01:00", "2025-03-30T09:00:00+02:00", "2025-04-01T09:00:00+02:00"])
        #expect(
            try fireTimes(trigger, after: "2025-03-28T10:00:00Z", 1, in: "Europe/Berlin")
                == ["2025-03-30T09:00:00+02:00"])
        // 23:30 UTC is the next day already.
        #expect(
            try fireTimes(trigger, after: "2025-03-28T23:30:00Z", 1, in: "Europe/Berlin")
                == ["2025-03-29T09:00:00+01:00"])
    }

    @Test(arguments: [
        (
            "once", "Europe/Berlin", "2025-03-29", 2, 30,
            ["2025-03-29T02:30:00+01:00", "2025-03-30T03:00:00+02:00", "2025-03-31T02:30:00+02:00"]
        ),
        ("skip", "Europe/Berlin", "2025-03-29", 2, 30, ["2025-03-29T02:30:00+01:00", "2025-03-31T02:30:00+02:00"]),
        ("shift", "Europe/Berlin", "2025-03-29", 2, 30, ["2025-03-29T02:30:00+01:00", "2025-03-30T03:30:00+02:00"]),
        (
            "once", "Europe/Berlin", "2025-10-25", 2, 30,
            ["2025-10-25T02:30:00+02:00", "2025-10-26T02:30:00+02:00", "2025-10-27T02:30:00+01:00"]
        ),
        (
            "once", "Pacific/Apia", "2011-12-29", 12, 0,
            ["2011-12-29T12:00:00-10:00", "2011-12-31T00:00:00+14:00", "2011-12-31T12:00:00+14:00"]
        ),
        (
            "once", "America/Sao_Paulo", "2018-11-03", 0, 0,
            ["2018-11-03T00:00:00-03:00", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"]
        ),
        (
            "once", "Australia/Lord_Howe", "2025-10-04", 2, 15,
            ["2025-10-04T02:15:00+10:30", "2025-10-05T02:30:00+11:00"]
        ),
    ])
    func clockChanges(gap: String, zone: String, start: String, hour: Int, minute: Int, expected: [String]) throws {
        let text = """
            {"type": "calendarinterval", "days": 1, "hour": \(hour), "minute": \(minute), "start_date": "\(start)",
             "gap": "\(gap)"}
            """
        #expect(
            try fireTimes(trigger(text, in: zone), after: "2000-01-01T00:00:00Z", expected.count, in: zone) == expected)
    }

    /// Steps that are reached by division are those that walking reaches.
    @Test func everyStepFromWherever() throws {
        var generator = SeededGenerator(seed: 31)
        for _ in 0..<300 {
            let length = Length(
                years: generator.element(of: [0, 0, 1, 4]),
                months: generator.element(of: [0, 1, 1, 2, 5, 12]),
                weeks: generator.element(of: [0, 0, 0, 1]),
                days: generator.element(of: [0, 0, 1, 3, 30])
            )
            guard length != Length() else { continue }
            let start = CivilDate(
                daysSince1970: CivilDate.daysSince1970(year: 2000, month: 1, day: 1) + generator.number(0...2000))
            let trigger = try Trigger.calendarInterval(
                years: length.years, months: length.months, weeks: length.weeks, days: length.days,
                start: "\(start.year)-\(Self.two(start.month))-\(Self.two(start.day))")
            var date = start
            var previous: Instant?
            for index in 0..<30 {
                let time = Instant(seconds: Int64(date.daysSince1970) * 86_400)
                let day = Int64(86_400_000_000)
                let isRight =
                    trigger.next(after: previous ?? .earliest) == time && trigger.previous(before: time) == previous
                    && trigger.next(after: time.advanced(byMicroseconds: -day / 2)) == time
                    && trigger.count(after: .earliest, through: time) == index + 1
                if !isRight {
                    Issue.record("\(length) from \(start): step \(index) is not \(time)")
                    break
                }
                previous = time
                date = Self.step(date, length)
            }
        }
    }

    private struct Length: Equatable {
        var years = 0
        var months = 0
        var weeks = 0
        var days = 0
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func step(_ date: CivilDate, _ length: Length) -> CivilDate {
        var (year, month) = (date.year, date.month)
        let months = length.years * 12 + length.months
        repeat {
            month += months
            while month > 12 {
                month -= 12
                year += 1
            }
        } while date.day > OracleCalendar.monthLength(month, year)
        let moved = CivilDate(uncheckedYear: year, month: month, day: date.day)
        return CivilDate(daysSince1970: moved.daysSince1970 + length.weeks * 7 + length.days)
    }

    @Test(arguments: [
        ("", ["longer than nothing"]), (#""months": 0"#, ["longer than nothing"]), (#""days": -1"#, ["days", "'-1'"]),
        (#""years": 10001"#, ["years", "10000"]), (#""months": 120001"#, ["months"]), (#""weeks": 530001"#, ["weeks"]),
        (#""days": 3700001"#, ["days"]), (#""days": 9223372036854775807"#, ["days"]),
        (#""days": 1, "hour": 24"#, ["hour", "0...23"]), (#""days": 1, "minute": 60"#, ["minute", "0...59"]),
        (#""days": 1, "second": -1"#, ["second", "0...59"]), (#""days": 1, "hour": "5""#, ["hour", "a string"]),
        (#""days": 1, "start_date": "2025-01-31T00:00:00""#, ["start_date", "2025-12-31"]),
        (#""days": 1, "start_date": "2025-02-29""#, ["start_date"]), (#""days": 1, "end_date": 5"#, ["end_date"]),
        (#""days": 1, "gap": "Once""#, ["gap", "'once'"]),
    ])
    func refused(fields: String, words: [String]) {
        let separator = fields.isEmpty ? "" : ", "
        expectRefusal(of: fields, saying: words) {
            _ = try trigger(#"{"type": "calendarinterval"\#(separator)\#(fields)}"#)
        }
    }

    /// The last dates that four digits of a year can write.
    @Test(arguments: [
        (#""days": 1, "start_date": "9999-12-30""#, ["9999-12-30", "9999-12-31"]),
        (#""months": 1, "start_date": "9999-11-30""#, ["9999-11-30", "9999-12-30"]),
        (#""months": 1, "days": 1, "start_date": "9999-10-29""#, ["9999-10-29", "9999-11-30", "9999-12-31"]),
        (#""years": 1, "start_date": "9998-12-31""#, ["9998-12-31", "9999-12-31"]),
    ])
    func lastDates(fields: String, expected: [String]) throws {
        let trigger = try trigger(#"{"type": "calendarinterval", \#(fields), "hour": 23}"#)
        let times = expected.map { "\($0)T23:00:00+00:00" }
        #expect(try fireTimes(trigger, after: "9000-01-01T00:00:00Z", 9) == times)
        #expect(trigger.previous(before: .latest)?.formatted(in: .utc) == times.last)
        #expect(trigger.count(after: .earliest, through: .latest) == times.count)
    }

    @Test func endOfTheCalendar() throws {
        let text = #"{"type": "calendarinterval", "years": 1000, "start_date": "2025-01-31"}"#
        #expect(try trigger(text).count(after: .earliest, through: .latest) == 8)
        let days = #"{"type": "calendarinterval", "months": 1, "days": 3700000, "start_date": "2025-01-31"}"#
        #expect(try trigger(days).count(after: .earliest, through: .latest) == 1)
    }
}
