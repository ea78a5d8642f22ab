/// What a cron expression selects, as its parser read it.
struct CronSelection {
    let pattern: CronPattern
    /// Whether hour, minute or second begin with a star.
    let followsElapsedTime: Bool
    /// What the day-of-month field selects.
    let days: CronDays
    /// What the weekday field selects.
    let daysOfWeek: CronDays
    /// How the two are put together.
    let combination: CronDays.Combination
}
