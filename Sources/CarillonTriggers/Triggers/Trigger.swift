/// When a job is due: a pure value that, given a time, answers the next one. It never reads a clock.
public struct Trigger: Hashable, Sendable {
    /// The kinds of trigger there are.
    ///
    /// Indirect, so that a trigger is one reference: copying one does not retain all that its parameters hold.
    public indirect enum Kind: Hashable, Sendable {
        /// One date and time.
        case date(DateTrigger)
        /// Again and again after the same elapsed time.
        case interval(IntervalTrigger)
        /// The wall times that a cron expression selects, by fields or as crontab text.
        case cron(CronTrigger)
        /// A time of day on dates that lie calendar intervals apart.
        case calendarInterval(CalendarIntervalTrigger)
        /// The fire times of any of several triggers.
        case any(UnionTrigger)
        /// The fire times that several triggers have in common.
        case all(IntersectionTrigger)
    }

    /// What kind of trigger it is, with its parameters.
    public let kind: Kind

    package init(_ kind: Kind) { self.kind = kind }

    /// Whether it is one date.
    package var isOneOff: Bool { if case .date = kind { true } else { false } }

    /// The first fire time after a time; nothing where the trigger has ended.
    ///
    /// An interval without a start date is counted from `time`: fix its phase first with `anchored(at:)`.
    public func next(after time: Instant) -> Instant? {
        switch kind {
        case .date(let trigger): trigger.fireTime > time ? trigger.fireTime : nil
        case .interval(let trigger): trigger.next(after: time)
        case .cron(let trigger): trigger.compiled.next(after: time)
        case .calendarInterval(let trigger): trigger.next(after: time)
        case .any(let trigger): trigger.next(after: time)
        case .all(let trigger): trigger.next(after: time)
        }
    }

    /// The last fire time before a time; nothing where there is none, or where the trigger has no start date to count
    /// an interval from.
    public func previous(before time: Instant) -> Instant? {
        switch kind {
        case .date(let trigger): trigger.fireTime < time ? trigger.fireTime : nil
        case .interval(let trigger): trigger.previous(before: time)
        case .cron(let trigger): trigger.compiled.previous(before: time)
        case .calendarInterval(let trigger): trigger.previous(before: time)
        case .any(let trigger): trigger.previous(before: time)
        case .all(let trigger): trigger.previous(before: time)
        }
    }

    /// How many fire times lie after one time and at or before another.
    ///
    /// Worked out from the calendar; the fire times are walked only where several triggers are combined, or an interval
    /// mixes months and days.
    public func count(after start: Instant, through end: Instant) -> Int {
        switch kind {
        case .date(let trigger): trigger.fireTime > start && trigger.fireTime <= end ? 1 : 0
        case .interval(let trigger): trigger.count(after: start, through: end)
        case .cron(let trigger): trigger.compiled.count(after: start, through: end)
        case .calendarInterval(let trigger): trigger.count(after: start, through: end)
        case .any(let trigger): trigger.count(after: start, through: end)
        case .all(let trigger): trigger.count(after: start, through: end)
        }
    }

    /// What became due after one time and at or before another: the latest fire time and the number of all.
    public func due(after start: Instant, through end: Instant) -> DueTimes? {
        let count = count(after: start, through: end)
        guard count > 0 else { return nil }
        let origin = anchored(at: start)
        guard let latest = origin.previous(before: end.advanced(byMicroseconds: 1)) else { return nil }
        return DueTimes(latest: latest, count: count)
    }

    /// The fire times after a time, one by one as they are asked for.
    public func fireTimes(after time: Instant) -> FireTimes { FireTimes(trigger: anchored(at: time), after: time) }

    /// Whether a time is a fire time.
    public func contains(_ time: Instant) -> Bool { next(after: time.advanced(byMicroseconds: -1)) == time }

    /// The same trigger with everything fixed that depends on the moment it is added: the phase of an interval and the
    /// first date of a calendar interval that have no start date.
    public func anchored(at time: Instant) -> Trigger {
        if isAnchored { return self }
        return switch kind {
        case .date, .cron: self
        case .interval(let trigger): Trigger(.interval(trigger.anchored(at: time)))
        case .calendarInterval(let trigger): Trigger(.calendarInterval(trigger.anchored(at: time)))
        case .any(let trigger): Trigger(.any(trigger.mapped { $0.anchored(at: time) }))
        case .all(let trigger): Trigger(.all(trigger.mapped { $0.anchored(at: time) }))
        }
    }

    /// Whether a trigger as somebody gives it is this one: equal, or without the start dates that this one got when it
    /// was added.
    public func isSame(asGiven given: Trigger) -> Bool {
        switch (kind, given.kind) {
        case (.interval(let own), .interval(let given)) where own.isAnchored(form: given): true
        case (.calendarInterval(let own), .calendarInterval(let given)) where own.isAnchored(form: given): true
        case (.any(let own), .any(let given)): Self.areSame(own.triggers, asGiven: given.triggers)
        case (.all(let own), .all(let given)): Self.areSame(own.triggers, asGiven: given.triggers)
        default: self == given
        }
    }

    private static func areSame(_ own: [Trigger], asGiven given: [Trigger]) -> Bool {
        own.count == given.count && zip(own, given).allSatisfy { $0.isSame(asGiven: $1) }
    }

    /// Whether nothing of it depends on the moment it is added.
    package var isAnchored: Bool {
        switch kind {
        case .date, .cron: true
        case .interval(let trigger): trigger.start != nil
        case .calendarInterval(let trigger): trigger.start != nil
        case .any(let trigger): trigger.triggers.allSatisfy(\.isAnchored)
        case .all(let trigger): trigger.triggers.allSatisfy(\.isAnchored)
        }
    }

    /// The same trigger with a zone for those of its parts that were made without one.
    public func resolved(defaultZone: Zone) -> Trigger {
        switch kind {
        case .date(let trigger): Trigger(.date(trigger.resolved(defaultZone: defaultZone)))
        case .interval(let trigger): Trigger(.interval(trigger.resolved(defaultZone: defaultZone)))
        case .cron(let trigger): Trigger(.cron(trigger.resolved(defaultZone: defaultZone)))
        case .calendarInterval(let trigger): Trigger(.calendarInterval(trigger.resolved(defaultZone: defaultZone)))
        case .any(let trigger): Trigger(.any(trigger.mapped { $0.resolved(defaultZone: defaultZone) }))
        case .all(let trigger): Trigger(.all(trigger.mapped { $0.resolved(defaultZone: defaultZone) }))
        }
    }

    /// The zone given with the trigger; of several triggers, the one that each of them was given, or nothing.
    public var ownZone: Zone? {
        switch kind {
        case .date(let trigger): trigger.hasOwnZone ? trigger.zone : nil
        case .interval(let trigger): trigger.hasOwnZone ? trigger.zone : nil
        case .cron(let trigger): trigger.hasOwnZone ? trigger.zone : nil
        case .calendarInterval(let trigger): trigger.hasOwnZone ? trigger.zone : nil
        case .any(let trigger): Self.commonZone(of: trigger.triggers)
        case .all(let trigger): Self.commonZone(of: trigger.triggers)
        }
    }

    private static func commonZone(of triggers: [Trigger]) -> Zone? {
        guard let zone = triggers.first?.ownZone else { return nil }
        return triggers.dropFirst().allSatisfy { $0.ownZone == zone } ? zone : nil
    }

    /// The zones whose clocks it follows, or is shown in, each once.
    public var zones: [Zone] {
        switch kind {
        case .date, .interval, .cron, .calendarInterval: zone.map { [$0] } ?? []
        case .any(let trigger): Self.zones(of: trigger.triggers)
        case .all(let trigger): Self.zones(of: trigger.triggers)
        }
    }

    private static func zones(of triggers: [Trigger]) -> [Zone] {
        triggers.reduce(into: []) { all, trigger in
            for zone in trigger.zones where !all.contains(zone) { all.append(zone) }
        }
    }

    /// The zone of a trigger that is not put together from others.
    var zone: Zone? {
        switch kind {
        case .date(let trigger): trigger.zone
        case .interval(let trigger): trigger.zone
        case .cron(let trigger): trigger.zone
        case .calendarInterval(let trigger): trigger.zone
        case .any, .all: nil
        }
    }

    /// The most that a job may start after its scheduled time, at random, in seconds.
    public var jitter: Int {
        switch kind {
        case .interval(let trigger): trigger.jitter
        case .cron(let trigger): trigger.jitter
        case .date, .calendarInterval: 0
        case .any(let trigger): trigger.triggers.map(\.jitter).max() ?? 0
        case .all(let trigger): trigger.triggers.map(\.jitter).max() ?? 0
        }
    }

    /// When the occurrence of a job that is scheduled at a time is due: the same time, or later by the trigger's jitter.
    ///
    /// The delay is drawn uniformly from the job and the scheduled time alone, so every node draws the same, and it
    /// never reaches the next fire time.
    public func due(scheduled: Instant, jobID: String) -> Instant {
        guard jitter > 0 else { return scheduled }
        var limit = Int64(jitter) * 1_000_000
        if let next = next(after: scheduled) {
            limit = min(limit, next.microseconds - scheduled.microseconds - 1)
        }
        if let end { limit = min(limit, end.microseconds - scheduled.microseconds) }
        return scheduled.advanced(
            byMicroseconds: Jitter.delay(jobID: jobID, scheduled: scheduled, limitMicroseconds: limit)
        )
    }

    /// The end date, where there is one for all fire times.
    private var end: Instant? {
        switch kind {
        case .interval(let trigger): trigger.end?.instant(in: trigger.zone)
        case .cron(let trigger): trigger.end?.instant(in: trigger.zone)
        case .date, .calendarInterval: nil
        case .any(let trigger):
            trigger.triggers.contains { $0.end == nil } ? nil : trigger.triggers.compactMap(\.end).max()
        case .all(let trigger): trigger.triggers.compactMap(\.end).min()
        }
    }
}

/// The fire times of a stretch of time, for whoever has missed them.
public struct DueTimes: Hashable, Sendable {
    /// The last of them.
    public let latest: Instant
    /// How many there are, 1 or more.
    public let count: Int
}

/// The fire times of a trigger, computed as they are asked for.
public struct FireTimes: Sequence, IteratorProtocol, Sendable {
    private let trigger: Trigger
    private var time: Instant?

    init(trigger: Trigger, after time: Instant) {
        self.trigger = trigger
        self.time = time
    }

    /// The fire time that follows, or nothing at the end.
    public mutating func next() -> Instant? {
        time = time.flatMap { trigger.next(after: $0) }
        return time
    }
}
