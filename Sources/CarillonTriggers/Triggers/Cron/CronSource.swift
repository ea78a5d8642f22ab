/// Where a cron expression comes from.
package enum CronSource: Hashable, Sendable {
    /// APScheduler's eight fields.
    case fields(CronFields)
    /// Crontab text of 5 or 6 fields, or a macro such as `@daily`.
    case crontab(String, weekdays: CrontabWeekdays)

    func selection() throws(TriggerError) -> CronSelection {
        switch self {
        case .fields(let fields): try fields.selection()
        case .crontab(let text, let weekdays): try CrontabParser(weekdays: weekdays).parse(text)
        }
    }
}
