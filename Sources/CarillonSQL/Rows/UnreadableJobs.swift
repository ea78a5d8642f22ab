internal import Synchronization

/// Jobs whose rows could not be read lately, so that searches pass over them instead of finding nothing but them.
///
/// They are forgotten after a minute: somebody may have mended them, and nothing in the store is written for them.
package final class UnreadableJobs: Sendable {
    private struct State {
        var generations: Set<Int64> = []
        var since = ContinuousClock.now
    }

    private static let memory = Duration.seconds(60)
    /// More than these are not noted: to forget those that are would have a search meet them again and again.
    private static let limit = 100_000
    private let state = Mutex(State())

    /// None yet.
    package init() {}

    /// The generations of those that are known.
    var generations: [Int64] {
        state.withLock { state in
            if !state.generations.isEmpty, ContinuousClock.now - state.since > Self.memory { state.generations = [] }
            return Array(state.generations)
        }
    }

    /// Notes more of them.
    func insert(_ found: some Collection<Int64>) {
        state.withLock { state in
            if state.generations.isEmpty { state.since = .now }
            if state.generations.count < Self.limit { state.generations.formUnion(found) }
        }
    }
}
