extension CalendarIntervalTrigger {
    /// The interval in plain words: `every month on day 31 at 09:00, from 2025-01-31, Berlin time`.
    var description: String { text(from: parameters.start) }

    var summary: String { text(from: nil) }

    /// The same, told from a start or without one.
    private func text(from bound: Moment?) -> String {
        let (length, start, timeOfDay) = (parameters.length, parameters.start, parameters.timeOfDay)
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
        return text + EnglishText.bounds(from: bound, until: parameters.end) + ", \(parameters.zone.spokenName)"
    }
}
