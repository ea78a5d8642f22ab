/// Fires at the wall times of a zone that a cron expression selects.
public struct CronTrigger: Hashable, Sendable {
    /// Where the expression comes from.
    public enum Source: Hashable, Sendable {
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

    /// The expression as it was given.
    public let source: Source
    /// No fire time lies before it.
    public let start: Moment?
    /// No fire time lies after it.
    public let end: Moment?
    /// The most that a job may start after its scheduled time, at random, in seconds.
    public let jitter: Int
    /// What becomes of times that the clock skips; wildcard expressions follow elapsed time instead.
    public let gap: GapPolicy
    /// What becomes of times that the clock shows twice; wildcard expressions follow elapsed time instead.
    public let fold: FoldPolicy
    /// The zone whose clock is meant.
    public let zone: Zone
    /// Whether the zone was given with the trigger; otherwise the scheduler's takes its place.
    public let hasOwnZone: Bool

    let compiled: CompiledCron

    /// - Throws: `TriggerError`, naming the field, its value and what is allowed.
    package init(
        _ source: Source,
        start: Moment? = nil,
        end: Moment? = nil,
        zone: Zone? = nil,
        jitter: Int = 0,
        gap: GapPolicy = .once,
        fold: FoldPolicy = .first
    ) throws(TriggerError) {
        let selection = try source.selection()
        guard (0...Jitter.maximum).contains(jitter) else { throw Jitter.refused(jitter) }
        self.source = source
        self.start = start
        self.end = end
        self.jitter = jitter
        self.gap = gap
        self.fold = fold
        self.zone = zone ?? .utc
        hasOwnZone = zone != nil
        compiled = CompiledCron(
            selection.pattern,
            policy: selection.followsElapsedTime ? .elapsed : .wallClock(gap: gap, fold: fold),
            zone: self.zone,
            start: start,
            end: end
        )
    }

    private init(_ other: CronTrigger, zone: Zone) {
        source = other.source
        start = other.start
        end = other.end
        jitter = other.jitter
        gap = other.gap
        fold = other.fold
        self.zone = zone
        hasOwnZone = other.hasOwnZone
        compiled = CompiledCron(
            other.compiled.zoned.pattern,
            policy: other.compiled.zoned.policy,
            zone: zone,
            start: other.start,
            end: other.end
        )
    }

    func resolved(defaultZone: Zone) -> CronTrigger {
        hasOwnZone || zone == defaultZone ? self : CronTrigger(self, zone: defaultZone)
    }

    /// Whether both were made of the same parameters.
    public static func == (left: CronTrigger, right: CronTrigger) -> Bool {
        left.source == right.source && left.start == right.start && left.end == right.end
            && left.jitter == right.jitter && left.gap == right.gap && left.fold == right.fold
            && left.zone == right.zone && left.hasOwnZone == right.hasOwnZone
    }

    /// Hashes the parameters.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(source)
        hasher.combine(start)
        hasher.combine(end)
        hasher.combine(zone)
    }
}

/// What is worked out once when a cron trigger is made.
package final class CompiledCron: Sendable {
    let zoned: ZonedPattern<CronPattern>
    /// The first second that may be a fire time.
    let first: UTCSeconds
    /// The last second that may be a fire time.
    let last: UTCSeconds

    convenience init(_ pattern: CronPattern, policy: ClockChangePolicy, zone: Zone, start: Moment?, end: Moment?) {
        self.init(
            ZonedPattern(pattern, rules: zone.rules, policy: policy),
            first: start?.instant(in: zone).ceiledSeconds ?? Instant.earliest.flooredSeconds,
            last: end?.instant(in: zone).flooredSeconds ?? Instant.latest.flooredSeconds
        )
    }

    init(_ zoned: ZonedPattern<CronPattern>, first: UTCSeconds, last: UTCSeconds) {
        self.zoned = zoned
        self.first = first
        self.last = last
    }

    func next(after time: Instant) -> Instant? {
        guard let next = zoned.next(after: max(time.flooredSeconds, first - 1)), next <= last else { return nil }
        return Instant(seconds: next)
    }

    func previous(before time: Instant) -> Instant? {
        guard let previous = zoned.previous(before: min(time.ceiledSeconds, last + 1)), previous >= first else {
            return nil
        }
        return Instant(seconds: previous)
    }

    func count(after start: Instant, through end: Instant) -> Int {
        zoned.count(after: max(start.flooredSeconds, first - 1), through: min(end.flooredSeconds, last))
    }
}
