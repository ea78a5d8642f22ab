extension Trigger {
    /// Fires on dates that lie calendar intervals apart: `.calendarInterval(months: 1, hour: 9)`.
    ///
    /// - Parameters:
    ///   - start: The first date, `YYYY-MM-DD`; without it, the date on which the trigger is added.
    ///   - end: The last date that may be one, `YYYY-MM-DD`.
    /// - Throws: `TriggerError` if a number is out of range, all are zero, a date is malformed, or `end` lies before `start`.
    public static func calendarInterval(
        years: Int = 0,
        months: Int = 0,
        weeks: Int = 0,
        days: Int = 0,
        hour: Int = 0,
        minute: Int = 0,
        second: Int = 0,
        start: String? = nil,
        end: String? = nil,
        in zone: Zone? = nil,
        gap: GapPolicy = .once
    ) throws(TriggerError) -> Trigger {
        var first: Moment?
        var last: Moment?
        if let start { first = try Moment(text: start, form: .dateOnly, field: "start_date") }
        if let end { last = try Moment(text: end, form: .dateOnly, field: "end_date") }
        try Moment.check(start: first, end: last)
        return Trigger(
            try CalendarIntervalTrigger(
                CalendarLength(years: years, months: months, weeks: weeks, days: days),
                at: TimeOfDay(hour: hour, minute: minute, second: second),
                start: first,
                end: last,
                zone: zone,
                gap: gap
            )
        )
    }
}
