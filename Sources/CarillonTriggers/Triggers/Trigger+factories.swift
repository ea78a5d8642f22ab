#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension Trigger {
    /// Fires once, at a date.
    public static func date(_ date: Date) -> Trigger { Trigger(.date(DateTrigger(Moment(Instant(date))))) }

    /// Fires once, at a date and time as text, such as `2025-12-01T08:00:00` or `2025-12-01T08:00:00+01:00`.
    ///
    /// - Throws: `TriggerError` where the text is not a date and time.
    public static func date(_ text: String, in zone: Zone? = nil) throws(TriggerError) -> Trigger {
        Trigger(.date(DateTrigger(try Moment(text: text, field: "run_date"), zone: zone)))
    }

    /// Fires again and again after the same time: `.interval(minutes: 5)`.
    ///
    /// - Parameters:
    ///   - start: The first fire time; without it the interval begins when the trigger is added.
    ///   - end: No fire time lies after it.
    ///   - zone: Has no influence on the fire times; it is the zone they are shown in.
    ///   - jitter: The most that a job may start after its scheduled time, at random, in seconds.
    ///   - firstRun: When an interval without `start` fires first.
    /// - Throws: `TriggerError` where a number is negative or all are zero.
    public static func interval(
        weeks: Int = 0,
        days: Int = 0,
        hours: Int = 0,
        minutes: Int = 0,
        seconds: Int = 0,
        start: Date? = nil,
        end: Date? = nil,
        in zone: Zone? = nil,
        jitter: Int = 0,
        firstRun: IntervalTrigger.FirstRun = .immediately
    ) throws(TriggerError) -> Trigger {
        let length = IntervalTrigger.Length(
            weeks: weeks,
            days: days,
            hours: hours,
            minutes: minutes,
            seconds: seconds
        )
        return Trigger(
            .interval(
                try IntervalTrigger(
                    length,
                    start: start.map { Moment(Instant($0)) },
                    end: end.map { Moment(Instant($0)) },
                    zone: zone,
                    jitter: jitter,
                    firstRun: firstRun
                )
            )
        )
    }

    /// Fires at the wall times that cron fields select: `.cron(hour: 9, dayOfWeek: "mon-fri")`. Weekday 0 is Monday.
    ///
    /// - Throws: `TriggerError`, naming the field and what is allowed in it.
    public static func cron(
        year: CronField? = nil,
        month: CronField? = nil,
        day: CronField? = nil,
        week: CronField? = nil,
        hour: CronField? = nil,
        minute: CronField? = nil,
        second: CronField? = nil,
        dayOfWeek: CronField? = nil,
        start: Date? = nil,
        end: Date? = nil,
        in zone: Zone? = nil,
        jitter: Int = 0,
        gap: GapPolicy = .once,
        fold: FoldPolicy = .first
    ) throws(TriggerError) -> Trigger {
        let fields = CronFields(
            year: year,
            month: month,
            day: day,
            week: week,
            dayOfWeek: dayOfWeek,
            hour: hour,
            minute: minute,
            second: second
        )
        return Trigger(
            .cron(
                try CronTrigger(
                    .fields(fields),
                    start: start.map { Moment(Instant($0)) },
                    end: end.map { Moment(Instant($0)) },
                    zone: zone,
                    jitter: jitter,
                    gap: gap,
                    fold: fold
                )
            )
        )
    }

    /// Fires at the wall times that crontab text selects: `.crontab("*/15 9-17 * * mon-fri", in: zone)`.
    ///
    /// - Parameters:
    ///   - expression: Five fields, six with seconds in front, or a macro such as `@daily`.
    ///   - weekdays: Whether weekday 0 is Sunday, as in crontabs, or Monday, as APScheduler reads them.
    /// - Throws: `TriggerError`, naming the field and what is allowed in it.
    public static func crontab(
        _ expression: String,
        in zone: Zone? = nil,
        jitter: Int = 0,
        gap: GapPolicy = .once,
        fold: FoldPolicy = .first,
        weekdays: CrontabWeekdays = .standard
    ) throws(TriggerError) -> Trigger {
        do {
            return Trigger(
                .cron(
                    try CronTrigger(
                        .crontab(expression, weekdays: weekdays),
                        zone: zone,
                        jitter: jitter,
                        gap: gap,
                        fold: fold
                    )
                )
            )
        } catch {
            // There is no key here that the text stands behind.
            throw error.without("expression")
        }
    }

    /// Fires on dates that lie calendar intervals apart: `.calendarInterval(months: 1, hour: 9)`.
    ///
    /// - Parameters:
    ///   - start: The first date, `YYYY-MM-DD`; without it, the date on which the trigger is added.
    ///   - end: The last date that may be one, `YYYY-MM-DD`.
    /// - Throws: `TriggerError` where a number is out of range, all are zero, or a date is malformed.
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
        return Trigger(
            .calendarInterval(
                try CalendarIntervalTrigger(
                    CalendarIntervalTrigger.Length(years: years, months: months, weeks: weeks, days: days),
                    at: CalendarIntervalTrigger.TimeOfDay(hour: hour, minute: minute, second: second),
                    start: first,
                    end: last,
                    zone: zone,
                    gap: gap
                )
            )
        )
    }

    /// Fires whenever one of the triggers does; where several do at once, once.
    public static func any(of first: Trigger, _ others: Trigger...) -> Trigger {
        Trigger(.any(UnionTrigger(first, others)))
    }

    /// Fires when all of the triggers do at the same instant.
    public static func all(of first: Trigger, _ others: Trigger...) -> Trigger {
        Trigger(.all(IntersectionTrigger(first, others)))
    }
}

extension Moment {
    /// Reads a text of a field.
    ///
    /// - Throws: `TriggerError` with `invalidValue` where it is not of the form.
    package init(text: String, form: Form = .any, field: String) throws(TriggerError) {
        guard let moment = Moment(text, form: form) else {
            let expected =
                switch form {
                case .dateOnly: "'2025-12-31'"
                case .rfc3339: "'2025-12-31T08:00:00+01:00' or '2025-12-31T07:00:00Z'"
                case .any: "'2025-12-31', '2025-12-31T08:00:00' or '2025-12-31T08:00:00+01:00'"
                }
            throw TriggerError(
                .invalidValue,
                field: field,
                value: text,
                text.isEmpty
                    ? "is empty; a date is written like \(expected)"
                    : "is not a date that exists, or not written like \(expected)"
            )
        }
        self = moment
    }
}
