/// A pattern of wall times seen through the clock changes of a zone.
///
/// The zone's segments are walked one by one. In a segment the pattern is searched between the wall times at its ends;
/// wall times already shown in an earlier segment are left out or not, by the fold policy; wall times the clock skipped
/// when the segment began are looked at by the gap policy. So a time that does not exist is never answered, and no
/// clock change can hide another day.
package struct ZonedPattern<Pattern: WallPattern>: Sendable {
    package let pattern: Pattern
    package let rules: ZoneRules
    package let policy: ClockChangePolicy
    /// If the pattern stands for what several patterns have in common, each of these: the instant after a gap is then a
    /// fire time if it is one of every party.
    private let parties: [ZonedPattern]

    package init(_ pattern: Pattern, rules: ZoneRules, policy: ClockChangePolicy) {
        self.init(pattern, rules: rules, policy: policy, parties: [])
    }

    private init(_ pattern: Pattern, rules: ZoneRules, policy: ClockChangePolicy, parties: [ZonedPattern]) {
        self.pattern = pattern
        self.rules = rules
        self.policy = policy
        self.parties = parties
    }

    /// What this and another pattern of the same zone have in common; neither shifts times out of gaps.
    func intersection(_ other: ZonedPattern, pattern: Pattern) -> ZonedPattern {
        let isElapsed = policy == .elapsed && other.policy == .elapsed
        let repeatsFolds = policy.repeatsFolds && other.policy.repeatsFolds
        return ZonedPattern(
            pattern,
            rules: rules,
            policy: isElapsed ? .elapsed : .wallClock(gap: .once, fold: repeatsFolds ? .both : .first),
            parties: (parties.isEmpty ? [self] : parties) + (other.parties.isEmpty ? [other] : other.parties)
        )
    }

    /// The first fire time after a second.
    package func next(after time: UTCSeconds) -> UTCSeconds? {
        var index = rules.index(at: time)
        var segment = rules.segment(index)
        var search = ForwardSearch(pattern, from: time + segment.offset + 1)
        var from = time + segment.offset + 1
        while true {
            let inGap = segment.reachedWall < segment.wallStart ? nextInGap(of: segment, after: time, &search) : nil
            if !policy.repeatsFolds { from = max(from, segment.reachedWall) }
            if let match = search.next(atOrAfter: from, in: pattern), match < segment.wallEnd {
                return earlier(inGap, match - segment.offset)
            }
            if let inGap { return inGap }
            guard rules.hasSegment(after: index) else { return nil }
            index += 1
            segment = rules.segment(index)
            from = segment.wallStart
            let unseen = min(from, segment.reachedWall)
            if search.isExhausted(from: unseen), !mayMeetInGap(from: unseen) { return nil }
        }
    }

    /// The last fire time before a second.
    package func previous(before time: UTCSeconds) -> UTCSeconds? {
        var index = rules.index(at: time - 1)
        var segment = rules.segment(index)
        var through = time - 1 + segment.offset
        var search = BackwardSearch(pattern, through: through)
        while true {
            let first = policy.repeatsFolds ? segment.wallStart : max(segment.wallStart, segment.reachedWall)
            let match = search.previous(atOrBefore: through, in: pattern)
            // A pattern that selects nothing since the gap began selects nothing in it.
            let mayFireAfterGap = !parties.isEmpty || segment.reachedWall <= match ?? .min
            let inGap =
                segment.reachedWall < segment.wallStart && mayFireAfterGap
                ? previousInGap(of: segment, before: time) : nil
            if let match, match >= first { return later(inGap, match - segment.offset) }
            if let inGap { return inGap }
            guard index > 0 else { return nil }
            // No earlier segment shows a later wall time.
            let unseen = segment.reachedWall - 1
            if search.isExhausted(through: unseen), !mayHaveMetInGap(through: unseen) { return nil }
            index -= 1
            segment = rules.segment(index)
            through = segment.wallEnd - 1
        }
    }

    /// How many fire times lie after one second and at or before another. The cost grows with the number of clock
    /// changes and months between them, not with the number of fire times.
    package func count(after start: UTCSeconds, through end: UTCSeconds) -> Int {
        guard start < end else { return 0 }
        var index = rules.index(at: start)
        var total = 0
        while true {
            let segment = rules.segment(index)
            if segment.start > end { return total }
            let first = max(start + 1, segment.start)
            let last = min(end, segment.end - 1)
            if first <= last {
                var from = first + segment.offset
                if !policy.repeatsFolds { from = max(from, segment.reachedWall) }
                if from <= last + segment.offset { total += pattern.count(from: from, through: last + segment.offset) }
                if segment.reachedWall < segment.wallStart {
                    total += countInGap(of: segment, first: first, last: last)
                }
            }
            guard rules.hasSegment(after: index) else { return total }
            index += 1
        }
    }

    /// Whether the parties may yet fire together after a gap, which they do by different times of it as well: the
    /// pattern they have in common does not tell.
    private func mayMeetInGap(from wall: WallSeconds) -> Bool {
        policy.gap == .once && !parties.isEmpty && parties.allSatisfy { $0.pattern.next(atOrAfter: wall) != nil }
    }

    private func mayHaveMetInGap(through wall: WallSeconds) -> Bool {
        policy.gap == .once && !parties.isEmpty && parties.allSatisfy { $0.pattern.previous(atOrBefore: wall) != nil }
    }

    /// The fire time that a gap before the segment gives rise to, if there is one after `time`.
    private func nextInGap(
        of segment: ZoneSegment,
        after time: UTCSeconds,
        _ search: inout ForwardSearch
    ) -> UTCSeconds? {
        switch policy.gap {
        case .skip: return nil
        case .once:
            guard segment.start > time else { return nil }
            if parties.isEmpty {
                guard let match = search.next(atOrAfter: segment.reachedWall, in: pattern), match < segment.wallStart
                else {
                    return nil
                }
                return segment.start
            }
            return firesAfterGap(segment) ? segment.start : nil
        case .shift:
            let from = max(segment.reachedWall, segment.reachedWall + time + 1 - segment.start)
            guard let match = search.next(atOrAfter: from, in: pattern), match <= segment.lastShifted else {
                return nil
            }
            return segment.start + (match - segment.reachedWall)
        }
    }

    private func previousInGap(of segment: ZoneSegment, before time: UTCSeconds) -> UTCSeconds? {
        switch policy.gap {
        case .skip: return nil
        case .once:
            return segment.start < time && firesAfterGap(segment) ? segment.start : nil
        case .shift:
            let through = min(segment.lastShifted, segment.reachedWall + (time - 1 - segment.start))
            guard let match = pattern.previous(atOrBefore: through), match >= segment.reachedWall else { return nil }
            return segment.start + (match - segment.reachedWall)
        }
    }

    /// Fire times of the gap between two instants of the segment that are not fire times of the segment anyway.
    private func countInGap(of segment: ZoneSegment, first: UTCSeconds, last: UTCSeconds) -> Int {
        switch policy.gap {
        case .skip: return 0
        case .once:
            return first == segment.start && !pattern.contains(segment.wallStart) && firesAfterGap(segment) ? 1 : 0
        case .shift:
            var total = 0
            var from = segment.reachedWall + (first - segment.start)
            let through = min(segment.lastShifted, segment.reachedWall + (last - segment.start))
            while from <= through, let match = pattern.next(atOrAfter: from), match <= through {
                let shown = segment.wallStart + (match - segment.reachedWall)
                if !pattern.contains(shown) { total += 1 }
                from = match + 1
            }
            return total
        }
    }

    /// Whether the instant after the gap before the segment is a fire time.
    private func firesAfterGap(_ segment: ZoneSegment) -> Bool {
        if !parties.isEmpty { return parties.allSatisfy { $0.firesAfterGap(segment) } }
        let first = policy.gap == .once ? segment.reachedWall : segment.wallStart
        return pattern.hasMatch(from: first, through: segment.wallStart)
    }

    private func earlier(_ left: UTCSeconds?, _ right: UTCSeconds) -> UTCSeconds { min(left ?? right, right) }
    private func later(_ left: UTCSeconds?, _ right: UTCSeconds) -> UTCSeconds { max(left ?? right, right) }
}

extension ZoneSegment {
    /// The last wall time of the gap before the segment that can be shifted to a time in the segment: a zone file may
    /// have a clock change again before as much time has passed as the gap left out.
    fileprivate var lastShifted: WallSeconds { min(wallStart - 1, reachedWall + (end - 1 - start)) }
}

/// Remembers the last answer of a pattern, since every segment on the way to a far one asks again.
///
/// The pattern is handed in at every question: a copy of it here would count all its references at every search.
private struct ForwardSearch {
    private var from: WallSeconds
    private var match: WallSeconds?

    init(_ pattern: some WallPattern, from: WallSeconds) {
        self.from = from
        match = pattern.next(atOrAfter: from)
    }

    mutating func next(atOrAfter wall: WallSeconds, in pattern: some WallPattern) -> WallSeconds? {
        if wall >= from {
            guard let match else { return nil }
            if wall <= match { return match }
        }
        from = wall
        match = pattern.next(atOrAfter: wall)
        return match
    }

    /// Whether it is known that no match lies at or after a wall time.
    func isExhausted(from wall: WallSeconds) -> Bool { match == nil && wall >= from }
}

/// The same backwards.
private struct BackwardSearch {
    private var through: WallSeconds
    private var match: WallSeconds?

    init(_ pattern: some WallPattern, through: WallSeconds) {
        self.through = through
        match = pattern.previous(atOrBefore: through)
    }

    mutating func previous(atOrBefore wall: WallSeconds, in pattern: some WallPattern) -> WallSeconds? {
        if wall <= through {
            guard let match else { return nil }
            if wall >= match { return match }
        }
        through = wall
        match = pattern.previous(atOrBefore: wall)
        return match
    }

    /// Whether it is known that no match lies at or before a wall time.
    func isExhausted(through wall: WallSeconds) -> Bool { match == nil && wall <= through }
}
