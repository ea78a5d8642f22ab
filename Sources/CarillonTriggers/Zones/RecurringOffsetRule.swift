/// The yearly rule at the end of a zone file: standard time, daylight time and when each begins.
///
/// Source: POSIX.1-2017, Base Definitions 8.3, `TZ`; hours of a rule from -167 to 167 by RFC 8536, section 3.3.1.
package struct RecurringOffsetRule: Hashable, Sendable {
    /// A day of the year and a time on it.
    package struct Change: Hashable, Sendable {
        package enum Day: Hashable, Sendable {
            /// `Jn`: 1 to 365, 29 February never counted.
            case julian(Int)
            /// `n`: 0 to 365, 29 February counted.
            case zeroBased(Int)
            /// `Mm.w.d`: weekday 0 (Sunday) to 6, of week 1 to 5 (5 is the last) of a month.
            case weekday(Int, week: Int, month: Int)
        }

        package var day: Day
        /// Seconds after midnight on the wall, which may lie on another day.
        package var time: Int64

        /// The wall time of the change in a year, by the clock before it.
        func wall(in year: Int) -> WallSeconds {
            let newYear = CivilDate.daysSince1970(year: year, month: 1, day: 1)
            let days: Int
            switch day {
            case .julian(let number):
                days = newYear + number - 1 + (CivilDate.isLeap(year) && number >= 60 ? 1 : 0)
            case .zeroBased(let number):
                days = newYear + number
            case .weekday(let weekday, let week, let month):
                let first = CivilDate.daysSince1970(year: year, month: month, day: 1)
                // Our weekdays begin on Monday, those of POSIX on Sunday.
                let distance = ((weekday + 6) % 7 - CivilDate.weekday(daysSince1970: first) + 7) % 7
                let day = distance + 7 * (week - 1)
                days = first + (day < CivilDate.days(in: month, of: year) ? day : day - 7)
            }
            return Int64(days) * CivilLimits.secondsPerDay + time
        }
    }

    /// Seconds east of UTC.
    package var standardOffset: Int
    package var daylightOffset: Int
    package var daylightBegins: Change
    package var daylightEnds: Change

    /// The changes of these years in ascending order.
    func transitions(inYears years: ClosedRange<Int>) -> [(time: UTCSeconds, offset: Int)] {
        var all: [(time: UTCSeconds, offset: Int)] = []
        for year in years {
            all.append((daylightBegins.wall(in: year) - Int64(standardOffset), daylightOffset))
            all.append((daylightEnds.wall(in: year) - Int64(daylightOffset), standardOffset))
        }
        // Where daylight time fills the year its end falls on the next beginning, which must then come second.
        all.sort { ($0.time, $0.offset == standardOffset ? 0 : 1) < ($1.time, $1.offset == standardOffset ? 0 : 1) }
        var distinct: [(time: UTCSeconds, offset: Int)] = []
        for change in all {
            if distinct.last?.time == change.time { distinct.removeLast() }
            distinct.append(change)
        }
        return distinct
    }
}

/// What a POSIX `TZ` text says: one offset for ever, or a yearly rule.
package enum POSIXTimeZone: Hashable, Sendable {
    case fixed(offset: Int)
    case recurring(RecurringOffsetRule)

    /// Reads a text such as `CET-1CEST,M3.5.0,M10.5.0/3`; no answer where it is malformed or names no rule for its
    /// daylight time.
    package init?(_ text: some Sequence<UInt8>) {
        var reader = POSIXReader(bytes: Array(text))
        guard reader.name(), let standard = reader.signedTime(maximumHours: 24) else { return nil }
        if reader.isAtEnd {
            self = .fixed(offset: -standard)
            return
        }
        guard reader.name() else { return nil }
        var daylight = standard - 3600
        if !reader.next(is: ",") {
            guard let time = reader.signedTime(maximumHours: 24) else { return nil }
            daylight = time
        }
        guard let begins = reader.change(), let ends = reader.change(), reader.isAtEnd else { return nil }
        self = .recurring(
            RecurringOffsetRule(
                standardOffset: -standard,
                daylightOffset: -daylight,
                daylightBegins: begins,
                daylightEnds: ends
            )
        )
    }
}

private struct POSIXReader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    func next(is mark: Unicode.Scalar) -> Bool { position < bytes.count && bytes[position] == UInt8(ascii: mark) }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard next(is: mark) else { return false }
        position += 1
        return true
    }

    /// Three or more letters, or anything but a blank between angle brackets.
    mutating func name() -> Bool {
        let start = position
        if take("<") {
            while position < bytes.count, !next(is: ">") { position += 1 }
            return take(">") && position - start >= 5
        }
        while position < bytes.count, (bytes[position] | 0x20) >= UInt8(ascii: "a"),
            (bytes[position] | 0x20) <= UInt8(ascii: "z")
        {
            position += 1
        }
        return position - start >= 3
    }

    mutating func number(upTo maximum: Int) -> Int? {
        var value = 0
        let start = position
        while position < bytes.count, position - start < 4, bytes[position] >= UInt8(ascii: "0"),
            bytes[position] <= UInt8(ascii: "9")
        {
            value = value * 10 + Int(bytes[position] - UInt8(ascii: "0"))
            position += 1
        }
        return position > start && value <= maximum ? value : nil
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func signedTime(maximumHours: Int) -> Int? {
        let sign = take("-") ? -1 : 1
        if sign == 1 { _ = take("+") }
        guard let hours = number(upTo: maximumHours) else { return nil }
        var seconds = hours * 3600
        if take(":") {
            guard let minutes = number(upTo: 59) else { return nil }
            seconds += minutes * 60
            if take(":") {
                guard let rest = number(upTo: 59) else { return nil }
                seconds += rest
            }
        }
        return sign * seconds
    }

    /// `,date[/time]`; the time is 02:00 where it is left out.
    mutating func change() -> RecurringOffsetRule.Change? {
        guard take(",") else { return nil }
        let day: RecurringOffsetRule.Change.Day
        if take("M") {
            guard let month = number(upTo: 12), month >= 1, take("."), let week = number(upTo: 5), week >= 1,
                take("."), let weekday = number(upTo: 6)
            else { return nil }
            day = .weekday(weekday, week: week, month: month)
        } else if take("J") {
            guard let number = number(upTo: 365), number >= 1 else { return nil }
            day = .julian(number)
        } else {
            guard let number = number(upTo: 365) else { return nil }
            day = .zeroBased(number)
        }
        var time = 7200
        if take("/") {
            guard let seconds = signedTime(maximumHours: 167) else { return nil }
            time = seconds
        }
        return RecurringOffsetRule.Change(day: day, time: Int64(time))
    }
}
