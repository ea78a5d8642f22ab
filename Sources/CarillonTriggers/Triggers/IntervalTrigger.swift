/// Fires again and again after the same elapsed time, counted from an anchor. A day is 24 hours, whatever clocks do.
public struct IntervalTrigger: Hashable, Sendable {
    /// When an interval without a start date fires first.
    public enum FirstRun: String, Sendable, Hashable, CaseIterable, Codable {
        /// At the moment it is added.
        case immediately
        /// One interval later.
        case afterInterval = "after_interval"
    }

    /// The time between two fire times as it was given, by unit.
    public struct Length: Hashable, Sendable {
        /// 0 or more.
        public var weeks: Int
        /// 0 or more, of 24 hours each.
        public var days: Int
        /// 0 or more; not held to 24.
        public var hours: Int
        /// 0 or more; not held to 60.
        public var minutes: Int
        /// 0 or more; not held to 60.
        public var seconds: Int

        /// Takes the numbers; they are checked when a trigger is made of them.
        public init(weeks: Int = 0, days: Int = 0, hours: Int = 0, minutes: Int = 0, seconds: Int = 0) {
            self.weeks = weeks
            self.days = days
            self.hours = hours
            self.minutes = minutes
            self.seconds = seconds
        }

        /// The parts with their names, the longest unit first.
        var parts: [(name: String, value: Int, seconds: Int64)] {
            [
                ("weeks", weeks, 604_800), ("days", days, 86_400), ("hours", hours, 3600), ("minutes", minutes, 60),
                ("seconds", seconds, 1),
            ]
        }

        func totalSeconds() throws(TriggerError) -> Int64 {
            // Longer than the time line is long.
            let longest: Int64 = 400_000_000_000
            var total: Int64 = 0
            for (name, value, seconds) in parts {
                guard value >= 0, Int64(value) <= longest / seconds else {
                    throw TriggerError(
                        .invalidValue,
                        field: name,
                        value: String(value),
                        "is not a whole number from 0 to \(longest / seconds)"
                    )
                }
                total += Int64(value) * seconds
            }
            guard total > 0 else {
                throw TriggerError(
                    .invalidValue,
                    "an interval is longer than nothing: give weeks, days, hours, minutes or seconds above 0"
                )
            }
            return total
        }
    }

    /// The time between two fire times.
    public let length: Length
    /// The first fire time; without it the interval begins when it is added.
    public let start: Moment?
    /// No fire time lies after it.
    public let end: Moment?
    /// When the interval fires first if it has no start date.
    public let firstRun: FirstRun
    /// The most that a job may start after its scheduled time, at random, in seconds.
    public let jitter: Int
    /// The zone that dates without an offset are read in.
    public let zone: Zone
    /// Whether the zone was given with the trigger; otherwise the scheduler's takes its place.
    public var hasOwnZone: Bool { zoneOrigin.isOwn }
    private let zoneOrigin: ZoneOrigin

    /// Microseconds between two fire times.
    let period: Int64
    private let anchor: Instant?
    private let last: Instant

    /// - Throws: `TriggerError`, naming the field, its value and what is allowed.
    package init(
        _ length: Length,
        start: Moment? = nil,
        end: Moment? = nil,
        zone: Zone? = nil,
        jitter: Int = 0,
        firstRun: FirstRun = .immediately
    ) throws(TriggerError) {
        guard (0...Jitter.maximum).contains(jitter) else { throw Jitter.refused(jitter) }
        self.init(
            length,
            period: try length.totalSeconds() * 1_000_000,
            start: start,
            end: end,
            zone: zone ?? .utc,
            hasOwnZone: zone != nil,
            jitter: jitter,
            firstRun: firstRun
        )
    }

    private init(
        _ length: Length,
        period: Int64,
        start: Moment?,
        end: Moment?,
        zone: Zone,
        hasOwnZone: Bool,
        jitter: Int,
        firstRun: FirstRun
    ) {
        self.length = length
        self.period = period
        self.start = start
        self.end = end
        self.zone = zone
        zoneOrigin = ZoneOrigin(isOwn: hasOwnZone)
        self.jitter = jitter
        self.firstRun = firstRun
        anchor = start?.instant(in: zone)
        // The last instant that can be written with four digits for the year.
        let lastWritable = Instant(seconds: CivilLimits.lastWall - Int64(zone.rules.offset(at: CivilLimits.lastWall)))
        last = min(end?.instant(in: zone) ?? lastWritable, lastWritable)
    }

    /// The same with the newest rules of its zone.
    func renewed() -> IntervalTrigger { with(start: start, end: end, zone: zone.current) }

    func resolved(defaultZone: Zone) -> IntervalTrigger {
        hasOwnZone || zone == defaultZone ? self : with(start: start, end: end, zone: defaultZone)
    }

    /// The same interval with its phase fixed at the moment it is added, where no start date fixes it.
    func anchored(at time: Instant) -> IntervalTrigger {
        guard start == nil else { return self }
        let first = firstRun == .immediately ? time : time.advanced(byMicroseconds: period)
        guard first.flooredSeconds <= CivilLimits.lastWall else {
            // No start date can be written for an interval that first fires after the year 9999: it has ended.
            return with(start: Moment(time), end: Moment(.earliest), zone: zone)
        }
        return with(start: Moment(first), end: end, zone: zone)
    }

    /// Whether it is what an interval without a start date became when it was added.
    func isAnchored(form given: IntervalTrigger) -> Bool {
        given.start == nil && self == given.with(start: start, end: given.end, zone: given.zone)
    }

    /// The interval for a clock that was set back, and the next fire time by it, at most one period away; nothing where
    /// the next one is no further away, or where the interval waits for its start date.
    package func turnedBack(to now: Instant, next: Instant, added: Instant) -> (trigger: Trigger, next: Instant)? {
        guard let anchor, next.microseconds - now.microseconds > period else { return nil }
        // A phase that was fixed when the trigger was added begins then, or one period later.
        let waitsForStart = next <= anchor && anchor > added.advanced(byMicroseconds: period)
        guard !waitsForStart else { return nil }
        let ahead = (next.microseconds - now.microseconds - 1) % period + 1
        let turned = now.advanced(byMicroseconds: ahead)
        let trigger = turned < anchor ? with(start: Moment(turned), end: end, zone: zone) : self
        return (Trigger(.interval(trigger)), turned)
    }

    private func with(start: Moment?, end: Moment?, zone: Zone) -> IntervalTrigger {
        IntervalTrigger(
            length,
            period: period,
            start: start,
            end: end,
            zone: zone,
            hasOwnZone: hasOwnZone,
            jitter: jitter,
            firstRun: firstRun
        )
    }

    func next(after time: Instant) -> Instant? { times(from: time).next(after: time) }

    func previous(before time: Instant) -> Instant? { times?.previous(before: time) }

    func count(after start: Instant, through end: Instant) -> Int {
        times(from: start).count(after: start, through: end)
    }

    /// The fire times, where a start date fixes their phase.
    var times: PeriodicTimes? { anchor.map { PeriodicTimes(first: $0, period: period, last: last) } }

    private func times(from time: Instant) -> PeriodicTimes {
        PeriodicTimes(first: anchor ?? time, period: period, last: last)
    }
}
