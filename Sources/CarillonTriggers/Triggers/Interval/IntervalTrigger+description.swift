extension IntervalTrigger {
    /// The interval in plain words: `every 5 minutes, from 2025-12-01T08:00:00, Berlin time`.
    ///
    /// Days and weeks are told in hours if the zone has clock changes, since they are not the days of its clock.
    var description: String { text(from: parameters.start) }

    var summary: String { text(from: nil) }

    private var length: IntervalLength { parameters.length }

    /// The same, told from a start or without one.
    private func text(from start: Moment?) -> String {
        var text = "every "
        if parts.count == 1, let (number, unit) = parts.first {
            text += EnglishText.count(number, unit, hidingOne: true)
        } else {
            text += EnglishText.list(parts.map { EnglishText.count($0.0, $0.1) }, "and")
        }
        if length.isGivenInDays, !isByClock { text = text.replacing("days", with: "days of 24 hours") }
        text += EnglishText.bounds(from: start, until: parameters.end)
        let isReadInZone = [start, parameters.end].contains { $0.map { $0.offset == nil } ?? false }
        return text + (isReadInZone ? ", \(parameters.zone.spokenName)" : "") + EnglishText.jitter(jitter)
    }

    /// Whether elapsed time and the zone's clock never part, or no unit is longer than an hour.
    private var isByClock: Bool { parameters.zone.rules.segments.count == 1 || !length.isGivenInDays }

    /// The parts above zero: numbers and their units in the singular.
    private var parts: [(DecimalSeconds, String)] {
        let length = lengthInMinutes
        let days = length.weeks * 7 + length.days
        let whole: [(Int, String)]
        if isByClock {
            whole = length.parts.dropLast().map { ($0.value, String($0.name.dropLast())) }
        } else if days <= 2 {
            whole = [(days * 24 + length.hours, "hour"), (length.minutes, "minute")]
        } else {
            whole = [(days, "day"), (length.hours, "hour"), (length.minutes, "minute")]
        }
        let seconds = length.decimalSeconds
        return whole.filter { $0.0 > 0 }.map { (DecimalSeconds(seconds: $0.0), $0.1) }
            + (seconds == .zero ? [] : [EnglishText.secondsOrLess(seconds)])
    }

    /// As it was given, but that a number of seconds alone is one of hours and minutes if that comes out even.
    private var lengthInMinutes: IntervalLength {
        var length = length
        let isInSeconds = length.weeks + length.days + length.hours + length.minutes == 0
        guard isInSeconds, length.seconds % 60 == 0, length.microseconds == 0 else { return length }
        length.hours = length.seconds / 3600
        length.minutes = length.seconds / 60 % 60
        length.seconds = 0
        return length
    }
}
