/// A time of day.
struct TimeOfDay: Hashable, Sendable {
    /// 0 to 23.
    var hour = 0
    /// 0 to 59.
    var minute = 0
    /// 0 to 59.
    var second = 0

    /// - Throws: `TriggerError`, naming the unit that is out of range.
    func check() throws(TriggerError) {
        for (name, value, limit) in [("hour", hour, 23), ("minute", minute, 59), ("second", second, 59)]
        where !(0...limit).contains(value) {
            throw TriggerError(.invalidValue, field: name, value: String(value), "is not in 0...\(limit)")
        }
    }

    /// Seconds after midnight.
    var secondOfDay: Int { hour * 3600 + minute * 60 + second }
}
