internal import Synchronization

/// A stretch of time in which a zone keeps one offset.
package struct ZoneSegment: Hashable, Sendable {
    /// The first second of the stretch.
    package var start: UTCSeconds
    /// The first second after it.
    package var end: UTCSeconds
    /// Seconds east of UTC.
    package var offset: Int64
    /// The first wall time that no clock of the zone had reached when the stretch began. Above `wallStart`, the wall
    /// times between the two are shown a second time (a fold); below it, those between are never shown (a gap).
    package var reachedWall: WallSeconds

    /// What the wall clock shows at `start`.
    package var wallStart: WallSeconds { start + offset }
    /// What the wall clock would show at `end` if the stretch went on.
    package var wallEnd: WallSeconds { end + offset }
}

/// The offsets of one zone over all time, as segments to walk along.
///
/// The rules behind the last transition of a zone file repeat with the Gregorian calendar every 400 years, so one such
/// cycle is written out and later ones are read from it.
package final class ZoneRules: Sendable {
    /// 400 Gregorian years.
    private static let cycle: Int64 = 146_097 * CivilLimits.secondsPerDay
    private static let beginningOfTime = Instant.earliest.flooredSeconds
    private static let endOfTime = Instant.latest.flooredSeconds + 1
    /// Segments are found through slots of 2^23 seconds (97 days), which rarely hold more than one transition.
    private static let slotBits: Int64 = 23

    /// All segments up to the end of the first 400-year cycle.
    package let segments: ContiguousArray<ZoneSegment>
    /// The index of the first segment of the 400-year cycle; `nil` if the last segment lasts for ever.
    private let cycleStart: Int?
    private let firstTransition: UTCSeconds
    /// For each slot from the first transition on, the segment that its first second lies in.
    private let slots: ContiguousArray<Int32>
    /// The rules that a newer zone file has for the same zone.
    private let successor = Mutex<ZoneRules?>(nil)

    /// Rules with one offset for ever.
    package convenience init(fixedOffset: Int) {
        self.init(initialOffset: fixedOffset, transitions: [], rule: nil)
    }

    /// - Parameters:
    ///   - initialOffset: Seconds east of UTC before the first transition.
    ///   - transitions: When a new offset begins, in ascending order.
    ///   - rule: What holds after the last transition, where it is not simply the last offset.
    package init(initialOffset: Int, transitions: [(time: UTCSeconds, offset: Int)], rule: RecurringOffsetRule?) {
        var changes: [(time: UTCSeconds, offset: Int)] = []
        var current = initialOffset
        var before = initialOffset
        for change in transitions where change.time < Self.endOfTime {
            if change.time <= Self.beginningOfTime {
                before = change.offset
            } else if change.offset != current {
                changes.append(change)
            }
            current = change.offset
        }
        var cycleSpan: Range<UTCSeconds>?
        // The rule has nothing to say where transitions reach the end of time, and nothing of the time before it begins.
        let last = max(transitions.last?.time ?? Self.beginningOfTime, Self.beginningOfTime)
        if let rule, last < Self.endOfTime {
            let lastYear = CivilDate(daysSince1970: Int(last.flooredQuotient(by: 86_400))).year
            let firstCycleYear = max(lastYear, 1) + 2
            let begin = Int64(CivilDate.daysSince1970(year: firstCycleYear, month: 1, day: 1)) * 86_400
            cycleSpan = begin..<(begin + Self.cycle)
            for change in rule.transitions(inYears: (lastYear - 1)...(firstCycleYear + 400))
            where change.time > last && change.time < begin + Self.cycle {
                if change.offset != current { changes.append(change) }
                current = change.offset
            }
        }

        var segments = ContiguousArray<ZoneSegment>()
        segments.reserveCapacity(changes.count + 1)
        var start = Self.beginningOfTime
        var offset = Int64(before)
        var reached = start + offset
        for change in changes {
            segments.append(ZoneSegment(start: start, end: change.time, offset: offset, reachedWall: reached))
            reached = max(reached, change.time + offset)
            start = change.time
            offset = Int64(change.offset)
        }
        segments.append(ZoneSegment(start: start, end: Self.endOfTime, offset: offset, reachedWall: reached))

        let cycleStart = cycleSpan.flatMap { span in segments.firstIndex { $0.start >= span.lowerBound } }
        if let cycleStart {
            // The last segment goes on until the cycle begins anew.
            segments[segments.count - 1].end = segments[cycleStart].start + Self.cycle
        }
        self.segments = segments
        self.cycleStart = cycleStart
        firstTransition = segments.count > 1 ? segments[1].start : Self.endOfTime

        var slots = ContiguousArray<Int32>()
        if segments.count > 1 {
            var slot = segments[1].start
            let lastStart = segments[segments.count - 1].start
            var index = 1
            while slot <= lastStart {
                while index + 1 < segments.count, segments[index + 1].start <= slot { index += 1 }
                slots.append(Int32(index))
                slot += 1 << Self.slotBits
            }
        }
        self.slots = slots
    }

    /// See `latest`.
    var next: ZoneRules? {
        get { successor.withLock(\.self) }
        set { successor.withLock { $0 = newValue } }
    }

    /// Whether both say the same of all time.
    func isSame(as other: ZoneRules) -> Bool {
        segments == other.segments && cycleStart == other.cycleStart
    }

    /// The index of the segment a time lies in; `segment(_:)` takes it.
    package func index(at time: UTCSeconds) -> Int {
        if time < firstTransition { return 0 }
        guard let cycleStart, let last = segments.last, time >= last.end else { return tableIndex(at: time) }
        let turns = (time - segments[cycleStart].start) / Self.cycle
        return tableIndex(at: time - turns * Self.cycle) + Int(turns) * (segments.count - cycleStart)
    }

    /// The segment of an index at or above zero; every index has one where the rules recur.
    package func segment(_ index: Int) -> ZoneSegment {
        if index < segments.count { return segments[index] }
        guard let cycleStart else { return segments[segments.count - 1] }
        let length = segments.count - cycleStart
        let turns = (index - cycleStart) / length
        var segment = segments[cycleStart + (index - cycleStart) % length]
        let shift = Int64(turns) * Self.cycle
        segment.start += shift
        segment.end += shift
        segment.reachedWall += shift
        return segment
    }

    /// Whether a segment follows the one of this index.
    package func hasSegment(after index: Int) -> Bool {
        cycleStart != nil || index + 1 < segments.count
    }

    /// Seconds east of UTC at a time.
    package func offset(at time: UTCSeconds) -> Int { Int(segment(index(at: time)).offset) }

    /// The index of the segment in which the wall clock first shows a time or, where that time is skipped, first shows
    /// a later one.
    package func index(reachingWall wall: WallSeconds) -> Int {
        // No offset is larger than 26 hours, so the segment cannot be an earlier one.
        var index = index(at: wall - 26 * 3600)
        while segment(index).wallEnd <= wall, hasSegment(after: index) { index += 1 }
        return index
    }

    /// The first instant at which the wall clock shows this time or, where it is skipped, a later one.
    package func firstInstant(atOrAfterWall wall: WallSeconds) -> UTCSeconds {
        let segment = segment(index(reachingWall: wall))
        return max(wall - segment.offset, segment.start)
    }

    private func tableIndex(at time: UTCSeconds) -> Int {
        let slot = Int((time - firstTransition) >> Self.slotBits)
        guard slot < slots.count else { return segments.count - 1 }
        var low = Int(slots[slot])
        var high = slot + 1 < slots.count ? Int(slots[slot + 1]) : segments.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if segments[middle].start <= time { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
