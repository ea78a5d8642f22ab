import CarillonTriggers

/// How late a run began, in steps: `minute` is from one minute up to ten.
///
/// Steps, since a store can index them: "all that began a minute late or more" is then found without looking at the
/// others.
public enum Lateness: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// Less than a second, or it never began.
    case onTime
    /// One second or more.
    case second
    /// Ten seconds or more.
    case tenSeconds
    /// One minute or more.
    case minute
    /// Ten minutes or more.
    case tenMinutes
    /// One hour or more.
    case hour

    /// The least delay of the step, in microseconds.
    public var leastMicroseconds: Int64 {
        switch self {
        case .onTime: 0
        case .second: 1_000_000
        case .tenSeconds: 10_000_000
        case .minute: 60_000_000
        case .tenMinutes: 600_000_000
        case .hour: 3_600_000_000
        }
    }

    /// The step of a delay.
    public init(microseconds: Int64) {
        self = Self.allCases.last { microseconds >= $0.leastMicroseconds } ?? .onTime
    }

    /// The earlier step is the smaller one.
    public static func < (left: Lateness, right: Lateness) -> Bool { left.rawValue < right.rawValue }
}

extension Run {
    /// How long after its time it began, in microseconds; `nil` where it never began. The time of a first attempt is when
    /// it was due; that of a later attempt, and of a run for a past range, is from when on a node could take it.
    public var delay: Int64? {
        guard let started else { return nil }
        let promised = id.attempt == 1 && id.occurrence.kind != .backfill ? due : available
        return max(0, started.microseconds - promised.microseconds)
    }

    /// How late it began.
    public var lateness: Lateness { delay.map(Lateness.init(microseconds:)) ?? .onTime }
}
