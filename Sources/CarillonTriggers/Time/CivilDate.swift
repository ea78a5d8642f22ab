/// A date of the proleptic Gregorian calendar.
///
/// Source of the arithmetic: the calendar repeats every 400 years, which are 146,097 days; a year counted from March
/// puts the leap day last, so that month lengths follow one linear formula (Howard Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms", 2013).
package struct CivilDate: Hashable, Comparable, Sendable {
    package var year: Int
    /// 1 to 12.
    package var month: Int
    /// 1 to 31.
    package var day: Int

    /// Makes a date from numbers known to be a real date.
    @inline(__always)
    package init(uncheckedYear year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Makes a date; `nil` if the calendar has no such day in the years 1 to 9999.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year)
        else { return nil }
        self.init(uncheckedYear: year, month: month, day: day)
    }

    /// The date so many days after 1970-01-01.
    @inline(__always)
    package init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = UInt32(truncatingIfNeeded: shifted - era * 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
        month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
        year = Int(yearOfEra) + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01, negative before it.
    @inline(__always)
    package var daysSince1970: Int { Self.daysSince1970(year: year, month: month, day: day) }

    @inline(__always)
    package static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    @inline(__always)
    package static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// 28 to 31; `month` is 1 to 12.
    @inline(__always)
    package static func days(in month: Int, of year: Int) -> Int {
        if month == 2 { return isLeap(year) ? 29 : 28 }
        // Months alternate 31 and 30, with the pattern turned over after July.
        return 30 + ((month + month >> 3) & 1)
    }

    /// 0 for Monday to 6 for Sunday.
    @inline(__always)
    package static func weekday(daysSince1970 days: Int) -> Int {
        let remainder = (days + 3) % 7
        return remainder < 0 ? remainder + 7 : remainder
    }

    /// The week of ISO 8601 (1 to 53) the day lies in; week 1 is the one with the year's first Thursday.
    package static func isoWeek(daysSince1970 days: Int) -> Int {
        let thursday = days - weekday(daysSince1970: days) + 3
        let year = CivilDate(daysSince1970: thursday).year
        return (thursday - daysSince1970(year: year, month: 1, day: 1)) / 7 + 1
    }

    package static func < (left: CivilDate, right: CivilDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}
