/// A duration in words.
struct TimeSpan {
    private static let units: [(name: String, seconds: Int64)] = [
        ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1),
    ]

    private let microseconds: Int64

    /// Takes a duration in microseconds; its sign does not count.
    init(_ microseconds: Int64) { self.microseconds = microseconds == .min ? .max : abs(microseconds) }

    /// The two largest units, such as `40 days` or `1 hour 30 minutes`; below ten seconds, seconds with one decimal.
    var words: String {
        if microseconds < 9_950_000 {
            let tenths = (microseconds + 50_000) / 100_000
            return tenths % 10 == 0 ? Self.counted(tenths / 10, "second") : "\(tenths / 10).\(tenths % 10) seconds"
        }
        var seconds = microseconds / 1_000_000 + (microseconds % 1_000_000 >= 500_000 ? 1 : 0)
        var words: [String] = []
        for (name, length) in Self.units where words.count < 2 {
            // Only the next smaller unit is added: a day and a second is a day.
            if seconds >= length { words.append(Self.counted(seconds / length, name)) } else if !words.isEmpty { break }
            seconds %= length
        }
        return words.joined(separator: " ")
    }

    private static func counted(_ count: Int64, _ name: String) -> String { "\(count) \(name)\(count == 1 ? "" : "s")" }
}
