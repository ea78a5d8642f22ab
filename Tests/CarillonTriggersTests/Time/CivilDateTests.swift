import CarillonTriggers
import Testing

@Suite struct CivilDateTests {
    @Test(arguments: [
        (1970, 1, 1, 0), (1969, 12, 31, -1), (2000, 2, 29, 11_016), (2000, 3, 1, 11_017), (1900, 3, 1, -25_508),
        (1, 1, 1, -719_162), (9999, 12, 31, 2_932_896), (2025, 11, 22, 20_414), (2100, 2, 28, 47_540),
        (2100, 3, 1, 47_541), (0, 12, 31, -719_163), (10_000, 1, 1, 2_932_897),
    ])
    func daysSince1970(year: Int, month: Int, day: Int, number: Int) {
        #expect(CivilDate.daysSince1970(year: year, month: month, day: day) == number)
        let date = CivilDate(daysSince1970: number)
        #expect((date.year, date.month, date.day) == (year, month, day))
    }

    /// Every day of the years 1960 to 2112, counted one after another.
    @Test func agreesWithCounting() {
        // The weeks at the two ends of the table are cut off.
        var number = OracleCalendar.firstDay + 3
        for expected in OracleCalendar.days.dropFirst(3).dropLast(3) {
            let date = CivilDate(daysSince1970: number)
            let isSame =
                (date.year, date.month, date.day) == (expected.year, expected.month, expected.day)
                && date.daysSince1970 == number && CivilDate.weekday(daysSince1970: number) == expected.weekday
                && CivilDate.isoWeek(daysSince1970: number) == expected.week
                && CivilDate.days(in: date.month, of: date.year) == expected.monthLength
            if !isSame {
                Issue.record("day \(number) is \(expected), not \(date)")
                break
            }
            number += 1
        }
    }

    /// All days from the year 1 to 9999: there and back, each the successor of the one before.
    @Test func everyDayOfTheCalendar() {
        var failures = 0
        var before = CivilDate(uncheckedYear: 0, month: 12, day: 31)
        for number in -719_162...2_932_896 {
            let date = CivilDate(daysSince1970: number)
            let follows =
                date.day == before.day + 1 && date.month == before.month && date.year == before.year
                || date.day == 1
                    && (date.month == before.month + 1 && date.year == before.year
                        || date.month == 1 && before.month == 12 && date.year == before.year + 1)
            if date.daysSince1970 != number || !follows || !(before < date) { failures += 1 }
            before = date
        }
        #expect(failures == 0)
    }

    @Test(arguments: [
        (2020, 12, 31, 53), (2021, 1, 3, 53), (2021, 1, 4, 1), (2018, 12, 31, 1), (2016, 1, 1, 53), (2015, 12, 31, 53),
        (2019, 12, 29, 52), (2019, 12, 30, 1), (2000, 1, 1, 52), (2008, 12, 29, 1), (2026, 12, 31, 53), (1, 1, 1, 1),
    ])
    func weekOfISO8601(year: Int, month: Int, day: Int, week: Int) {
        let number = CivilDate.daysSince1970(year: year, month: month, day: day)
        #expect(CivilDate.isoWeek(daysSince1970: number) == week)
    }

    @Test(arguments: [
        (2025, 2, 29), (2100, 2, 29), (2025, 4, 31), (2025, 13, 1), (2025, 0, 1), (2025, 1, 0), (2025, 1, 32),
        (0, 1, 1), (10_000, 1, 1), (-1, 1, 1),
    ])
    func noSuchDay(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test(arguments: [(2024, 2, 29), (2000, 2, 29), (1, 1, 1), (9999, 12, 31), (2025, 1, 31), (2025, 4, 30)])
    func suchADay(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) != nil)
    }
}
