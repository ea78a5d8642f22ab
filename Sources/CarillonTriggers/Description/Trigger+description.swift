extension Trigger: CustomStringConvertible {
    /// The trigger in plain words: `every 15 minutes from 09:00 to 17:59, Monday to Friday, Berlin time`.
    public var description: String {
        switch kind {
        case .date(let trigger):
            return "once, on \(EnglishText.dateAndTime(trigger.fireTime, in: trigger.zone)), \(trigger.zone.spokenName)"
        case .interval(let trigger): return trigger.description
        case .cron(let trigger): return trigger.description
        case .calendarInterval(let trigger): return trigger.description
        case .any(let trigger):
            return Self.list(trigger.triggers, "; or ")
        case .all(let trigger):
            return (trigger.triggers.count == 1 ? "" : "when these agree: ") + Self.list(trigger.triggers, "; and ")
        }
    }

    /// The same without the time that repetitions are counted from, and without fractions of seconds, for where the next fire
    /// time stands beside it: `every 5 minutes`.
    package var summary: String {
        switch kind {
        case .interval(let trigger): trigger.text(from: nil)
        case .calendarInterval(let trigger): trigger.text(from: nil)
        case .date(let trigger):
            "once, on \(EnglishText.dateAndTime(Instant(seconds: trigger.fireTime.flooredSeconds), in: trigger.zone)), "
                + trigger.zone.spokenName
        case .cron, .any, .all: description
        }
    }

    /// The parts of a trigger, those of several parts in brackets.
    private static func list(_ parts: [Trigger], _ separator: String) -> String {
        guard parts.count > 1 else { return parts.first?.description ?? "" }
        return parts.map { $0.hasSeveralParts ? "(\($0))" : $0.description }.joined(separator: separator)
    }

    private var hasSeveralParts: Bool {
        switch kind {
        case .date, .interval, .cron, .calendarInterval: false
        case .any(let trigger): trigger.triggers.count > 1 || trigger.triggers.contains(where: \.hasSeveralParts)
        case .all(let trigger): trigger.triggers.count > 1 || trigger.triggers.contains(where: \.hasSeveralParts)
        }
    }
}

extension CalendarIntervalTrigger: CustomStringConvertible {
    /// The interval in plain words: `every month on day 31 at 09:00, from 2025-01-31, Berlin time`.
    public var description: String { text(from: start) }

    /// The same, told from a start or without one.
    func text(from bound: Moment?) -> String {
        let given = [
            (length.years, "year"), (length.months, "month"), (length.weeks, "week"), (length.days, "day"),
        ].filter { $0.0 > 0 }
        var text = "every "
        if given.count == 1, let (number, unit) = given.first {
            text += EnglishText.count(number, unit, hidingOne: true)
        } else {
            text += EnglishText.list(given.map { EnglishText.count($0.0, $0.1) }, "and")
        }
        if let start, length.weeks == 0, length.days == 0 {
            text +=
                length.months == 0
                ? " on \(start.date.day) \(EnglishText.months[start.date.month - 1])" : " on day \(start.date.day)"
        }
        text += " at \(EnglishText.timeOfDay(timeOfDay.hour, timeOfDay.minute, timeOfDay.second))"
        return text + EnglishText.bounds(from: bound, until: end) + ", \(zone.spokenName)"
    }
}

extension CronTrigger: CustomStringConvertible {
    /// The expression in plain words: `at 09:00, Monday to Friday, Berlin time`.
    public var description: String {
        // The source was read once when the trigger was made, so it can be read again.
        guard let selection = try? source.selection() else { return "\(source)" }
        let pattern = selection.pattern
        var parts = [TimeOfDayDescription(pattern).text]
        let days = DaysDescription(selection).text
        if !days.isEmpty { parts.append(days) }
        if let weeks = pattern.weeks {
            let numbers = EnglishText.numbers(weeks, in: 1...53)
            parts.append("in \(numbers.contains(" ") ? "weeks" : "week") \(numbers) of the ISO year")
        }
        if pattern.months & 0x1FFE != 0x1FFE {
            parts.append("in " + EnglishText.names(UInt64(pattern.months) >> 1, EnglishText.months))
        }
        if case .fields(let fields) = source, let year = fields.year, year.description != "*" {
            parts.append(pattern.years.inWords)
        }
        var text = parts.joined(separator: ", ")
        text += EnglishText.bounds(from: start, until: end)
        return text + ", \(zone.spokenName)" + EnglishText.jitter(jitter)
    }
}

extension Zone {
    /// How people call the zone: `Berlin time`, `UTC`, `local time`.
    public var spokenName: String {
        if identifier == "UTC" || identifier == "Etc/UTC" { return "UTC" }
        let place = identifier.split(separator: "/").last.map(String.init) ?? identifier
        let isPlace = identifier.contains("/") && !identifier.hasPrefix("Etc/")
        return (isPlace ? place.replacing("_", with: " ") : identifier) + " time"
    }
}
