import CarillonTriggers
import Synchronization

/// Jobs whose rows recently turned out unreadable, so that searches skip them instead of finding nothing else.
///
/// They are forgotten after a minute: a user may have repaired them, and the store records nothing about them. Those that
/// lack a type of trigger are forgotten at once when one is registered.
package final class UnreadableJobs: Sendable {
    private struct State {
        var generations: Set<Int64> = []
        var since = ContinuousClock.now
        /// Those whose triggers are of a type that was not registered.
        var withoutType: Set<Int64> = []
        /// How many types were registered when the first of them was found.
        var types = 0

        mutating func forget() {
            if !generations.isEmpty, ContinuousClock.now - since > UnreadableJobs.memory { generations = [] }
            if !withoutType.isEmpty, Trigger.registeredTypes != types {
                generations.subtract(withoutType)
                withoutType = []
            }
        }
    }

    private static let memory = Duration.seconds(60)
    /// The most jobs that are remembered. Dropping others for more would make a search find those again and again.
    private static let limit = 100_000
    private let state = Mutex(State())

    /// Creates an empty set.
    package init() {}

    /// The generations of the remembered jobs.
    package var generations: [Int64] {
        state.withLock { state in
            state.forget()
            return Array(state.generations)
        }
    }

    /// Records that a job that cannot be read lacks a type of trigger.
    ///
    /// - Parameter types: How many were registered before it was read.
    package func lacksType(_ generation: Int64, types: Int) {
        state.withLock { state in
            state.types = state.withoutType.isEmpty ? types : min(state.types, types)
            if state.withoutType.count < Self.limit { state.withoutType.insert(generation) }
        }
    }

    /// Remembers more jobs.
    package func insert(_ found: some Collection<Int64>) {
        state.withLock { state in
            if state.generations.isEmpty { state.since = .now }
            if state.generations.count < Self.limit { state.generations.formUnion(found) }
        }
    }
}
