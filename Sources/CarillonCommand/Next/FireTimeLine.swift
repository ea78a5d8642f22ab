#if Command
import CarillonTriggers

/// One fire time as a line for people: `Mon 2026-11-23 09:00:00 +01:00   in 2 days`.
struct FireTimeLine {
    let time: Instant
    let zone: Zone
    /// What the line counts the time from.
    let now: Instant

    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    /// Weekday, date, time and offset.
    var clock: String {
        let seconds = time.flooredSeconds
        let offset = zone.offset(at: time)
        let wall = seconds + Int64(offset)
        let day = Int(wall.flooredQuotient(by: CivilLimits.secondsPerDay))
        var text = TimeText()
        text.append(date: CivilDate(daysSince1970: day))
        text.append(timeOfDay: wall, microseconds: Int(time.microseconds - seconds * 1_000_000), mark: " ")
        text.append(" ")
        text.append(offset: offset)
        return "\(Self.weekdays[CivilDate.weekday(daysSince1970: day)]) \(text.string)"
    }

    /// `in 2 days`, `3 hours ago`.
    var distance: String {
        let seconds = time.flooredSeconds - now.flooredSeconds
        let size = abs(seconds)
        let units: [(Int64, String)] = [
            (31_556_952, "year"), (86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"),
        ]
        guard let (length, unit) = units.first(where: { size >= $0.0 }) else { return "now" }
        let number = size / length
        let amount = "\(number) \(unit)\(number == 1 ? "" : "s")"
        return seconds >= 0 ? "in \(amount)" : "\(amount) ago"
    }
}
#endif
