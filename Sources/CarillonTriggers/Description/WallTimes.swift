/// Wall times and what clock changes do to them, whatever pattern selects them.
protocol WallTimes: Sendable {
    /// How wall times become instants.
    var policy: ClockChangePolicy { get }
    /// What a clock change does to one of the fire times; `nil` for most of them.
    func clockChangeNote(at time: UTCSeconds) -> ClockChangeNote?
    /// What becomes of the times that the clock skips when it is set at a second.
    func skippedTimes(at second: UTCSeconds) -> SkippedTimes
}

/// What a trigger does with wall times that a clock change skips.
struct SkippedTimes {
    /// All of them at which it would fire.
    var meant: Set<WallSeconds> = []
    /// Those of them that it does not make up for.
    var leftOut: Set<WallSeconds> = []
}

extension ZonedPattern: WallTimes {
    func skippedTimes(at second: UTCSeconds) -> SkippedTimes {
        let segment = rules.segment(rules.index(at: second))
        guard segment.start == second, segment.reachedWall < segment.wallStart else { return SkippedTimes() }
        // Every second of the longest gap that a zone file can have.
        let times = pattern.matches(from: segment.reachedWall, before: segment.wallStart, limit: 200_000)
        return SkippedTimes(meant: Set(times), leftOut: policy.gap == .skip ? Set(times) : [])
    }
}
