import CarillonTriggers

/// Fires at full moon, by the mean month of 29.53 days.
struct FullMoon: CustomTrigger {
    static let typeName = "full-moon"

    /// The first full moon at which it fires; 21 January 2000, 04:40 UTC.
    var first = Instant(seconds: 948_429_600)

    func next(after time: Instant) -> Instant? {
        guard time >= first else { return first }
        let month: Int64 = 2_551_442_877_000
        let passed = (time.microseconds - first.microseconds) / month
        return Instant(microseconds: first.microseconds + (passed + 1) * month)
    }

    var description: String { "at full moon" }
}
