/// The days that the two day fields of a cron expression select, in words; empty for every day.
struct DaysDescription {
    let text: String

    init(_ selection: CronSelection) {
        let daysOfMonth = selection.days == .allDays ? "" : Self.daysOfMonth(selection.days)
        let weekdays = selection.daysOfWeek == .allWeekdays ? "" : Self.weekdays(selection.daysOfWeek)
        switch selection.combination {
        // One of them that is every day makes either of them every day.
        case .either where daysOfMonth.isEmpty || weekdays.isEmpty: text = ""
        case .either: text = "on \(daysOfMonth) or on \(weekdays)"
        case .both where !daysOfMonth.isEmpty && !weekdays.isEmpty:
            text = "on \(daysOfMonth) when that is \(weekdays)"
        case .both:
            let days = daysOfMonth + weekdays
            text = days.isEmpty || days.contains(" to ") && daysOfMonth.isEmpty ? days : "on \(days)"
        }
    }

    private static func daysOfMonth(_ days: CronDays) -> String {
        var parts: [String] = []
        if days.numbers & ~1 == ~1 {
            parts.append("every day")
        } else if days.numbers != 0 {
            let numbers = EnglishText.numbers(UInt64(days.numbers), in: 1...31)
            parts.append((numbers.contains(" ") ? "days " : "day ") + numbers)
        }
        for day in 1...31 where days.nearestWorkdays & (1 << UInt32(day)) != 0 {
            parts.append("the day from Monday to Friday nearest day \(day)")
        }
        if days.lastDay { parts.append("the last day") }
        if days.lastWorkday { parts.append("the last day from Monday to Friday") }
        parts += positions(days)
        return EnglishText.list(parts, "and") + " of the month"
    }

    private static func weekdays(_ days: CronDays) -> String {
        var parts: [String] = []
        if days.weekdays != 0 { parts.append(EnglishText.names(UInt64(days.weekdays), EnglishText.weekdays)) }
        let positions = positions(days)
        if positions.isEmpty { return EnglishText.list(parts, "and") }
        return EnglishText.list(parts + positions, "and") + " of the month"
    }

    /// `the second Tuesday`, `the last Friday`.
    private static func positions(_ days: CronDays) -> [String] {
        var parts: [String] = []
        for (nth, ordinal) in EnglishText.ordinals.enumerated() {
            let weekdays = days.nthWeekdays >> UInt64(7 * nth) & 0x7F
            if weekdays != 0 { parts.append("the \(ordinal) \(EnglishText.names(weekdays, EnglishText.weekdays))") }
        }
        if days.lastWeekdays != 0 {
            parts.append("the last \(EnglishText.names(UInt64(days.lastWeekdays), EnglishText.weekdays))")
        }
        return parts
    }
}
