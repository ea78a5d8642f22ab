private import Synchronization

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

    /// What the trigger was made of.
    private struct Parameters: Hashable {
        var source: Source
        var start: Moment?
        var end: Moment?
        var jitter: Int
        var gap: GapPolicy
        var fold: FoldPolicy
        var zone: Zone
        let zoneOrigin: ZoneOrigin
    }

    /// Holds the parameters and what was worked out from them in one place, so that copying a trigger, which every
    /// `switch` over its kind does, counts one reference and not all that the parameters hold.
    private final class Storage: Sendable {
        let parameters: Parameters
        let compiled: CompiledCron

        init(_ parameters: Parameters, _ pattern: CronPattern, policy: ClockChangePolicy) {
            self.parameters = parameters
            compiled = CompiledCron(
                pattern,
                policy: policy,
                zone: parameters.zone,
                start: parameters.start,
                end: parameters.end
            )
        }
    }

    private let storage: Storage

    /// The expression as it was given.
    public var source: Source { storage.parameters.source }
    /// No fire time lies before it.
    public var start: Moment? { storage.parameters.start }
    /// No fire time lies after it.
    public var end: Moment? { storage.parameters.end }
    /// The most that a job may start after its scheduled time, at random, in seconds.
    public var jitter: Int { storage.parameters.jitter }
    /// What becomes of times that the clock skips; wildcard expressions follow elapsed time instead.
    public var gap: GapPolicy { storage.parameters.gap }
    /// What becomes of times that the clock shows twice; wildcard expressions follow elapsed time instead.
    public var fold: FoldPolicy { storage.parameters.fold }
    /// The zone whose clock is meant.
    public var zone: Zone { storage.parameters.zone }
    /// Whether the zone was given with the trigger; otherwise the scheduler's takes its place.
    public var hasOwnZone: Bool { storage.parameters.zoneOrigin.isOwn }

    var compiled: CompiledCron { storage.compiled }

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
        storage = Storage(
            Parameters(
                source: source,
                start: start,
                end: end,
                jitter: jitter,
                gap: gap,
                fold: fold,
                zone: zone ?? .utc,
                zoneOrigin: ZoneOrigin(isOwn: zone != nil)
            ),
            selection.pattern,
            policy: selection.followsElapsedTime ? .elapsed : .wallClock(gap: gap, fold: fold)
        )
    }

    private init(storage: Storage) { self.storage = storage }

    func resolved(defaultZone: Zone) -> CronTrigger {
        !hasOwnZone && zone != defaultZone ? with(defaultZone) : self
    }

    /// The same with the newest rules of its zone.
    func renewed() -> CronTrigger { with(zone.current) }

    private func with(_ zone: Zone) -> CronTrigger {
        var parameters = storage.parameters
        parameters.zone = zone
        return CronTrigger(
            storage: Storage(parameters, compiled.zoned.pattern, policy: compiled.zoned.policy)
        )
    }

    /// Whether both were made of the same parameters.
    public static func == (left: CronTrigger, right: CronTrigger) -> Bool {
        left.storage === right.storage || left.storage.parameters == right.storage.parameters
    }

    /// Hashes the parameters.
    public func hash(into hasher: inout Hasher) { hasher.combine(storage.parameters) }
}

/// What is worked out once when a cron trigger is made.
package final class CompiledCron: Sendable {
    let zoned: ZonedPattern<CronPattern>
    /// The first second that may be a fire time.
    let first: UTCSeconds
    /// The last second that may be a fire time.
    let last: UTCSeconds
    /// Nothing is known to fire after this time, in microseconds; the search that found out may have gone through all
    /// years of the calendar.
    private let knownEnd = Atomic<Int64>(.max)
    /// Nothing is known to fire before this time.
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
