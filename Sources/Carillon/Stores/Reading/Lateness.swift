import CarillonTriggers

/// How late a run started, in steps: `minute` is from one minute up to ten.
///
/// A store can index steps: a query such as "all runs that started a minute late or more" reads no other runs.
public enum Lateness: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// Less than a second, or the run never started.
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

    /// The minimum delay of the step, in microseconds.
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

    /// Creates the step of a delay in microseconds.
    public init(microseconds: Int64) {
        self = Self.allCases.last { microseconds >= $0.leastMicroseconds } ?? .onTime
    }

    /// Whether one step is less late than another.
    public static func < (left: Lateness, right: Lateness) -> Bool { left.rawValue < right.rawValue }
}

extension Run {
    /// How long after its time the run started, in microseconds; `nil` if it never started. The time of a first attempt
    /// is its due time; that of a later attempt or of a backfill is the time from which a node could take it.
    public var delay: Int64? {
        guard let started else { return nil }
        let promised = id.attempt == 1 && id.occurrence.kind != .backfill ? due : available
        return max(0, started.microseconds - promised.microseconds)
    }

    /// How late the run started.
    public var lateness: Lateness { delay.map(Lateness.init(microseconds:)) ?? .onTime }
}
