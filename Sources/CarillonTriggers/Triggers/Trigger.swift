/// When a job is due: a pure value that, given a time, answers the next one. It never reads a clock.
///
/// Every kind of trigger conforms to `TriggerKind` and has a folder of its own; `TriggerKinds` lists them. A kind is a
/// class, so copying a trigger retains one reference, however much its parameters hold.
public struct Trigger: Hashable, Sendable {
    let kind: any TriggerKind

    init(_ kind: any TriggerKind) { self.kind = kind }

    /// The first fire time after a time; `nil` if the trigger has ended.
    ///
    /// An interval without a start date is counted from `time`: fix its phase first with `anchored(at:)`.
    public func next(after time: Instant) -> Instant? { kind.next(after: time) }

    /// The last fire time before a time; `nil` if there is none, or if the trigger has no start date to count an interval
    /// from.
    public func previous(before time: Instant) -> Instant? { kind.previous(before: time) }

    /// How many fire times lie after one time and at or before another.
    ///
    /// Worked out from the calendar. Fire times are walked one by one only if several triggers are combined, if an
    /// interval mixes months and days, or if a trigger of your own does not count them itself; see `CustomTrigger`.
    public func count(after start: Instant, through end: Instant) -> Int { kind.count(after: start, through: end) }

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
    public func anchored(at time: Instant) -> Trigger { isAnchored ? self : Trigger(kind.anchored(at: time)) }

    /// Whether this trigger is the given one: equal, or equal but for the start dates that this one got when it was
    /// added.
    public func isSame(asGiven given: Trigger) -> Bool { kind.isSame(asGiven: given.kind) }

    /// Whether nothing of it depends on the moment it is added.
    package var isAnchored: Bool { kind.isAnchored }

    /// The same trigger with a zone for those of its parts that were made without one.
    public func resolved(defaultZone: Zone) -> Trigger { Trigger(kind.resolved(defaultZone: defaultZone)) }

    /// The zone given with the trigger; of several triggers, the one that each of them was given, or `nil`.
    public var ownZone: Zone? { kind.ownZone }

    /// The zones whose clocks it follows, or is shown in, each once.
    public var zones: [Zone] { kind.zones }

    /// The most that a job may start after its scheduled time, at random.
    public var jitter: Duration { .microseconds(kind.jitter) }

    /// When the occurrence of a job that is scheduled at a time is due: the same time, or later by the trigger's jitter.
    ///
    /// The delay is drawn uniformly from the job and the scheduled time alone, so every node draws the same, and it
    /// never reaches the next fire time.
    public func due(scheduled: Instant, jobID: String) -> Instant {
        var limit = kind.jitter
        // A time that was set by hand is meant.
        guard limit > 0, scheduled != kind.fixedFirst else { return scheduled }
        if let next = next(after: scheduled) {
            limit = min(limit, next.microseconds - scheduled.microseconds - 1)
        }
        if let end = kind.end { limit = min(limit, end.microseconds - scheduled.microseconds) }
        return scheduled.advanced(
            byMicroseconds: Jitter.delay(jobID: jobID, scheduled: scheduled, limitMicroseconds: limit)
        )
    }

    /// Whether both are of one kind and were made of the same parameters.
    public static func == (left: Trigger, right: Trigger) -> Bool {
        left.kind === right.kind || left.kind.isEqual(to: right.kind)
    }

    /// Hashes the kind and the parameters.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(type(of: kind)))
        hasher.combine(kind)
    }
}

/// What the scheduler asks of a trigger, whatever its kind.
extension Trigger {
    /// The one fire time of a trigger that fires once, even if a job is added later than that; `nil` of others.
    package var onlyFireTime: Instant? { kind.onlyFireTime }

    /// The fire time that a job of it begins with, even if it is added later than that; `nil` where that is the first one
    /// that has not passed.
    package var fixedFirst: Instant? { kind.fixedFirst }

    /// Whether it fires once, so that a job of it is done after that.
    package var isOneOff: Bool { onlyFireTime != nil }

    /// Whether it counts elapsed time: its phase has nothing to do with what a clock shows, and goes on from the present
    /// when the clock is set back.
    package var countsElapsedTime: Bool { kind.countsElapsedTime }

    /// The trigger for a clock that was set back, and the next fire time by it; `nil` if nothing has to change.
    ///
    /// - Parameters:
    ///   - next: The next fire time as it was before.
    ///   - added: When the job was added.
    package func turnedBack(to now: Instant, next: Instant, added: Instant) -> (trigger: Trigger, next: Instant)? {
        kind.turnedBack(to: now, next: next, added: added).map { (Trigger($0.kind), $0.next) }
    }

    /// The start date from which elapsed time is counted, which `summary` leaves out; `nil` of other triggers.
    package var countedFrom: Instant? { kind.countedFrom }

    /// A hash of what mostly tells triggers apart: of frequent kinds several times quicker than `hashValue`.
    package var quickHash: Int { kind.quickHash }
}

/// The fire times of a stretch of time, for a caller that has missed them.
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

    /// The fire time that follows, or `nil` at the end.
    public mutating func next() -> Instant? {
        time = time.flatMap { trigger.next(after: $0) }
        return time
    }

    /// How many are left up to a time, that time included.
    func count(through end: Instant) -> Int {
        // A trigger of your own can fire every microsecond.
        let limit = trigger.kind.firing.isKnown ? Int.max : FireTimeSearch.countLimit
        var rest = self
        var total = 0
        while total < limit, let time = rest.next(), time <= end { total += 1 }
        return total
    }
}
