/// A date and time as a person writes it: with an offset it names one instant; without one it is read in a zone.
///
/// Accepted: `YYYY-MM-DD`, then optionally `T` or a blank and `HH:MM[:SS[.fraction]]`, then optionally `Z` or `±HH:MM`
/// (RFC 3339, section 5.6, widened by the date alone, the blank, and the missing seconds and offset).
public struct Moment: Hashable, Sendable {
    /// What the clock on the wall shows.
    package let wall: WallSeconds
    /// 0 to 999,999.
    package let microseconds: Int
    /// Seconds east of UTC, if the text has an offset.
    package let offset: Int?
    /// False if the text is a date alone, which means midnight.
    package let hasTime: Bool

    package init(wall: WallSeconds, microseconds: Int = 0, offset: Int? = nil, hasTime: Bool = true) {
        self.wall = wall
        self.microseconds = microseconds
        self.offset = offset
        self.hasTime = hasTime
    }

    /// The moment of an instant, written in UTC.
    public init(_ instant: Instant) {
        let seconds = instant.flooredSeconds
        self.init(
            wall: min(max(seconds, CivilLimits.firstWall), CivilLimits.lastWall),
            microseconds: Int(instant.microseconds - seconds * 1_000_000),
            offset: 0
        )
    }

    /// The instant meant, read in a zone where the text has no offset: a time the zone skips is the first instant after
    /// the gap, a repeated one the first of the two.
    public func instant(in zone: Zone) -> Instant {
        let seconds = offset.map { wall - Int64($0) } ?? zone.rules.firstInstant(atOrAfterWall: wall)
        return Instant(seconds: seconds).advanced(byMicroseconds: Int64(microseconds))
    }

    /// The date part.
    package var date: CivilDate {
        CivilDate(daysSince1970: Int(wall.flooredQuotient(by: CivilLimits.secondsPerDay)))
    }
}

extension Moment: CustomStringConvertible {
    /// The moment in the form it is read from: `2025-12-01`, `2025-12-01T08:00:00`, `2025-12-01T08:00:00.5+01:00`.
    public var description: String {
        var text = TimeText()
        text.append(date: date)
        if hasTime {
            text.append(timeOfDay: wall, microseconds: microseconds)
            if let offset { text.append(offset: offset) }
        }
        return text.string
    }
}

extension Moment {
    /// Which of the optional parts a text has to have.
    package enum Form {
        /// All of them optional.
        case any
        /// `YYYY-MM-DD` and nothing behind it.
        case dateOnly
        /// RFC 3339 to the letter: `T`, seconds and an offset.
        case rfc3339
    }

    /// Reads a text; `nil` if it is not a date and time of the form asked for.
    package init?(_ text: String, form: Form = .any) {
        var reader = DigitReader(text.utf8)
        guard let year = reader.number(digits: 4), reader.take("-"),
            let month = reader.number(digits: 2), reader.take("-"),
            let day = reader.number(digits: 2), let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        let midnight = Int64(date.daysSince1970) * CivilLimits.secondsPerDay
        if reader.isAtEnd, form != .rfc3339 {
            self.init(wall: midnight, hasTime: false)
            return
        }
        guard form != .dateOnly, reader.take("T") || (form == .any && reader.take(" ")),
            let hour = reader.number(digits: 2), hour < 24, reader.take(":"),
            let minute = reader.number(digits: 2), minute < 60
        else { return nil }
        var second = 0
        var microseconds = 0
        if reader.take(":") {
            guard let value = reader.number(digits: 2), value < 60 else { return nil }
            second = value
            if reader.take(".") {
                guard let fraction = reader.microsecondFraction() else { return nil }
                microseconds = fraction
            }
        } else if form == .rfc3339 {
            return nil
        }
        guard let offset = reader.offset(), form != .rfc3339 || offset.value != nil, reader.isAtEnd else { return nil }
        self.init(
            wall: midnight + Int64(hour * 3600 + minute * 60 + second),
            microseconds: microseconds,
            offset: offset.value
        )
    }
}

/// Takes ASCII digits and marks from a text.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ bytes: String.UTF8View) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: mark) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = nextDigit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// One or more digits behind a decimal point; what is finer than a microsecond is dropped.
    mutating func microsecondFraction() -> Int? {
        guard var value = nextDigit() else { return nil }
        var digits = 1
        while let digit = nextDigit() {
            if digits < 6 { value = value * 10 + digit }
            digits += 1
        }
        while digits < 6 {
            value *= 10
            digits += 1
        }
        return value
    }

    /// `Z`, `±HH:MM`, or nothing at all (an inner `nil`); no answer for anything else.
    mutating func offset() -> (value: Int?, Void)? {
        if isAtEnd { return (nil, ()) }
        if take("Z") { return (0, ()) }
        let sign: Int
        if take("+") {
            sign = 1
        } else if take("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(digits: 2), hours < 24, take(":"), let minutes = number(digits: 2), minutes < 60
        else { return nil }
        return (sign * (hours * 3600 + minutes * 60), ())
    }

    private mutating func nextDigit() -> Int? {
        guard let byte = rest.first, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        rest.removeFirst()
        return Int(byte - UInt8(ascii: "0"))
    }
}
