/// What a clock change does to one fire time.
public struct ClockChangeNote: Hashable, Sendable, CustomStringConvertible {
    /// The effect of a clock change.
    public enum Effect: Hashable, Sendable {
        /// The time that was meant does not exist on this day; the job fires at the first instant that does.
        case moved
        /// The time that was meant does not exist on this day; the job fires later by the length of the gap.
        case shifted
        /// Several times that were meant, of which some do not exist, come as one.
        case merged
        /// The clock shows the time twice, and the job fires the first time only.
        case firstOfTwo
        /// The clock shows the time twice, and the job fires both times, as its fold policy says.
        case repeated(second: Bool)
        /// The clock shows the time twice, and the job fires both times, since it follows elapsed time.
        case followsElapsedTime(second: Bool)
    }

    /// What happens to the fire time.
    public let effect: Effect
    /// One sentence without a full stop.
    public let description: String
}

extension Trigger {
    /// What a clock change does to a fire time; `nil` for most of them.
    ///
    /// If the trigger depends on the moment it is added, fix that first with `anchored(at:)`: a calendar interval without
    /// its first date has no dates to say anything of.
    ///
    /// - Parameter clock: Only changes of this zone's clocks count; with `nil`, those of every zone.
    public func clockChangeNote(at fireTime: Instant, by clock: Zone? = nil) -> ClockChangeNote? {
        if let clock, let zone = kind.zone, zone != clock { return nil }
        return kind.clockChangeNote(at: fireTime, by: clock)
    }
}

extension TriggerKind {
    func clockChangeNote(at fireTime: Instant, by _: Zone?) -> ClockChangeNote? {
        wallTimes?.clockChangeNote(at: fireTime.flooredSeconds)
    }

    /// What clock changes do to those parts that fire at a time.
    func clockChangeNotes(ofPartsAt fireTime: Instant, by clock: Zone?) -> [ClockChangeNote] {
        parts.filter { $0.contains(fireTime) }.compactMap { $0.clockChangeNote(at: fireTime, by: clock) }
    }
}

extension ClockChangeNote {
    /// How many times the job fires by what the note says.
    var times: Int {
        switch effect {
        case .moved, .shifted, .merged, .firstOfTwo: 1
        case .repeated, .followsElapsedTime: 2
        }
    }
}

extension ZonedPattern {
    /// What a clock change does to a fire time.
    package func clockChangeNote(at time: UTCSeconds) -> ClockChangeNote? {
        let index = rules.index(at: time)
        let segment = rules.segment(index)
        let wall = time + segment.offset
        if case .wallClock = policy, segment.reachedWall < segment.wallStart {
            if let note = gapNote(at: time, showing: wall, in: segment) { return note }
        }
        let shown = EnglishText.timeOfDay(wall)
        if wall < segment.reachedWall { return repeatedNote(shown, second: true) }
        guard rules.hasSegment(after: index) else { return nil }
        let following = rules.segment(index + 1)
        guard wall >= following.wallStart, wall < following.reachedWall else { return nil }
        if policy.repeatsFolds { return repeatedNote(shown, second: false) }
        return ClockChangeNote(
            effect: .firstOfTwo,
            description: "the clock shows \(shown) twice on this day; the job fires the first time only"
        )
    }

    private func repeatedNote(_ shown: String, second: Bool) -> ClockChangeNote {
        ClockChangeNote(
            effect: policy == .elapsed ? .followsElapsedTime(second: second) : .repeated(second: second),
            description: "the clock shows \(shown) twice on this day; this is the \(second ? "second" : "first")"
        )
    }

    private func gapNote(at time: UTCSeconds, showing wall: WallSeconds, in segment: ZoneSegment) -> ClockChangeNote? {
        // The skipped times that this fire time stands for.
        let skipped =
            switch policy.gap {
            case .skip: [WallSeconds]()
            case .once:
                time == segment.start
                    ? pattern.matches(from: segment.reachedWall, before: segment.wallStart, limit: 6) : []
            case .shift:
                pattern.matches(from: segment.reachedWall + time - segment.start, before: segment.wallStart, limit: 1)
                    .filter { $0 - segment.reachedWall == time - segment.start }
            }
        guard let first = skipped.first else { return nil }
        let change = EnglishText.clockChange(from: segment.reachedWall, to: segment.wallStart)
        // A gap that reaches over midnight or takes a whole day leaves times of another day out.
        let isSameDay = EnglishText.areOnSameDay(first, wall)
        let day = isSameDay ? "" : " on \(EnglishText.day(first))"
        let isMeantItself = pattern.contains(wall)
        let names = EnglishText.firstTimes(skipped)
        if skipped.count == 1, !isMeantItself, let name = names.first {
            let missing = "\(name)\(isSameDay ? "" : day) does not exist\(isSameDay ? " on this day" : "") (\(change))"
            if policy.gap == .shift {
                let shown = EnglishText.timeOfDay(wall) + (isSameDay ? "" : " on \(EnglishText.day(wall))")
                return ClockChangeNote(effect: .shifted, description: "\(missing) and is shifted to \(shown)")
            }
            return ClockChangeNote(effect: .moved, description: "\(missing); the job fires now")
        }
        let own = isMeantItself ? [EnglishText.timeOfDay(wall)] : []
        let all =
            isSameDay
            ? EnglishText.list(names + own, "and") + " come as one on this day"
            : EnglishText.list(
                [EnglishText.list(names, "and") + day] + own.map { "\($0) on \(EnglishText.day(wall))" }, "and")
                + " come as one"
        return ClockChangeNote(effect: .merged, description: "\(all) (\(change))")
    }
}

extension WallPattern {
    /// The first matches of a range, at most so many.
    func matches(from first: WallSeconds, before end: WallSeconds, limit: Int) -> [WallSeconds] {
        var matches: [WallSeconds] = []
        var from = first
        while matches.count < limit, let match = next(atOrAfter: from), match < end {
            matches.append(match)
            from = match + 1
        }
        return matches
    }
}
