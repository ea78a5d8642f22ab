/// What a clock change does to one fire time.
public struct ClockChangeNote: Hashable, Sendable, CustomStringConvertible {
    /// The effect of a clock change.
    public enum Effect: Hashable, Sendable {
        /// The time that was meant does not exist on this day; the job fires at another one.
        case moved
        /// Several times that were meant, of which some do not exist, come as one.
        case merged
        /// The clock shows the time twice, and the job fires the first time only.
        case firstOfTwo
        /// The clock shows the time twice, and the job fires both times; `second` for the second of them.
        case repeated(second: Bool)
    }

    /// What happens to the fire time.
    public let effect: Effect
    /// One sentence without a full stop.
    public let description: String
}

extension Trigger {
    /// What a clock change does to a fire time; nothing for most of them.
    public func clockChangeNote(at fireTime: Instant) -> ClockChangeNote? {
        let second = fireTime.flooredSeconds
        switch kind {
        case .cron(let trigger): return trigger.compiled.zoned.clockChangeNote(at: second)
        case .calendarInterval(let trigger): return trigger.zoned?.clockChangeNote(at: second)
        case .date, .interval: return nil
        case .any(let trigger): return Self.firstNote(of: trigger.triggers, at: fireTime)
        case .all(let trigger): return Self.firstNote(of: trigger.triggers, at: fireTime)
        }
    }

    private static func firstNote(of triggers: [Trigger], at fireTime: Instant) -> ClockChangeNote? {
        triggers.lazy.filter { $0.contains(fireTime) }.compactMap { $0.clockChangeNote(at: fireTime) }.first
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
        if wall < segment.reachedWall {
            return ClockChangeNote(
                effect: .repeated(second: true),
                description: "the clock shows \(shown) twice on this day; this is the second"
            )
        }
        guard rules.hasSegment(after: index) else { return nil }
        let following = rules.segment(index + 1)
        guard wall >= following.wallStart, wall < following.reachedWall else { return nil }
        if policy.repeatsFolds {
            return ClockChangeNote(
                effect: .repeated(second: false),
                description: "the clock shows \(shown) twice on this day; this is the first"
            )
        }
        return ClockChangeNote(
            effect: .firstOfTwo,
            description: "the clock shows \(shown) twice on this day; the job fires the first time only"
        )
    }

    private func gapNote(at time: UTCSeconds, showing wall: WallSeconds, in segment: ZoneSegment) -> ClockChangeNote? {
        // The skipped times that this fire time stands for.
        let skipped =
            switch policy.gap {
            case .skip: [WallSeconds]()
            case .once: time == segment.start ? matches(from: segment.reachedWall, before: segment.wallStart) : []
            case .shift:
                matches(from: segment.reachedWall + time - segment.start, before: segment.wallStart).filter {
                    $0 - segment.reachedWall == time - segment.start
                }
            }
        guard !skipped.isEmpty else { return nil }
        let change =
            "the clock goes from \(EnglishText.timeOfDay(segment.reachedWall)) to \(EnglishText.timeOfDay(segment.wallStart))"
        let isMeantItself = pattern.contains(wall)
        let names = skipped.prefix(4).map { EnglishText.timeOfDay($0) }
        if skipped.count == 1, !isMeantItself, let name = names.first {
            return ClockChangeNote(
                effect: .moved, description: "\(name) does not exist on this day (\(change)); the job fires now")
        }
        let all =
            (skipped.count > 4 ? Array(names.prefix(2)) + ["the other skipped times"] : names)
            + (isMeantItself ? [EnglishText.timeOfDay(wall)] : [])
        return ClockChangeNote(
            effect: .merged,
            description: "\(EnglishText.list(all, "and")) come as one on this day (\(change))"
        )
    }

    /// The first few matches of a range.
    private func matches(from first: WallSeconds, before end: WallSeconds) -> [WallSeconds] {
        var matches: [WallSeconds] = []
        var from = first
        while matches.count < 6, let match = pattern.next(atOrAfter: from), match < end {
            matches.append(match)
            from = match + 1
        }
        return matches
    }
}
