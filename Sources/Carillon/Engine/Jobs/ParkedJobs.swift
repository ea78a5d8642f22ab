import CarillonTriggers

/// When to look for jobs that this node cannot run, and which of them have been reported.
struct ParkedJobs: Sendable {
    /// The shortest time between two searches of a store with something due that no pass finds, in microseconds.
    private static let pause: Int64 = 60_000_000

    /// Whether the lane looks for parked jobs in its next turn.
    private(set) var isDue = true
    private var notBefore: Int64 = .min
    private var reported: Set<String> = []

    /// Makes the lane look for parked jobs in its next turn.
    mutating func want() { isDue = true }

    /// Makes the lane look if something is due that no pass finds, at most once a minute.
    mutating func suspect(at monotonic: Int64) { if monotonic >= notBefore { isDue = true } }

    /// Records that the lane looks.
    mutating func begin(at monotonic: Int64) {
        isDue = false
        notBefore = monotonic + Self.pause
    }

    /// Records that a job is reported.
    ///
    /// - Returns: Whether it had not been reported before.
    mutating func report(_ id: String) -> Bool { reported.insert(id).inserted }

    /// Lets a job be reported again if it still cannot be run, since its definition was changed.
    mutating func forget(_ id: String) {
        reported.remove(id)
        isDue = true
    }
}
