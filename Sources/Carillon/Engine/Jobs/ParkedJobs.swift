import CarillonTriggers

/// When to look for jobs that this node cannot run, and which of them it has reported.
struct ParkedJobs: Sendable {
    /// Microseconds between two looks at a store that has something due which cannot be run.
    private static let pause: Int64 = 60_000_000

    /// Whether the lane looks for them in its next turn.
    private(set) var isDue = true
    private var notBefore: Int64 = .min
    private var reported: Set<String> = []

    /// Has the lane look in its next turn.
    mutating func want() { isDue = true }

    /// The same where something is due and no pass finds it, at most once a minute.
    mutating func suspect(at monotonic: Int64) { if monotonic >= notBefore { isDue = true } }

    /// Notes that the lane looks.
    mutating func begin(at monotonic: Int64) {
        isDue = false
        notBefore = monotonic + Self.pause
    }

    /// Notes that a job is reported.
    ///
    /// - Returns: Whether it had not been.
    mutating func report(_ id: String) -> Bool { reported.insert(id).inserted }

    /// Has a job reported again if it cannot be run: its definition was changed.
    mutating func forget(_ id: String) {
        reported.remove(id)
        isDue = true
    }
}
