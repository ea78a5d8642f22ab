/// The way from one date of a calendar interval to the next.
struct DateStep: Hashable, Sendable {
    /// Years count as 12.
    let months: Int
    /// Weeks count as 7.
    let days: Int

    init(_ length: CalendarLength) throws(TriggerError) {
        // Further than the calendar of four-digit years goes.
        let parts = [
            ("years", length.years, 10_000), ("months", length.months, 120_000),
            ("weeks", length.weeks, 530_000), ("days", length.days, 3_700_000),
        ]
        for (name, value, limit) in parts where !(0...limit).contains(value) {
            throw TriggerError(
                .invalidValue,
                field: name,
                value: String(value),
                "is not a whole number from 0 to \(limit)"
            )
        }
        months = length.years * 12 + length.months
        days = length.weeks * 7 + length.days
        guard months + days > 0 else {
            throw TriggerError(
                .invalidValue,
                "a calendar interval is longer than nothing: give years, months, weeks or days above 0"
            )
        }
    }

    /// The date one step on, while the year has four digits.
    func next(after date: CivilDate) -> CivilDate? {
        var next = date
        if months > 0 {
            var month = date.year * 12 + date.month - 1
            repeat {
                month += months
                guard month < 10_000 * 12 else { return nil }
                next.year = month / 12
                next.month = month % 12 + 1
            } while next.day > CivilDate.days(in: next.month, of: next.year)
        }
        if days > 0 {
            next = CivilDate(daysSince1970: next.daysSince1970 + days)
        }
        return next.year <= 9999 ? next : nil
    }
}
