internal import Synchronization

/// Jobs whose rows recently turned out unreadable, so that searches skip them instead of finding nothing else.
///
/// They are forgotten after a minute: a user may have repaired them, and the store records nothing about them.
package final class UnreadableJobs: Sendable {
    private struct State {
        var generations: Set<Int64> = []
        var since = ContinuousClock.now
    }

    private static let memory = Duration.seconds(60)
    /// The most jobs that are remembered. Dropping others for more would make a search find those again and again.
    private static let limit = 100_000
    private let state = Mutex(State())

    /// Creates an empty set.
    package init() {}

    /// The generations of the remembered jobs.
    var generations: [Int64] {
        state.withLock { state in
            if !state.generations.isEmpty, ContinuousClock.now - state.since > Self.memory { state.generations = [] }
            return Array(state.generations)
        }
    }

    /// Remembers more jobs.
    func insert(_ found: some Collection<Int64>) {
        state.withLock { state in
            if state.generations.isEmpty { state.since = .now }
            if state.generations.count < Self.limit { state.generations.formUnion(found) }
        }
    }
}
