/// Fires at a time of day on dates that lie calendar intervals apart: every month, every second year, every 5 days.
///
/// From one date to the next, years and months are added first, again and again until the day exists, then weeks and
/// days. Source: APScheduler's `CalendarIntervalTrigger`.
final class CalendarIntervalTrigger: TriggerKind {
    struct Parameters: Hashable {
        /// The distance between two dates.
        var length: CalendarLength
        /// When the trigger fires on each of its dates.
        var timeOfDay: TimeOfDay
        /// The first date; without it, the date on which the trigger is added.
        var start: Moment?
        /// No fire time lies on a later date.
        var end: Moment?
        /// What becomes of a time that the clock skips on one of the dates.
        var gap: GapPolicy
        /// The zone whose clock is meant.
        var zone: Zone
        let zoneOrigin: ZoneOrigin
    }

    let parameters: Parameters
    private let step: DateStep
    private let zoned: ZonedPattern<CalendarIntervalPattern>?

    /// - Throws: `TriggerError`, naming the field, its value and what is allowed.
    convenience init(
        _ length: CalendarLength,
        at timeOfDay: TimeOfDay = TimeOfDay(),
        start: Moment? = nil,
        end: Moment? = nil,
        zone: Zone? = nil,
        gap: GapPolicy = .once
    ) throws(TriggerError) {
        try timeOfDay.check()
        self.init(
            Parameters(
                length: length, timeOfDay: timeOfDay, start: start, end: end, gap: gap, zone: zone ?? .utc,
                zoneOrigin: ZoneOrigin(isOwn: zone != nil)),
            step: try DateStep(length))
    }

    private init(_ parameters: Parameters, step: DateStep) {
        self.parameters = parameters
        self.step = step
        zoned = parameters.start.map { start in
            ZonedPattern(
                CalendarIntervalPattern(
                    first: start.date,
                    last: parameters.end?.date,
                    step: step,
                    secondOfDay: parameters.timeOfDay.secondOfDay
                ),
                rules: parameters.zone.rules,
                policy: .wallClock(gap: parameters.gap, fold: .first)
            )
        }
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

    var firing: FiringRule {
        .oncePerDay(
            at: Int64(parameters.timeOfDay.secondOfDay),
            zoned.map { FiringRule.ZonedTimes(rules: $0.rules, policy: $0.policy) })
    }

    var wallTimes: (any WallTimes)? { zoned }

    var zone: Zone? { parameters.zone }
    var hasOwnZone: Bool { parameters.zoneOrigin.isOwn }
    func with(zone: Zone) -> any TriggerKind { with { $0.zone = zone } }

    private func with(_ change: (inout Parameters) -> Void) -> CalendarIntervalTrigger {
        var parameters = parameters
        change(&parameters)
        return CalendarIntervalTrigger(parameters, step: step)
    }

    // MARK: What depends on the moment it is added

    var isAnchored: Bool { zoned != nil }

    /// With its first date fixed at the moment it is added, if no start date is given.
    func anchored(at time: Instant) -> any TriggerKind {
        guard zoned == nil else { return self }
        let wall = time.flooredSeconds + Int64(parameters.zone.offset(at: time))
        let midnight = wall.flooredQuotient(by: CivilLimits.secondsPerDay) * CivilLimits.secondsPerDay
        return with { $0.start = Moment(wall: midnight, hasTime: false) }
    }

    func isSame(asGiven given: any TriggerKind) -> Bool {
        guard let given = given as? CalendarIntervalTrigger else { return false }
        guard given.parameters.start == nil else { return self == given }
        var anchored = given.parameters
        anchored.start = parameters.start
        return parameters == anchored
    }
}
