/// A set of wall times, as a clock without any zone would show them: what a cron expression or a calendar interval
/// selects before a zone's clock changes are applied.
package protocol WallPattern: Sendable {
    /// The first selected wall time at or after one.
    func next(atOrAfter wall: WallSeconds) -> WallSeconds?
    /// The last selected wall time at or before one.
    func previous(atOrBefore wall: WallSeconds) -> WallSeconds?
    /// How many selected wall times lie in a range, both ends included.
    func count(from first: WallSeconds, through last: WallSeconds) -> Int
    /// Whether any selected wall time lies in a short range, both ends included.
    func hasMatch(from first: WallSeconds, through last: WallSeconds) -> Bool
}

extension WallPattern {
    /// Whether a wall time is selected.
    package func contains(_ wall: WallSeconds) -> Bool { hasMatch(from: wall, through: wall) }

    package func hasMatch(from first: WallSeconds, through last: WallSeconds) -> Bool {
        guard first <= last, let match = next(atOrAfter: first) else { return false }
        return match <= last
    }
}

/// What becomes of a selected wall time that the clock skips.
public enum GapPolicy: String, Sendable, Hashable, CaseIterable, Codable {
    /// One fire time at the first instant after the gap, whatever the number of skipped times (Vixie cron's rule).
    case once
    /// None.
    case skip
    /// As long after the gap's beginning as the skipped time would have been (RFC 5545's rule): 02:30 becomes 03:30.
    case shift
}

/// What becomes of a selected wall time that the clock shows twice.
public enum FoldPolicy: String, Sendable, Hashable, CaseIterable, Codable {
    /// One fire time, the first of the two.
    case first
    /// Two fire times.
    case both
}

/// How selected wall times become instants.
package enum ClockChangePolicy: Hashable, Sendable {
    /// Every instant at which the wall clock shows a selected time: nothing in a gap, both halves of a fold.
    case elapsed
    /// Every selected wall time once, but for what the two policies say of gaps and folds.
    case wallClock(gap: GapPolicy, fold: FoldPolicy)

    var gap: GapPolicy {
        switch self {
        case .elapsed: .skip
        case .wallClock(let gap, _): gap
        }
    }

    var repeatsFolds: Bool {
        switch self {
        case .elapsed: true
        case .wallClock(_, let fold): fold == .both
        }
    }
}
