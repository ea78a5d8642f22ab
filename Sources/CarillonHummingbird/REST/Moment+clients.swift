#if Web
import CarillonTriggers

/// Dates as clients of the API write and read them.
extension Moment {
    /// The same with the offset that its zone has then.
    ///
    /// A time that the zone skips is as much after the gap as it was meant to be after its beginning; a repeated one is
    /// the first of the two. So do clients' own programs, and Python's `dateutil`.
    func resolved(in zone: Zone) -> Moment {
        if let offset { return Moment(wall: wall, microseconds: microseconds, offset: offset) }
        let instant = instant(in: zone).advanced(byMicroseconds: -Int64(microseconds))
        let offset = zone.offset(at: instant)
        let skipped = instant.flooredSeconds + Int64(offset) - wall
        guard skipped > 0 else { return Moment(wall: wall, microseconds: microseconds, offset: offset) }
        // By the clock before the gap it would be so much after the gap's end.
        let before = zone.offset(at: instant.advanced(byMicroseconds: -1))
        return Moment(wall: wall - Int64(before) + Int64(offset), microseconds: microseconds, offset: offset)
    }
}

extension Instant {
    /// The time as Python's `isoformat` writes it: with six digits behind the seconds or none, and `+00:00` for UTC.
    func text(offset: Int) -> String {
        let seconds = flooredSeconds
        let wall = seconds + Int64(offset)
        var text = TimeText()
        text.append(date: CivilDate(daysSince1970: Int(wall.flooredQuotient(by: CivilLimits.secondsPerDay))))
        text.append(timeOfDay: wall)
        let fraction = microseconds - seconds * 1_000_000
        if fraction != 0 {
            text.append(".")
            for digit in String(fraction + 1_000_000).unicodeScalars.dropFirst() { text.append(digit) }
        }
        text.append(offset: offset)
        return text.string
    }

    /// The same by the clock of a zone.
    func text(in zone: Zone) -> String { text(offset: zone.offset(at: self)) }
}
#endif
