/// The wall times that a cron expression selects, as bit sets.
///
/// Which days of a month are selected depends on nothing but the weekday of its first day and its length (and on the
/// ISO week, where that is restricted), so all 28 kinds of month are worked out beforehand.
package struct CronPattern: WallPattern {
    /// Bits 0 to 59.
    let seconds: UInt64
    /// Bits 0 to 59.
    let minutes: UInt64
    /// Bits 0 to 23.
    let hours: UInt64
    /// Bits 1 to 12.
    let months: UInt32
    /// Selected days (bits 1 to 31) by `(weekday of the first day, 0 for Monday) * 4 + length - 28`.
    let days: ContiguousArray<UInt32>
    /// Bits 1 to 53; `nil` if every week is selected.
    let weeks: UInt64?
    let years: CronYears

    private let firstSecondOfDay: Int64
    private let lastSecondOfDay: Int64
    private let timesPerDay: Int

    init(
        seconds: UInt64,
        minutes: UInt64,
        hours: UInt64,
        months: UInt32,
        days: ContiguousArray<UInt32>,
        weeks: UInt64?,
        years: CronYears
    ) {
        self.seconds = seconds
        self.minutes = minutes
        self.hours = hours
        self.months = months
        self.days = days
        self.weeks = weeks
        self.years = years
        // A search for days that no month has would go on to the year 9999 each time.
        timesPerDay =
            Self.haveDays(days, inMonths: months)
            ? seconds.nonzeroBitCount * minutes.nonzeroBitCount * hours.nonzeroBitCount : 0
        firstSecondOfDay =
            Int64(hours.trailingZeroBitCount) * 3600 + Int64(minutes.trailingZeroBitCount) * 60
            + Int64(seconds.trailingZeroBitCount)
        lastSecondOfDay =
            Int64(hours.highestBit) * 3600 + Int64(minutes.highestBit) * 60 + Int64(seconds.highestBit)
    }

    /// Whether it is known that no wall time at all is selected: no time of day, or no day of any of the months.
    var selectsNothing: Bool { timesPerDay == 0 }

    /// Whether some kind of month, among the lengths that the months have, has a selected day.
    private static func haveDays(_ days: ContiguousArray<UInt32>, inMonths months: UInt32) -> Bool {
        let february: UInt32 = 0b0000_0000_0100
        let monthsOf30: UInt32 = 0b1010_0101_0000
        let monthsOf31: UInt32 = 0b1_0101_1010_1010
        for (length, having) in [(28, february), (29, february), (30, monthsOf30), (31, monthsOf31)]
        where months & having != 0 {
            for firstWeekday in 0..<7 where days[firstWeekday * 4 + length - 28] != 0 { return true }
        }
        return false
    }

    /// The wall times that both patterns select.
    func intersection(_ other: CronPattern) -> CronPattern {
        let commonWeeks: UInt64? =
            switch (weeks, other.weeks) {
            case (let left?, let right?): left & right
            case (let left, let right): left ?? right
            }
        return CronPattern(
            seconds: seconds & other.seconds,
            minutes: minutes & other.minutes,
            hours: hours & other.hours,
            months: months & other.months,
            days: ContiguousArray(zip(days, other.days).map { $0 & $1 }),
            weeks: commonWeeks,
            years: years.intersection(other.years)
        )
    }

    package func next(atOrAfter wall: WallSeconds) -> WallSeconds? {
        let start = max(wall, CivilLimits.firstWall)
        guard start <= CivilLimits.lastWall, timesPerDay > 0 else { return nil }
        let day = start.flooredQuotient(by: CivilLimits.secondsPerDay)
        let date = CivilDate(daysSince1970: Int(day))
        let timeOfDay = start - day * CivilLimits.secondsPerDay
        var from = date.day
        if timeOfDay > firstSecondOfDay {
            if timeOfDay <= lastSecondOfDay, selects(date, day: Int(day)), let time = nextTimeOfDay(timeOfDay) {
                return day * CivilLimits.secondsPerDay + time
            }
            from += 1
        }
        return nextDay(year: date.year, month: date.month, from: from).map {
            Int64($0) * CivilLimits.secondsPerDay + firstSecondOfDay
        }
    }

    package func previous(atOrBefore wall: WallSeconds) -> WallSeconds? {
        let start = min(wall, CivilLimits.lastWall)
        guard start >= CivilLimits.firstWall, timesPerDay > 0 else { return nil }
        let day = start.flooredQuotient(by: CivilLimits.secondsPerDay)
        let date = CivilDate(daysSince1970: Int(day))
        let timeOfDay = start - day * CivilLimits.secondsPerDay
        var through = date.day
        if timeOfDay < lastSecondOfDay {
            if timeOfDay >= firstSecondOfDay, selects(date, day: Int(day)), let time = previousTimeOfDay(timeOfDay) {
                return day * CivilLimits.secondsPerDay + time
            }
            through -= 1
        }
        return previousDay(year: date.year, month: date.month, through: through).map {
            Int64($0) * CivilLimits.secondsPerDay + lastSecondOfDay
        }
    }

    package func count(from first: WallSeconds, through last: WallSeconds) -> Int {
        let first = max(first, CivilLimits.firstWall)
        let last = min(last, CivilLimits.lastWall)
        guard first <= last, timesPerDay > 0 else { return 0 }
        let firstDay = first.flooredQuotient(by: CivilLimits.secondsPerDay)
        let lastDay = last.flooredQuotient(by: CivilLimits.secondsPerDay)
        let firstTime = first - firstDay * CivilLimits.secondsPerDay
        let lastTime = last - lastDay * CivilLimits.secondsPerDay
        let firstDate = CivilDate(daysSince1970: Int(firstDay))
        let lastDate = CivilDate(daysSince1970: Int(lastDay))
        var total = countDays(from: firstDate, through: lastDate) * timesPerDay
        if selects(firstDate, day: Int(firstDay)) { total -= countTimesOfDay(before: firstTime) }
        if selects(lastDate, day: Int(lastDay)) { total -= timesPerDay - countTimesOfDay(before: lastTime + 1) }
        return total
    }

    /// By counting, since the search for the next match may go through thousands of years.
    package func hasMatch(from first: WallSeconds, through last: WallSeconds) -> Bool {
        count(from: first, through: last) > 0
    }

    // MARK: Time of day

    /// Seconds after midnight of the first selected time of any day.
    var firstTimeOfDay: Int64 { firstSecondOfDay }

    /// Seconds after midnight of the selected time that follows another one on the same day.
    func timeOfDay(after time: Int64) -> Int64? { time < lastSecondOfDay ? nextTimeOfDay(time + 1) : nil }

    /// Seconds after midnight of the first selected time at or after one.
    private func nextTimeOfDay(_ time: Int64) -> Int64? {
        let hour = time / 3600
        let minute = time / 60 % 60
        let second = time % 60
        if hours & (1 << hour) != 0 {
            if minutes & (1 << minute) != 0 {
                let rest = seconds >> second
                if rest != 0 { return time + Int64(rest.trailingZeroBitCount) }
            }
            // Shifting twice, since a shift by 60 and more is asked for at minute 59.
            let rest = (minutes >> minute) >> 1
            if rest != 0 {
                return hour * 3600 + (minute + 1 + Int64(rest.trailingZeroBitCount)) * 60
                    + Int64(seconds.trailingZeroBitCount)
            }
        }
        let rest = (hours >> hour) >> 1
        guard rest != 0 else { return nil }
        return (hour + 1 + Int64(rest.trailingZeroBitCount)) * 3600 + Int64(minutes.trailingZeroBitCount) * 60
            + Int64(seconds.trailingZeroBitCount)
    }

    private func previousTimeOfDay(_ time: Int64) -> Int64? {
        let hour = time / 3600
        let minute = time / 60 % 60
        let second = time % 60
        if hours & (1 << hour) != 0 {
            if minutes & (1 << minute) != 0 {
                let rest = seconds & UInt64.bits(through: second)
                if rest != 0 { return hour * 3600 + minute * 60 + Int64(rest.highestBit) }
            }
            let rest = minutes & UInt64.bits(through: minute - 1)
            if rest != 0 { return hour * 3600 + Int64(rest.highestBit) * 60 + Int64(seconds.highestBit) }
        }
        let rest = hours & UInt64.bits(through: hour - 1)
        guard rest != 0 else { return nil }
        return Int64(rest.highestBit) * 3600 + Int64(minutes.highestBit) * 60 + Int64(seconds.highestBit)
    }

    private func countTimesOfDay(before time: Int64) -> Int {
        guard time > 0 else { return 0 }
        let last = time - 1
        let hour = last / 3600
        let minute = last / 60 % 60
        let perMinute = seconds.nonzeroBitCount
        let perHour = minutes.nonzeroBitCount * perMinute
        var total = (hours & UInt64.bits(through: hour - 1)).nonzeroBitCount * perHour
        guard hours & (1 << hour) != 0 else { return total }
        total += (minutes & UInt64.bits(through: minute - 1)).nonzeroBitCount * perMinute
        guard minutes & (1 << minute) != 0 else { return total }
        return total + (seconds & UInt64.bits(through: last % 60)).nonzeroBitCount
    }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    /// The number of the highest bit that is set, or -1.
    @inline(__always)
    var highestBit: Int { Self.bitWidth - 1 - leadingZeroBitCount }

    /// All bits from 0 to one below the width; none for -1.
    @inline(__always)
    static func bits(through bit: Int64) -> Self { bit < 0 ? 0 : (2 << Self(truncatingIfNeeded: bit)) &- 1 }
}
