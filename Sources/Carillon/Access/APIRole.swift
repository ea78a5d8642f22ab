/// What somebody may do over an API; each may do what those before it may.
public enum APIRole: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Reads.
    case viewer
    /// Runs, pauses and resumes as well.
    case `operator`
    /// Adds, changes and removes jobs, and starts and stops the scheduler as well.
    case admin

    /// Whether the left one may do less.
    public static func < (left: APIRole, right: APIRole) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .operator: 1
        case .admin: 2
        }
    }
}
