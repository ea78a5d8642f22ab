/// The wall times of a calendar interval.
///
/// Steps of days alone or of months alone are reached by division. Where both are given, each date depends on the one
/// before it, and the dates are walked from the first one on.
struct CalendarIntervalPattern: WallPattern {
    private let first: CivilDate
    private let lastDay: Int
    private let step: DateStep
    let secondOfDay: Int64

    init(first: CivilDate, last: CivilDate?, step: DateStep, secondOfDay: Int) {
        self.first = first
        lastDay = (last ?? CivilDate(uncheckedYear: 9999, month: 12, day: 31)).daysSince1970
        self.step = step
        self.secondOfDay = Int64(secondOfDay)
    }

    func next(atOrAfter wall: WallSeconds) -> WallSeconds? {
        // The first day whose time of day is not before the wall time.
        let day = -Int((secondOfDay - wall).flooredQuotient(by: CivilLimits.secondsPerDay))
        return nextDay(atOrAfter: day).map(wallTime)
    }

    func previous(atOrBefore wall: WallSeconds) -> WallSeconds? {
        let day = Int((wall - secondOfDay).flooredQuotient(by: CivilLimits.secondsPerDay))
        return previousDay(atOrBefore: day).map(wallTime)
    }

    func count(from first: WallSeconds, through last: WallSeconds) -> Int {
        let firstDay = -Int((secondOfDay - first).flooredQuotient(by: CivilLimits.secondsPerDay))
        let end = min(Int((last - secondOfDay).flooredQuotient(by: CivilLimits.secondsPerDay)), lastDay)
        let start = max(firstDay, self.first.daysSince1970)
        guard start <= end else { return 0 }
        if step.months == 0 {
            let origin = self.first.daysSince1970
            return (end - origin) / step.days - (start - 1 - origin + step.days) / step.days + 1
        }
        var total = 0
        var date = nextDay(atOrAfter: start).map { CivilDate(daysSince1970: $0) }
        while let current = date, current.daysSince1970 <= end {
            total += 1
            date = step.next(after: current)
        }
        return total
    }

    private func wallTime(_ day: Int) -> WallSeconds { Int64(day) * CivilLimits.secondsPerDay + secondOfDay }

    private func nextDay(atOrAfter day: Int) -> Int? {
        let origin = first.daysSince1970
        guard day > origin else { return origin <= lastDay ? origin : nil }
        guard day <= lastDay else { return nil }
        if step.months == 0 {
            let next = origin + (day - origin + step.days - 1) / step.days * step.days
            return next <= lastDay ? next : nil
        }
        var date: CivilDate? = step.days == 0 ? monthStep(before: CivilDate(daysSince1970: day)) : first
        while let current = date {
            let number = current.daysSince1970
            if number > lastDay { return nil }
            if number >= day { return number }
            date = step.next(after: current)
        }
        return nil
    }

    private func previousDay(atOrBefore day: Int) -> Int? {
        let origin = first.daysSince1970
        let day = min(day, lastDay)
        guard day >= origin else { return nil }
        if step.months == 0 { return origin + (day - origin) / step.days * step.days }
        var latest = step.days == 0 ? monthStep(before: CivilDate(daysSince1970: day)) : first
        while let next = step.next(after: latest), next.daysSince1970 <= day { latest = next }
        return latest.daysSince1970
    }

    /// A date of the sequence that lies before a later one, and not many steps before it.
    private func monthStep(before date: CivilDate) -> CivilDate {
        let distance = (date.year - first.year) * 12 + date.month - first.month
        var steps = distance / step.months - 1
        while steps > 0 {
            let month = first.year * 12 + first.month - 1 + steps * step.months
            let year = month / 12
            if first.day <= CivilDate.days(in: month % 12 + 1, of: year) {
                return CivilDate(uncheckedYear: year, month: month % 12 + 1, day: first.day)
            }
            steps -= 1
        }
        return first
    }
}
