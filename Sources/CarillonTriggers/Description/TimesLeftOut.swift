extension Trigger {
    /// Which of the times that the trigger means a clock change leaves out, in one sentence without a full stop; nothing
    /// where it leaves out none. Parts that follow the clock of another zone do not count.
    ///
    /// Expressions with a star for hour, minute or second follow elapsed time and leave out what the clock skips, and so
    /// does `gap: skip`. Where the trigger depends on the moment it is added, fix that first with `anchored(at:)`.
    public func timesLeftOut(by change: Zone.ClockChange) -> String? {
        let times = skippedTimes(by: change).leftOut.sorted()
        guard !times.isEmpty else { return nil }
        let are = times.count == 1 ? "does not exist on this day and is" : "do not exist on this day and are"
        return "\(EnglishText.list(EnglishText.firstTimes(times), "and")) \(are) left out\(reasonOfLeavingOut)"
    }

    private var reasonOfLeavingOut: String {
        switch kind {
        case .cron(let trigger) where trigger.compiled.zoned.policy == .elapsed:
            ", since the expression follows elapsed time"
        case .cron, .calendarInterval: " (gap: skip)"
        case .date, .interval, .any, .all: ""
        }
    }

    /// What a trigger does with wall times that a clock change skips.
    private struct SkippedTimes {
        /// All that it means.
        var meant: Set<WallSeconds> = []
        /// Those of them that it does not make up for.
        var leftOut: Set<WallSeconds> = []
    }

    private func skippedTimes(by change: Zone.ClockChange) -> SkippedTimes {
        if let zone, zone != change.zone { return SkippedTimes() }
        let second = change.instant.flooredSeconds
        switch kind {
        case .cron(let trigger):
            let isWithin = trigger.compiled.first <= second && second <= trigger.compiled.last
            return isWithin ? Self.skippedTimes(of: trigger.compiled.zoned, at: second) : SkippedTimes()
        case .calendarInterval(let trigger):
            return trigger.zoned.map { Self.skippedTimes(of: $0, at: second) } ?? SkippedTimes()
        case .date(let trigger):
            return trigger.zoned.map { Self.skippedTimes(of: $0, at: second) } ?? SkippedTimes()
        case .interval: return SkippedTimes()
        case .any(let trigger):
            let parts = trigger.triggers.map { $0.skippedTimes(by: change) }
            var all = parts.reduce(into: SkippedTimes()) { all, part in
                all.meant.formUnion(part.meant)
                all.leftOut.formUnion(part.leftOut)
            }
            // What one part leaves out another may make up for.
            for part in parts { all.leftOut.subtract(part.meant.subtracting(part.leftOut)) }
            return all
        case .all(let trigger):
            let parts = trigger.triggers.map { $0.skippedTimes(by: change) }
            let meant = parts.dropFirst().reduce(parts.first?.meant ?? []) { $0.intersection($1.meant) }
            let leftOut = parts.reduce(into: Set()) { $0.formUnion($1.leftOut) }.intersection(meant)
            return SkippedTimes(meant: meant, leftOut: contains(change.instant) ? [] : leftOut)
        }
    }

    private static func skippedTimes(of zoned: ZonedPattern<some WallPattern>, at second: UTCSeconds) -> SkippedTimes {
        let segment = zoned.rules.segment(zoned.rules.index(at: second))
        guard segment.start == second, segment.reachedWall < segment.wallStart else { return SkippedTimes() }
        // Every second of the longest gap that a zone file can have.
        let times = zoned.pattern.matches(from: segment.reachedWall, before: segment.wallStart, limit: 200_000)
        return SkippedTimes(meant: Set(times), leftOut: zoned.policy.gap == .skip ? Set(times) : [])
    }
}
