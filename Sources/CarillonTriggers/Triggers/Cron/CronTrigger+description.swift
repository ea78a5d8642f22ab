extension CronTrigger {
    /// The expression in plain words: `at 09:00, Monday to Friday, Berlin time`.
    var description: String {
        let source = parameters.source
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
        text += EnglishText.bounds(from: parameters.start, until: parameters.end)
        return text + ", \(parameters.zone.spokenName)" + EnglishText.jitter(jitter)
    }
}
