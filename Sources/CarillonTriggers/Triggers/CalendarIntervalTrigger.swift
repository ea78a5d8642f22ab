/// Fires at a time of day on dates that lie calendar intervals apart: every month, every second year, every 5 days.
///
/// From one date to the next, years and months are added first, again and again until the day exists, then weeks and
/// days. Source: APScheduler's `CalendarIntervalTrigger`.
public struct CalendarIntervalTrigger: Hashable, Sendable {
    /// The distance between two dates, by unit.
    public struct Length: Hashable, Sendable {
        /// 0 or more.
        public var years: Int
        /// 0 or more; not held to 12.
        public var months: Int
        /// 0 or more.
        public var weeks: Int
        /// 0 or more.
        public var days: Int

        /// Takes the numbers; they are checked when a trigger is made of them.
        public init(years: Int = 0, months: Int = 0, weeks: Int = 0, days: Int = 0) {
            self.years = years
            self.months = months
            self.weeks = weeks
            self.days = days
        }
    }

    /// The time of day of every fire time.
    public struct TimeOfDay: Hashable, Sendable {
        /// 0 to 23.
        public var hour: Int
        /// 0 to 59.
        public var minute: Int
        /// 0 to 59.
        public var second: Int

        /// Takes the numbers; they are checked when a trigger is made of them.
        public init(hour: Int = 0, minute: Int = 0, second: Int = 0) {
            self.hour = hour
            self.minute = minute
            self.second = second
        }
    }

    /// The distance between two dates.
    public let length: Length
    /// When the trigger fires on each of its dates.
    public let timeOfDay: TimeOfDay
    /// The first date; without it, the date on which the trigger is added.
    public let start: Moment?
    /// No fire time lies on a later date.
    public let end: Moment?
    /// What becomes of a time that the clock skips on one of the dates.
    public let gap: GapPolicy
    /// The zone whose clock is meant.
    public let zone: Zone
    /// Whether the zone was given with the trigger; otherwise the scheduler's takes its place.
    public var hasOwnZone: Bool { zoneOrigin.isOwn }
    private let zoneOrigin: ZoneOrigin

    private let step: DateStep
    let zoned: ZonedPattern<CalendarIntervalPattern>?

    /// - Throws: `TriggerError`, naming the field, its value and what is allowed.
    package init(
        _ length: Length,
        at timeOfDay: TimeOfDay = TimeOfDay(),
        start: Moment? = nil,
        end: Moment? = nil,
        zone: Zone? = nil,
        gap: GapPolicy = .once
    ) throws(TriggerError) {
        for (name, value, limit) in [
            ("hour", timeOfDay.hour, 23), ("minute", timeOfDay.minute, 59),
            ("second", timeOfDay.second, 59),
        ]
        where !(0...limit).contains(value) {
            throw TriggerError(.invalidValue, field: name, value: String(value), "is not in 0...\(limit)")
        }
        self.init(
            length,
            step: try DateStep(length),
            timeOfDay: timeOfDay,
            start: start,
            end: end,
            zone: zone ?? .utc,
            hasOwnZone: zone != nil,
            gap: gap
        )
    }

    private init(
        _ length: Length,
        step: DateStep,
        timeOfDay: TimeOfDay,
        start: Moment?,
        end: Moment?,
        zone: Zone,
        hasOwnZone: Bool,
        gap: GapPolicy
    ) {
        self.length = length
        self.step = step
        self.timeOfDay = timeOfDay
        self.start = start
        self.end = end
        self.zone = zone
        zoneOrigin = ZoneOrigin(isOwn: hasOwnZone)
        self.gap = gap
        zoned = start.map { start in
            ZonedPattern(
                CalendarIntervalPattern(
                    first: start.date,
                    last: end?.date,
                    step: step,
                    secondOfDay: timeOfDay.hour * 3600 + timeOfDay.minute * 60 + timeOfDay.second
                ),
                rules: zone.rules,
                policy: .wallClock(gap: gap, fold: .first)
            )
        }
    }

    /// The same with the newest rules of its zone.
    func renewed() -> CalendarIntervalTrigger { with(start: start, zone: zone.current) }

    func resolved(defaultZone: Zone) -> CalendarIntervalTrigger {
        hasOwnZone || zone == defaultZone ? self : with(start: start, zone: defaultZone)
    }

    /// The same trigger with its first date fixed at the moment it is added, where no start date is given.
    func anchored(at time: Instant) -> CalendarIntervalTrigger {
        guard start == nil else { return self }
        let wall = time.flooredSeconds + Int64(zone.offset(at: time))
        let midnight = wall.flooredQuotient(by: CivilLimits.secondsPerDay) * CivilLimits.secondsPerDay
        return with(start: Moment(wall: midnight, hasTime: false), zone: zone)
    }

    /// Whether it is what a calendar interval without a start date became when it was added.
    func isAnchored(form given: CalendarIntervalTrigger) -> Bool {
        given.start == nil && self == given.with(start: start, zone: given.zone)
    }

    private func with(start: Moment?, zone: Zone) -> CalendarIntervalTrigger {
        CalendarIntervalTrigger(
            length,
            step: step,
            timeOfDay: timeOfDay,
            start: start,
            end: end,
            zone: zone,
            hasOwnZone: hasOwnZone,
            gap: gap
        )
    }

    func next(after time: Instant) -> Instant? {
        guard let zoned else { return anchored(at: time).next(after: time) }
        return zoned.next(after: time.flooredSeconds).map { Instant(seconds: $0) }
    }

    func previous(before time: Instant) -> Instant? {
        zoned?.previous(before: time.ceiledSeconds).map { Instant(seconds: $0) }
    }

    func count(after start: Instant, through end: Instant) -> Int {
        guard let zoned else { return anchored(at: start).count(after: start, through: end) }
        return zoned.count(after: start.flooredSeconds, through: end.flooredSeconds)
    }

    /// Whether both were made of the same parameters.
    public static func == (left: CalendarIntervalTrigger, right: CalendarIntervalTrigger) -> Bool {
        left.length == right.length && left.timeOfDay == right.timeOfDay && left.start == right.start
            && left.end == right.end && left.gap == right.gap && left.zone == right.zone
    }

    /// Hashes the parameters.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(length)
        hasher.combine(timeOfDay)
        hasher.combine(start)
        hasher.combine(zone)
    }
}

/// The way from one date of a calendar interval to the next.
struct DateStep: Hashable, Sendable {
    /// Years count as 12.
    let months: Int
    /// Weeks count as 7.
    let days: Int

    init(_ length: CalendarIntervalTrigger.Length) throws(TriggerError) {
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
