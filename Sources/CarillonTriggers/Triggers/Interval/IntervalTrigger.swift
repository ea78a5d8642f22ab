/// Fires again and again after the same elapsed time, counted from an anchor. A day is 24 hours, whatever clocks do.
final class IntervalTrigger: TriggerKind {
    struct Parameters: Hashable {
        /// The time between two fire times.
        var length: IntervalLength
        /// The first fire time; without it the interval begins when it is added.
        var start: Moment?
        /// No fire time lies after it.
        var end: Moment?
        /// When the interval fires first if it has no start date.
        var firstRun: Trigger.FirstRun = .immediately
        /// Microseconds.
        var jitter: Int64 = 0
        /// The zone that dates without an offset are read in.
        var zone: Zone
        let zoneOrigin: ZoneOrigin
    }

    let parameters: Parameters
    /// Microseconds between two fire times.
    private let distance: Int64
    private let anchor: Instant?
    private let last: Instant

    /// - Throws: `TriggerError`, naming the field, its value and what is allowed.
    convenience init(
        _ length: IntervalLength,
        start: Moment? = nil,
        end: Moment? = nil,
        zone: Zone? = nil,
        jitter: Int64 = 0,
        firstRun: Trigger.FirstRun = .immediately
    ) throws(TriggerError) {
        try Jitter.check(jitter)
        self.init(
            Parameters(
                length: length, start: start, end: end, firstRun: firstRun, jitter: jitter, zone: zone ?? .utc,
                zoneOrigin: ZoneOrigin(isOwn: zone != nil)),
            distance: try length.microsecondsInAll())
    }

    private init(_ parameters: Parameters, distance: Int64) {
        self.parameters = parameters
        self.distance = distance
        let zone = parameters.zone
        anchor = parameters.start?.instant(in: zone)
        // The last instant that can be written with four digits for the year.
        let lastWritable = Instant(seconds: CivilLimits.lastWall - Int64(zone.rules.offset(at: CivilLimits.lastWall)))
        last = min(parameters.end?.instant(in: zone) ?? lastWritable, lastWritable)
    }

    func next(after time: Instant) -> Instant? { times(from: time).next(after: time) }

    func previous(before time: Instant) -> Instant? { times?.previous(before: time) }

    func count(after start: Instant, through end: Instant) -> Int {
        times(from: start).count(after: start, through: end)
    }

    /// The fire times, if a start date fixes their phase.
    private var times: PeriodicTimes? { anchor.map { PeriodicTimes(first: $0, period: distance, last: last) } }

    private func times(from time: Instant) -> PeriodicTimes {
        PeriodicTimes(first: anchor ?? time, period: distance, last: last)
    }

    var firing: FiringRule { .periodic(times) }
    var period: Int64? { distance }
    var jitter: Int64 { parameters.jitter }
    var end: Instant? { parameters.end?.instant(in: parameters.zone) }

    var zone: Zone? { parameters.zone }
    var hasOwnZone: Bool { parameters.zoneOrigin.isOwn }
    func with(zone: Zone) -> any TriggerKind { with { $0.zone = zone } }

    /// The same with another start date.
    func starting(at time: Instant) -> IntervalTrigger { with { $0.start = Moment(time) } }

    private func with(_ change: (inout Parameters) -> Void) -> IntervalTrigger {
        var parameters = parameters
        change(&parameters)
        return IntervalTrigger(parameters, distance: distance)
    }

    /// Quicker than a hash of everything for an interval without dates, the most frequent one.
    var quickHash: Int {
        guard parameters.start == nil, parameters.end == nil else { return hashValue }
        let length = parameters.length
        var hash = Int(parameters.jitter)
        for part in [length.weeks, length.days, length.hours, length.minutes, length.seconds, length.microseconds] {
            hash = hash &* 1_000_003 &+ part
        }
        return hash
    }
}

/// What depends on the moment an interval is added, and on a clock that is set back.
extension IntervalTrigger {
    var isAnchored: Bool { anchor != nil }

    /// With its phase fixed at the moment it is added, if no start date fixes it.
    func anchored(at time: Instant) -> any TriggerKind {
        guard anchor == nil else { return self }
        let first = parameters.firstRun == .immediately ? time : time.advanced(byMicroseconds: distance)
        guard first.flooredSeconds <= CivilLimits.lastWall else {
            // No start date can be written for an interval that first fires after the year 9999: it has ended.
            return with {
                $0.start = Moment(time)
                $0.end = Moment(.earliest)
            }
        }
        return with { $0.start = Moment(first) }
    }

    func isSame(asGiven given: any TriggerKind) -> Bool {
        guard let given = given as? IntervalTrigger else { return false }
        guard given.parameters.start == nil else { return self == given }
        var anchored = given.parameters
        anchored.start = parameters.start
        return parameters == anchored
    }

    var countsElapsedTime: Bool { true }

    var countedFrom: Instant? { anchor }

    /// At most one period away, in the same phase. An interval that waits for its start date goes on waiting.
    func turnedBack(to now: Instant, next: Instant, added: Instant) -> (kind: any TriggerKind, next: Instant)? {
        guard let anchor, next.microseconds - now.microseconds > distance else { return nil }
        // A phase that was fixed when the trigger was added begins then, or one period later.
        let waitsForStart = next <= anchor && anchor > added.advanced(byMicroseconds: distance)
        guard !waitsForStart else { return nil }
        let ahead = (next.microseconds - now.microseconds - 1) % distance + 1
        let turned = now.advanced(byMicroseconds: ahead)
        return (turned < anchor ? with { $0.start = Moment(turned) } : self, turned)
    }
}
