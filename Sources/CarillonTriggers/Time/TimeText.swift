/// Writes dates, times and offsets as RFC 3339 text, byte by byte, since streams of millions of them are asked for.
package struct TimeText {
    package private(set) var bytes: [UInt8] = []

    package init() { bytes.reserveCapacity(32) }

    package var string: String { String(decoding: bytes, as: UTF8.self) }

    /// Forgets what was written and keeps the room.
    package mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    package mutating func append(date: CivilDate) {
        // The last evening of the calendar is in the year 10000 already further east.
        append(number: date.year, digits: date.year > 9999 ? 5 : 4)
        bytes.append(UInt8(ascii: "-"))
        append(number: date.month, digits: 2)
        bytes.append(UInt8(ascii: "-"))
        append(number: date.day, digits: 2)
    }

    package mutating func append(_ mark: Unicode.Scalar) { bytes.append(UInt8(ascii: mark)) }

    /// A mark and the time of day of a wall time, with as many digits of fraction as are not zero.
    package mutating func append(timeOfDay wall: WallSeconds, microseconds: Int = 0, mark: Unicode.Scalar = "T") {
        let seconds = Int(wall - wall.flooredQuotient(by: CivilLimits.secondsPerDay) * CivilLimits.secondsPerDay)
        append(mark)
        append(number: seconds / 3600, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        append(number: seconds / 60 % 60, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        append(number: seconds % 60, digits: 2)
        guard microseconds != 0 else { return }
        bytes.append(UInt8(ascii: "."))
        append(number: microseconds, digits: 6)
        while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    }

    /// `+01:00`; offsets of local mean time, which have seconds, get them behind a second colon (ISO 8601-2).
    package mutating func append(offset: Int) {
        bytes.append(UInt8(ascii: offset < 0 ? "-" : "+"))
        let size = abs(offset)
        append(number: size / 3600, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        append(number: size / 60 % 60, digits: 2)
        if size % 60 != 0 {
            bytes.append(UInt8(ascii: ":"))
            append(number: size % 60, digits: 2)
        }
    }

    /// The whole of RFC 3339: the instant as a clock in the zone shows it, and the offset.
    package mutating func append(_ instant: Instant, in zone: Zone) {
        let seconds = instant.flooredSeconds
        let offset = zone.rules.offset(at: seconds)
        let wall = seconds + Int64(offset)
        append(date: CivilDate(daysSince1970: Int(wall.flooredQuotient(by: CivilLimits.secondsPerDay))))
        append(timeOfDay: wall, microseconds: Int(instant.microseconds - seconds * 1_000_000))
        append(offset: offset)
    }

    private mutating func append(number: Int, digits: Int) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        var rest = number
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / divisor % 10))
            rest %= divisor
            divisor /= 10
        }
    }
}

extension Instant {
    /// RFC 3339 text of this instant as a clock in the zone shows it, such as `2025-03-30T03:00:00+02:00`.
    public func formatted(in zone: Zone) -> String {
        var text = TimeText()
        text.append(self, in: zone)
        return text.string
    }
}
