/// The days of a month that one field of a cron expression selects.
struct CronDays: Hashable, Sendable {
    /// Bits 1 to 31.
    var numbers: UInt32 = 0
    /// Bits 0 (Monday) to 6 (Sunday).
    var weekdays: UInt8 = 0
    /// Bits 0 (Monday) to 6 for the first such weekday of the month, 7 to 13 for the second, up to 34 for the fifth.
    var nthWeekdays: UInt64 = 0
    /// Bits 0 to 6 of the last such weekday of the month.
    var lastWeekdays: UInt8 = 0
    var lastDay = false
    /// The last day from Monday to Friday.
    var lastWorkday = false
    /// Bits 1 to 31: the day from Monday to Friday that is nearest in the same month, in months that have the day.
    var nearestWorkdays: UInt32 = 0

    static let allDays = CronDays(numbers: ~1)
    static let allWeekdays = CronDays(weekdays: 0x7F)

    init(numbers: UInt32 = 0, weekdays: UInt8 = 0) {
        self.numbers = numbers
        self.weekdays = weekdays
    }

    /// The selected days, bits 1 to `length`, of a month of 28 to 31 days that begins on a weekday (0 for Monday).
    func selection(firstWeekday: Int, length: Int) -> UInt32 {
        let month = Self.days(ofLength: length)
        var selected = numbers
        if weekdays != 0 { selected |= Self.days(of: weekdays, firstWeekday: firstWeekday) }
        if nthWeekdays != 0 {
            for nth in 0..<5 {
                let weekdays = UInt8(truncatingIfNeeded: nthWeekdays >> UInt64(7 * nth)) & 0x7F
                let span = UInt32(truncatingIfNeeded: UInt64(0x7F) << UInt64(1 + 7 * nth))
                selected |= Self.days(of: weekdays, firstWeekday: firstWeekday) & span
            }
        }
        if lastWeekdays != 0 {
            let span = UInt32(0x7F) << UInt32(length - 6)
            selected |= Self.days(of: lastWeekdays, firstWeekday: firstWeekday) & span
        }
        if lastDay { selected |= 1 << UInt32(length) }
        if lastWorkday {
            let weekday = (firstWeekday + length - 1) % 7
            selected |= 1 << UInt32(length - max(0, weekday - 4))
        }
        var nearest = nearestWorkdays & month
        while nearest != 0 {
            let day = nearest.trailingZeroBitCount
            nearest &= nearest - 1
            selected |= 1 << UInt32(Self.nearestWorkday(to: day, firstWeekday: firstWeekday, length: length))
        }
        return selected & month
    }

    /// Every day of a month, bits 1 to 31, whose weekday is among the given ones.
    private static func days(of weekdays: UInt8, firstWeekday: Int) -> UInt32 {
        // Seven bits repeated over five weeks, with day 1 at the weekday the month begins on.
        let week = UInt64(weekdays) * 0x8_1020_4081
        return UInt32(truncatingIfNeeded: (week &>> UInt64(firstWeekday)) &<< 1)
    }

    private static func nearestWorkday(to day: Int, firstWeekday: Int, length: Int) -> Int {
        switch (firstWeekday + day - 1) % 7 {
        case 5: day == 1 ? 3 : day - 1
        case 6: day == length ? day - 2 : day + 1
        default: day
        }
    }

    /// How a day-of-month field and a weekday field are put together.
    enum Combination: Sendable {
        case both
        case either
    }

    /// The selected days of all 28 kinds of month, in the order that `CronPattern.days` asks for.
    static func table(_ left: CronDays, _ right: CronDays, _ combination: Combination) -> ContiguousArray<UInt32> {
        func selection(firstWeekday: Int, length: Int) -> UInt32 {
            let first = left.selection(firstWeekday: firstWeekday, length: length)
            let second = right.selection(firstWeekday: firstWeekday, length: length)
            return combination == .both ? first & second : first | second
        }
        let countsFromEnd = left.countsFromEnd || right.countsFromEnd
        var table = ContiguousArray<UInt32>()
        table.reserveCapacity(28)
        for firstWeekday in 0..<7 {
            let longest = selection(firstWeekday: firstWeekday, length: 31)
            for length in 28...31 {
                table.append(
                    countsFromEnd
                        ? selection(firstWeekday: firstWeekday, length: length)
                        : longest & Self.days(ofLength: length)
                )
            }
        }
        return table
    }

    /// Whether the same date may be selected in a month of one length and not in another that has the date.
    private var countsFromEnd: Bool { lastWeekdays != 0 || lastDay || lastWorkday || nearestWorkdays != 0 }

    /// Bits 1 to `length`, 28 to 31.
    private static func days(ofLength length: Int) -> UInt32 { (~0 &>> UInt32(31 - length)) & ~1 }
}
