/// Words and phrases that descriptions are made of.
package enum EnglishText {
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    /// From Monday.
    static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    static let ordinals = ["first", "second", "third", "fourth", "fifth"]

    /// `a`, `a and b`, `a, b and c`.
    package static func list(_ parts: [String], _ conjunction: String) -> String {
        guard parts.count > 1, let last = parts.last else { return parts.first ?? "" }
        return parts.dropLast().joined(separator: ", ") + " \(conjunction) " + last
    }

    /// `5 minutes`, `1 minute`; or `minute` for one.
    package static func count(_ number: Int, _ unit: String, hidingOne: Bool = false) -> String {
        if number == 1 { return hidingOne ? unit : "1 \(unit)" }
        return "\(number) \(unit)s"
    }

    /// The same of a number with a fraction: `1.5 seconds`.
    static func count(_ number: DecimalSeconds, _ unit: String, hidingOne: Bool = false) -> String {
        number.microseconds == 0 ? count(number.seconds, unit, hidingOne: hidingOne) : "\(number) \(unit)s"
    }

    /// A number of seconds with its unit; of less than one, in milliseconds if that comes out even.
    static func secondsOrLess(_ seconds: DecimalSeconds) -> (number: DecimalSeconds, unit: String) {
        guard seconds.seconds == 0, seconds.microseconds % 1000 == 0, seconds != .zero else {
            return (seconds, "second")
        }
        return (DecimalSeconds(seconds: seconds.microseconds / 1000), "millisecond")
    }

    /// `09:00`, with seconds only if there are any.
    static func timeOfDay(_ hour: Int, _ minute: Int, _ second: Int = 0) -> String {
        "\(twoDigits(hour)):\(twoDigits(minute))" + (second == 0 ? "" : ":\(twoDigits(second))")
    }

    /// `02:30` of a wall time.
    static func timeOfDay(_ wall: WallSeconds) -> String {
        let second = Int(wall - wall.flooredQuotient(by: CivilLimits.secondsPerDay) * CivilLimits.secondsPerDay)
        return timeOfDay(second / 3600, second / 60 % 60, second % 60)
    }

    /// `Monday 1 December 2025 at 08:00`; a fraction of a second is told as `08:00:00.5`.
    static func dateAndTime(_ instant: Instant, in zone: Zone) -> String {
        let wall = instant.flooredSeconds + Int64(zone.offset(at: instant))
        let fraction = Int(instant.microseconds - instant.flooredSeconds * 1_000_000)
        guard fraction != 0 else { return "\(date(wall)) at \(timeOfDay(wall))" }
        var text = TimeText()
        text.append(timeOfDay: wall, microseconds: fraction, mark: " ")
        return "\(date(wall)) at\(text.string)"
    }

    /// `Monday 1 December 2025`.
    static func date(_ wall: WallSeconds) -> String {
        let days = Int(wall.flooredQuotient(by: CivilLimits.secondsPerDay))
        let date = CivilDate(daysSince1970: days)
        return "\(weekdays[CivilDate.weekday(daysSince1970: days)]) \(date.day) \(months[date.month - 1]) \(date.year)"
    }

    /// `30 December 2011`.
    static func day(_ wall: WallSeconds) -> String {
        let date = CivilDate(daysSince1970: Int(wall.flooredQuotient(by: CivilLimits.secondsPerDay)))
        return "\(date.day) \(months[date.month - 1]) \(date.year)"
    }

    static func areOnSameDay(_ left: WallSeconds, _ right: WallSeconds) -> Bool {
        left.flooredQuotient(by: CivilLimits.secondsPerDay) == right.flooredQuotient(by: CivilLimits.secondsPerDay)
    }

    /// `the clock goes from 02:00 to 03:00`, with dates where they are not the same.
    static func clockChange(from before: WallSeconds, to after: WallSeconds) -> String {
        func time(_ wall: WallSeconds) -> String {
            timeOfDay(wall) + (areOnSameDay(before, after) ? "" : " on \(day(wall))")
        }
        return "the clock goes \(after < before ? "back " : "")from \(time(before)) to \(time(after))"
    }

    /// Times of day one by one; of more than four, the first two and that there are others.
    static func firstTimes(_ times: [WallSeconds]) -> [String] {
        times.count > 4
            ? times.prefix(2).map { timeOfDay($0) } + ["the other skipped times"] : times.map { timeOfDay($0) }
    }

    /// `1 hour`, `30 minutes`, `1 hour and 30 minutes`.
    package static func duration(_ seconds: Int) -> String {
        let parts = [(seconds / 3600, "hour"), (seconds / 60 % 60, "minute"), (seconds % 60, "second")]
        return list(parts.filter { $0.0 > 0 }.map { count($0.0, $0.1) }, "and")
    }

    /// Set bits by name: `Monday to Friday`, `May and July`. Bit 0 is the first name; runs of three and more are ranges.
    static func names(_ bits: UInt64, _ names: [String]) -> String {
        list(
            runs(bits, in: 0...(names.count - 1)).flatMap { run in
                run.count >= 3 ? ["\(names[run.lowerBound]) to \(names[run.upperBound])"] : run.map { names[$0] }
            },
            "and"
        )
    }

    /// Set bits as numbers: `1, 3 and 10 to 15`.
    static func numbers(_ bits: UInt64, in range: ClosedRange<Int>) -> String {
        list(
            runs(bits, in: range).flatMap { run in
                run.count >= 3 ? ["\(run.lowerBound) to \(run.upperBound)"] : run.map(String.init)
            },
            "and"
        )
    }

    /// Unbroken runs of set bits.
    static func runs(_ bits: UInt64, in range: ClosedRange<Int>) -> [ClosedRange<Int>] {
        var runs: [ClosedRange<Int>] = []
        for bit in range where bits & (1 << UInt64(bit)) != 0 {
            if let last = runs.last, last.upperBound == bit - 1 {
                runs[runs.count - 1] = last.lowerBound...bit
            } else {
                runs.append(bit...bit)
            }
        }
        return runs
    }

    static func bounds(from start: Moment?, until end: Moment?) -> String {
        (start.map { ", from \($0)" } ?? "") + (end.map { ", until \($0)" } ?? "")
    }

    /// `, up to 30 minutes later at random`; empty without jitter.
    static func jitter(_ microseconds: Int64) -> String {
        guard microseconds > 0 else { return "" }
        let length = DecimalSeconds(microseconds: microseconds)
        let rest = DecimalSeconds(seconds: length.seconds % 60, microseconds: length.microseconds)
        let parts =
            [(length.seconds / 3600, "hour"), (length.seconds / 60 % 60, "minute")]
            .map { (DecimalSeconds(seconds: $0.0), $0.1) } + [secondsOrLess(rest)]
        let words = parts.filter { $0.0 != .zero }.map { count($0.0, $0.1) }
        return ", up to \(list(words, "and")) later at random"
    }

    /// `2nd`, `3rd`, `12th`.
    static func ordinal(_ number: Int) -> String {
        let suffix =
            switch (number % 100, number % 10) {
            case (11...13, _): "th"
            case (_, 1): "st"
            case (_, 2): "nd"
            case (_, 3): "rd"
            default: "th"
            }
        return "\(number)\(suffix)"
    }

    static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
