extension IntervalTrigger: CustomStringConvertible {
    /// The interval in plain words: `every 5 minutes, from 2025-12-01T08:00:00, Berlin time`.
    ///
    /// Days and weeks are told in hours where the zone has clock changes, since they are not the days of its clock.
    public var description: String { text(from: start) }

    /// The same, told from a start or without one.
    func text(from start: Moment?) -> String {
        let given = isByClock ? length.parts.map { (Int64($0.value), String($0.name.dropLast())) } : elapsedParts
        let parts = given.filter { $0.0 > 0 }
        var text = "every "
        if parts.count == 1, let (number, unit) = parts.first {
            text += EnglishText.count(Int(number), unit, hidingOne: true)
        } else {
            text += EnglishText.list(parts.map { EnglishText.count(Int($0.0), $0.1) }, "and")
        }
        if length.isGivenInDays, !isByClock { text = text.replacing("days", with: "days of 24 hours") }
        text += EnglishText.bounds(from: start, until: end)
        let isReadInZone = [start, end].contains { $0.map { $0.offset == nil } ?? false }
        return text + (isReadInZone ? ", \(zone.spokenName)" : "") + EnglishText.jitter(jitter)
    }

    /// Whether elapsed time and the zone's clock never part, or no unit is longer than an hour.
    private var isByClock: Bool { zone.rules.segments.count == 1 || !length.isGivenInDays }

    /// Days up to two in hours; more of them, and weeks, in days.
    private var elapsedParts: [(Int64, String)] {
        let days = Int64(length.weeks) * 7 + Int64(length.days)
        let rest = [(Int64(length.minutes), "minute"), (Int64(length.seconds), "second")]
        return days <= 2
            ? [(days * 24 + Int64(length.hours), "hour")] + rest
            : [(days, "day"), (Int64(length.hours), "hour")] + rest
    }
}

extension Trigger {
    /// What a clock change does to the time of day of an interval, or of intervals that agree, where it comes at the
    /// same times every day, or on every so many days at the same one; one sentence without a full stop, or nothing
    /// where it stays as it is.
    func drift(at change: Zone.ClockChange) -> String? {
        guard zones.contains(change.zone), let seconds = secondsBetweenFireTimes else { return nil }
        let size = abs(change.offsetAfter - change.offsetBefore)
        guard 86_400 % seconds == 0 || seconds % 86_400 == 0, size % seconds != 0 else { return nil }
        guard next(after: change.instant) != nil, previous(before: change.instant) != nil else { return nil }
        let isLater = change.offsetAfter > change.offsetBefore
        let distance =
            seconds > size ? "\(EnglishText.duration(size)) \(isLater ? "later" : "earlier")" : "at other times"
        return "keeps to elapsed time: from then on it fires \(distance) by the clock"
    }

    /// The elapsed time from each fire time to the next; nothing where it differs, or is longer than the time line.
    private var secondsBetweenFireTimes: Int? {
        switch kind {
        case .interval(let trigger): return Int(trigger.period / 1_000_000)
        case .all(let trigger):
            var common = 1
            for part in trigger.triggers {
                guard let seconds = part.secondsBetweenFireTimes else { return nil }
                var (divisor, rest) = (common, seconds)
                while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
                let (product, isTooLong) = (common / divisor).multipliedReportingOverflow(by: seconds)
                if isTooLong { return nil }
                common = product
            }
            return common
        case .date, .cron, .calendarInterval, .any: return nil
        }
    }
}

extension IntervalTrigger.Length {
    /// Whether days or weeks are given, which are 24 hours and 7 times 24 hours.
    var isGivenInDays: Bool { weeks > 0 || days > 0 }
}
