private import Synchronization

/// What is worked out once when a cron trigger is made.
final class CompiledCron: Sendable {
    let zoned: ZonedPattern<CronPattern>
    /// The first second that may be a fire time.
    let first: UTCSeconds
    /// The last second that may be a fire time.
    let last: UTCSeconds
    /// It is known that no time fires after this one, in microseconds; the search that found out may have gone through all
    /// years of the calendar.
    private let knownEnd = Atomic<Int64>(.max)
    /// It is known that no time fires before this one.
    private let knownBeginning = Atomic<Int64>(.min)

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
        guard time.microseconds < knownEnd.load(ordering: .relaxed) else { return nil }
        guard let next = zoned.next(after: max(time.flooredSeconds, first - 1)), next <= last else {
            knownEnd.store(time.microseconds, ordering: .relaxed)
            return nil
        }
        return Instant(seconds: next)
    }

    func previous(before time: Instant) -> Instant? {
        guard time.microseconds > knownBeginning.load(ordering: .relaxed) else { return nil }
        guard let previous = zoned.previous(before: min(time.ceiledSeconds, last + 1)), previous >= first else {
            knownBeginning.store(time.microseconds, ordering: .relaxed)
            return nil
        }
        return Instant(seconds: previous)
    }

    func count(after start: Instant, through end: Instant) -> Int {
        zoned.count(after: max(start.flooredSeconds, first - 1), through: min(end.flooredSeconds, last))
    }
}

extension CompiledCron {
    func intersection(_ other: CompiledCron) -> CompiledCron {
        CompiledCron(
            zoned.intersection(other.zoned, pattern: zoned.pattern.intersection(other.zoned.pattern)),
            first: max(first, other.first),
            last: min(last, other.last)
        )
    }
}
