/// Finds out how far several triggers cannot fire at the same instant.
///
/// Time is cut into stretches in which no clock of their zones changes and none of them begins or ends. Within one,
/// every trigger can fire at certain seconds of the UTC day only. Where the triggers have none of these in common, only
/// the very beginning of the stretch is left, at which a gap may let them fire by times that they do not select.
struct FruitlessStretches {
    /// Which way the search goes.
    enum Direction: Int64 {
        case later = 1
        case earlier = -1
    }

    /// What is known after a question.
    enum Answer {
        /// All fire at this instant.
        case agreement(Instant)
        /// There may be agreement beyond this instant, and none before it; behind the stretch it lies in, which ends at
        /// another instant, the question is worth asking anew.
        case searchBeyond(Instant, until: Instant)
        /// There is no agreement any more.
        case endOfTime
    }

    private let walkers: [Conjunction.Walker]
    private let parts: [FiringPart]
    private let zones: [ZoneRules]
    private var mayAgree: [Stretch.Kind: Bool] = [:]

    init(_ walkers: [Conjunction.Walker]) {
        self.walkers = walkers
        parts = walkers.flatMap(FiringPart.parts)
        var zones: [ZoneRules] = []
        for rules in parts.compactMap(\.rules) where !zones.contains(where: { $0 === rules }) { zones.append(rules) }
        self.zones = zones
    }

    /// Passes over all stretches without agreement.
    ///
    /// - Parameter time: Where the search begins; it is not part of it.
    mutating func skip(from time: Instant, towards direction: Direction) -> Answer {
        var time = time
        while true {
            let nearest = time.advanced(byMicroseconds: direction.rawValue)
            guard nearest != time else { return .endOfTime }
            let stretch = stretch(at: nearest.flooredSeconds)
            let start = Instant(seconds: stretch.start)
            if mayAgree(in: stretch) {
                return .searchBeyond(time, until: direction == .later ? Instant(seconds: stretch.end) : start)
            }
            let isAhead = direction == .later ? start > time : start < time
            if isAhead, walkers.allSatisfy({ $0.contains(start) }) { return .agreement(start) }
            switch direction {
            case .later:
                guard stretch.end <= Instant.latest.flooredSeconds else { return .endOfTime }
                time = Instant(seconds: stretch.end).advanced(byMicroseconds: -1)
            case .earlier:
                guard isAhead else { return .endOfTime }
                time = start
            }
        }
    }

    private func stretch(at time: UTCSeconds) -> Stretch {
        var stretch = Stretch(start: Instant.earliest.flooredSeconds, end: .max)
        for rules in zones { stretch.enter(rules.segment(rules.index(at: time)), at: time) }
        for part in parts { stretch.enter(part, at: time) }
        return stretch
    }

    private mutating func mayAgree(in stretch: Stretch) -> Bool {
        if let known = mayAgree[stretch.kind] { return known }
        let common = SecondsOfDay.common(of: walkers, in: stretch) { rules in
            zones.firstIndex { $0 === rules }.map { stretch.kind.clocks[$0] }
                ?? Stretch.Clock(offset: 0, skippedOffset: 0)
        }
        mayAgree[stretch.kind] = !common.isEmpty
        return !common.isEmpty
    }
}

/// A stretch of time in which nothing changes but the time of day.
struct Stretch {
    /// What a zone's clock is at.
    struct Clock: Hashable {
        let offset: Int64
        /// The offset that turns wall times which the clock skipped into the instants they may be shifted to.
        let skippedOffset: Int64
    }

    /// What stretches have in common that allow the same seconds of the day.
    struct Kind: Hashable {
        var clocks: [Clock] = []
        /// For each part, whether it can fire at all.
        var actives: [Bool] = []
    }

    private(set) var start: UTCSeconds
    private(set) var end: UTCSeconds
    private(set) var kind = Kind()

    init(start: UTCSeconds, end: UTCSeconds) {
        self.start = start
        self.end = end
    }

    /// Narrows the stretch to the part of a segment of a zone that a time lies in: as long as the gap was before it, or
    /// the rest.
    fileprivate mutating func enter(_ segment: ZoneSegment, at time: UTCSeconds) {
        let shiftedEnd = segment.start + max(0, segment.wallStart - segment.reachedWall)
        if time < shiftedEnd {
            narrow(from: segment.start, to: min(shiftedEnd, segment.end))
            kind.clocks.append(Clock(offset: segment.offset, skippedOffset: segment.reachedWall - segment.start))
        } else {
            narrow(from: shiftedEnd, to: segment.end)
            kind.clocks.append(Clock(offset: segment.offset, skippedOffset: segment.offset))
        }
    }

    /// Narrows the stretch to the time in which a part can fire, before that, or after that.
    fileprivate mutating func enter(_ part: FiringPart, at time: UTCSeconds) {
        if time < part.first {
            narrow(from: start, to: part.first)
        } else if time > part.last {
            narrow(from: part.last + 1, to: end)
        } else {
            narrow(from: part.first, to: part.last + 1)
        }
        kind.actives.append(part.first <= time && time <= part.last)
    }

    private mutating func narrow(from start: UTCSeconds, to end: UTCSeconds) {
        self.start = max(self.start, start)
        self.end = min(self.end, end)
    }
}

/// A trigger without parts of its own: when it can fire, and by which clock.
private struct FiringPart {
    /// The first second in which it can fire.
    var first: UTCSeconds
    /// The last second in which it can fire.
    var last: UTCSeconds
    var rules: ZoneRules?

    static func parts(of walker: Conjunction.Walker) -> [FiringPart] {
        switch walker {
        case .cron(let cron): [FiringPart(cron)]
        case .interval(let times): [FiringPart(times)]
        case .other(let trigger): parts(of: trigger)
        }
    }

    private static func parts(of trigger: Trigger) -> [FiringPart] {
        switch trigger.kind.firing {
        case .once(let time): [FiringPart(first: time.flooredSeconds, last: time.flooredSeconds)]
        case .periodic(let times): times.map { [FiringPart($0)] } ?? []
        case .cron(let compiled, _): [FiringPart(compiled)]
        case .oncePerDay(_, let zoned):
            [
                FiringPart(
                    first: Instant.earliest.flooredSeconds, last: Instant.latest.flooredSeconds, rules: zoned?.rules)
            ]
        case .any(let triggers), .all(let triggers): triggers.flatMap(parts)
        case .unknown: [FiringPart(first: Instant.earliest.flooredSeconds, last: Instant.latest.flooredSeconds)]
        }
    }

    private init(first: UTCSeconds, last: UTCSeconds, rules: ZoneRules? = nil) {
        self.first = first
        self.last = last
        self.rules = rules
    }

    private init(_ cron: CompiledCron) {
        self.init(first: cron.first, last: cron.last, rules: cron.zoned.rules)
    }

    private init(_ times: PeriodicTimes) {
        self.init(first: times.first.flooredSeconds, last: times.last.flooredSeconds)
    }
}
