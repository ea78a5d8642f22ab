extension DateTrigger {
    /// `once, on Monday 1 December 2025 at 08:00, Berlin time`.
    var description: String { text(at: fireTime) }

    var summary: String { text(at: Instant(seconds: fireTime.flooredSeconds)) }

    private func text(at time: Instant) -> String {
        "once, on \(EnglishText.dateAndTime(time, in: parameters.zone)), \(parameters.zone.spokenName)"
    }
}
