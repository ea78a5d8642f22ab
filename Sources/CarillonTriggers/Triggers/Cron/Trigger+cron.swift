#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension Trigger {
    /// Fires at the wall times that cron fields select: `.cron(hour: 9, dayOfWeek: "mon-fri")`. Weekday 0 is Monday.
    ///
    /// - Parameters:
    ///   - start: No fire time lies before it.
    ///   - end: No fire time lies after it.
    ///   - zone: The zone whose clock is meant; without it, the scheduler's.
    ///   - jitter: The most that a job may start after its scheduled time, at random; up to a day.
    ///   - gap: What becomes of times that the clock skips.
    ///   - fold: What becomes of times that the clock shows twice.
    /// - Throws: `TriggerError`, naming the field and what is allowed in it; also if `end` lies before `start`.
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
        jitter: Duration = .zero,
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
        let (first, last) = (start.map { Moment(Instant($0)) }, end.map { Moment(Instant($0)) })
        try Moment.check(start: first, end: last)
        return Trigger(
            try CronTrigger(
                .fields(fields),
                start: first,
                end: last,
                zone: zone,
                jitter: jitter.roundedMicroseconds,
                gap: gap,
                fold: fold
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
        jitter: Duration = .zero,
        gap: GapPolicy = .once,
        fold: FoldPolicy = .first,
        weekdays: CrontabWeekdays = .standard
    ) throws(TriggerError) -> Trigger {
        do {
            return Trigger(
                try CronTrigger(
                    .crontab(expression, weekdays: weekdays),
                    zone: zone,
                    jitter: jitter.roundedMicroseconds,
                    gap: gap,
                    fold: fold
                )
            )
        } catch {
            // The text has no key here.
            throw error.without("expression")
        }
    }

    /// The same from an expression in either form.
    ///
    /// - Throws: `TriggerError`, naming the field and what is allowed in it.
    package static func cron(
        _ source: CronSource,
        end: Moment? = nil,
        in zone: Zone? = nil,
        gap: GapPolicy = .once,
        fold: FoldPolicy = .first
    ) throws(TriggerError) -> Trigger {
        Trigger(try CronTrigger(source, end: end, zone: zone, gap: gap, fold: fold))
    }
}
