/// The time between two fire times of an interval as it was given, by unit.
struct IntervalLength: Hashable, Sendable {
    /// 0 or more.
    var weeks = 0
    /// 0 or more, of 24 hours each.
    var days = 0
    /// 0 or more; not held to 24.
    var hours = 0
    /// 0 or more; not held to 60.
    var minutes = 0
    /// 0 or more; not held to 60.
    var seconds = 0
    /// Behind the point of the seconds; 0 to 999,999.
    var microseconds = 0

    /// The parts of whole numbers with their names, the longest unit first.
    var parts: [(name: String, value: Int, seconds: Int64)] {
        [
            ("weeks", weeks, 604_800), ("days", days, 86_400), ("hours", hours, 3600), ("minutes", minutes, 60),
            ("seconds", seconds, 1),
        ]
    }

    /// The seconds with their fraction.
    var decimalSeconds: DecimalSeconds { DecimalSeconds(seconds: seconds, microseconds: microseconds) }

    /// Whether days or weeks are given, which are 24 hours and 7 times 24 hours.
    var isGivenInDays: Bool { weeks > 0 || days > 0 }

    /// Shorter ones are refused.
    private static let shortest: Int64 = 1000
    private static let tooShort = "is shorter than a millisecond, the shortest interval"

    /// - Throws: `TriggerError` if a part is out of range, or all together are shorter than a millisecond.
    func microsecondsInAll() throws(TriggerError) -> Int64 {
        // Longer than the time line is long.
        let longest: Int64 = 400_000_000_000
        var total: Int64 = 0
        for (name, value, seconds) in parts {
            guard value >= 0, Int64(value) <= longest / seconds else {
                throw TriggerError(
                    .invalidValue,
                    field: name,
                    value: String(value),
                    "is not a whole number from 0 to \(longest / seconds)"
                )
            }
            total += Int64(value) * seconds
        }
        guard total > 0 || microseconds > 0 else {
            throw TriggerError(
                .invalidValue,
                "an interval is longer than nothing: give weeks, days, hours, minutes or seconds above 0"
            )
        }
        guard total > 0 || microseconds >= Self.shortest else {
            throw TriggerError(
                .invalidValue, field: "seconds", value: decimalSeconds.description, Self.tooShort)
        }
        return total * 1_000_000 + Int64(microseconds)
    }
}

extension IntervalLength {
    /// A duration, as seconds with their fraction.
    ///
    /// - Throws: `TriggerError` if it is shorter than a millisecond.
    init(_ duration: Duration) throws(TriggerError) {
        guard duration > .zero else {
            throw TriggerError(
                .invalidValue, value: "\(duration)", "is not a duration above zero, as an interval has to be")
        }
        let seconds = DecimalSeconds(microseconds: duration.roundedMicroseconds)
        guard duration.roundedMicroseconds >= Self.shortest else {
            let words = seconds == .zero ? "\(duration)" : "\(seconds) seconds"
            throw TriggerError(.invalidValue, value: words, Self.tooShort)
        }
        self.init(seconds: seconds.seconds, microseconds: seconds.microseconds)
    }
}
