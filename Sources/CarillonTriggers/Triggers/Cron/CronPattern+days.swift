extension CronPattern {
    /// Whether a date, whose day number is `day`, is selected.
    func selects(_ date: CivilDate, day: Int) -> Bool {
        guard months & (1 &<< UInt32(date.month)) != 0, years.contains(date.year) else { return false }
        return selectedDays(year: date.year, month: date.month, first: day - date.day + 1) & (1 &<< UInt32(date.day))
            != 0
    }

    /// The number of the first selected day at or after a day of a month, which may be one past the month's end.
    func nextDay(year: Int, month: Int, from: Int) -> Int? {
        var open = openMonth(year: year, atOrAfter: month)
        let lastYear = (open?.year ?? year) + years.yearsToSearch
        while let candidate = open, candidate.year <= lastYear {
            let first = CivilDate.daysSince1970(year: candidate.year, month: candidate.month, day: 1)
            var selected = selectedDays(year: candidate.year, month: candidate.month, first: first)
            if candidate == (year, month) { selected &= ~1 &<< UInt32(from - 1) }
            if selected != 0 { return first + selected.trailingZeroBitCount - 1 }
            open = openMonth(year: candidate.year, atOrAfter: candidate.month + 1)
        }
        return nil
    }

    /// The number of the last selected day at or before a day of a month, which may be 0.
    func previousDay(year: Int, month: Int, through: Int) -> Int? {
        var open = openMonth(year: year, atOrBefore: month)
        let firstYear = (open?.year ?? year) - years.yearsToSearch
        while let candidate = open, candidate.year >= firstYear {
            let first = CivilDate.daysSince1970(year: candidate.year, month: candidate.month, day: 1)
            var selected = selectedDays(year: candidate.year, month: candidate.month, first: first)
            if candidate == (year, month) { selected &= UInt32.bits(through: Int64(through)) }
            if selected != 0 { return first + selected.highestBit - 1 }
            open = openMonth(year: candidate.year, atOrBefore: candidate.month - 1)
        }
        return nil
    }

    /// How many days are selected from one date to another.
    func countDays(from first: CivilDate, through last: CivilDate) -> Int {
        var total = 0
        var open = openMonth(year: first.year, atOrAfter: first.month)
        while let (year, month) = open, (year, month) <= (last.year, last.month) {
            let firstDay = CivilDate.daysSince1970(year: year, month: month, day: 1)
            var selected = selectedDays(year: year, month: month, first: firstDay)
            if (year, month) == (first.year, first.month) { selected &= ~0 &<< UInt32(first.day) }
            if (year, month) == (last.year, last.month) { selected &= UInt32.bits(through: Int64(last.day)) }
            total += selected.nonzeroBitCount
            open = openMonth(year: year, atOrAfter: month + 1)
        }
        return total
    }

    /// The selected days, bits 1 to 31, of a month that is selected and whose first day has the number `first`.
    private func selectedDays(year: Int, month: Int, first: Int) -> UInt32 {
        let kind = CivilDate.weekday(daysSince1970: first) * 4 + CivilDate.days(in: month, of: year) - 28
        let selected = days[kind]
        guard let weeks, selected != 0 else { return selected }
        return selected & Self.days(of: weeks, inMonthFrom: first)
    }

    /// The days of a month (bits 1 to 31, and beyond its end) that lie in one of the ISO weeks.
    private static func days(of weeks: UInt64, inMonthFrom first: Int) -> UInt32 {
        var selected: UInt64 = 0
        var day = 1
        while day <= 31 {
            let length = 7 - CivilDate.weekday(daysSince1970: first + day - 1)
            if weeks & (1 << UInt64(CivilDate.isoWeek(daysSince1970: first + day - 1))) != 0 {
                selected |= ((1 << UInt64(length)) - 1) << UInt64(day)
            }
            day += length
        }
        return UInt32(truncatingIfNeeded: selected)
    }

    // MARK: Months

    /// The first selected month of a selected year at or after a month, which may be 13.
    private func openMonth(year: Int, atOrAfter month: Int) -> (year: Int, month: Int)? {
        guard let open = years.next(atOrAfter: year) else { return nil }
        let rest = open > year ? months : months & (~0 &<< UInt32(month))
        if rest != 0 { return (open, rest.trailingZeroBitCount) }
        guard months != 0, let later = years.next(atOrAfter: open + 1) else { return nil }
        return (later, months.trailingZeroBitCount)
    }

    /// The last selected month of a selected year at or before a month, which may be 0.
    private func openMonth(year: Int, atOrBefore month: Int) -> (year: Int, month: Int)? {
        guard let open = years.previous(atOrBefore: year) else { return nil }
        let rest = open < year ? months : months & UInt32.bits(through: Int64(month))
        if rest != 0 { return (open, rest.highestBit) }
        guard months != 0, let earlier = years.previous(atOrBefore: open - 1) else { return nil }
        return (earlier, months.highestBit)
    }
}
