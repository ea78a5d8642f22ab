/// A calendar made by counting days one after another, to hold the library's arithmetic against.
struct OracleDay {
    var year: Int
    var month: Int
    var day: Int
    /// 0 for Monday.
    var weekday: Int
    /// Of ISO 8601.
    var week = 0
    var monthLength: Int
    /// 1 for 1 January.
    var ordinal: Int

    /// The weekday of another day of the same month.
    func weekday(ofDay other: Int) -> Int { (weekday + other - day + 70) % 7 }
}

enum OracleCalendar {
    /// Days since 1970-01-01 of the first day.
    static let firstDay = -3653
    static let years = 1960...2112

    /// Every day from 1960-01-01 on, which was a Friday.
    static let days: [OracleDay] = {
        var days: [OracleDay] = []
        var weekday = 4
        for year in years {
            var ordinal = 1
            for month in 1...12 {
                let length = monthLength(month, year)
                for day in 1...length {
                    days.append(
                        OracleDay(
                            year: year,
                            month: month,
                            day: day,
                            weekday: weekday,
                            monthLength: length,
                            ordinal: ordinal
                        )
                    )
                    weekday = (weekday + 1) % 7
                    ordinal += 1
                }
            }
        }
        for index in days.indices {
            // The week belongs to the year of its Thursday, and is the so-manieth Thursday of it.
            let thursday = min(max(index + 3 - days[index].weekday, 0), days.count - 1)
            days[index].week = (days[thursday].ordinal - 1) / 7 + 1
        }
        return days
    }()

    static func monthLength(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 400 == 0 || (year % 4 == 0 && year % 100 != 0) ? 29 : 28
        default: 31
        }
    }

    /// A day by its number since 1970-01-01.
    static subscript(number: Int) -> OracleDay { days[number - firstDay] }

    /// Days since 1970-01-01, found by looking.
    static func number(year: Int, month: Int, day: Int) -> Int {
        var number = firstDay
        for earlier in years.lowerBound..<year { number += monthLength(2, earlier) == 29 ? 366 : 365 }
        for earlier in 1..<month { number += monthLength(earlier, year) }
        return number + day - 1
    }
}

/// Rounds towards minus infinity.
func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
    var quotient = dividend / divisor
    if quotient * divisor > dividend { quotient -= 1 }
    return quotient
}
