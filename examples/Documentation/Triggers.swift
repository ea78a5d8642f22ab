import CarillonTriggers
import Foundation

// The Swift of docs/triggers.md.

func date() throws -> Trigger {
    let launch = try Trigger.date("2027-06-01T09:00:00", in: Zone("Europe/Berlin"))
    return launch
}

func interval() throws -> Trigger {
    let poll = try Trigger.interval(minutes: 5, jitter: .seconds(30), firstRun: .afterInterval)
    return poll
}

func cron() throws -> Trigger {
    let office = try Trigger.cron(hour: "9-17", minute: "*/15", dayOfWeek: "mon-fri", in: Zone("Europe/Berlin"))
    return office
}

func crontab() throws -> Trigger {
    let payday = try Trigger.crontab("0 9 LW * *", in: Zone("Europe/Berlin"), gap: .skip)
    return payday
}

func calendarInterval() throws -> Trigger {
    let invoices = try Trigger.calendarInterval(months: 1, hour: 9, start: "2027-01-31", in: Zone("Europe/Berlin"))
    return invoices
}

func either() throws -> Trigger {
    let shifts = try Trigger.any(of: .crontab("0 6 * * mon-fri"), .crontab("0 8 * * sat"))
    return shifts
}

func both() throws -> Trigger {
    let fridays = try Trigger.all(of: .cron(hour: 9, dayOfWeek: "fri"), .cron(week: "*/2", hour: 9))
    return fridays
}

func asked() throws {
    let trigger = try Trigger.crontab("30 2 * * *", in: Zone("America/New_York"))
    let now = Instant(.now)
    print(trigger.next(after: now)?.formatted(in: .utc) ?? "never")
    for time in trigger.fireTimes(after: now).prefix(3) { print(time.date) }
    print(trigger)  // at 02:30, New York time
}

/// The triggers of the page, in its order.
func triggersOfPage() throws -> [Trigger] {
    try [date(), interval(), cron(), crontab(), calendarInterval(), either(), both()]
}
