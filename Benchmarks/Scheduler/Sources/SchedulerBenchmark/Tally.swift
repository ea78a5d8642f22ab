import Synchronization

/// Counts, from any thread, and tells when a number is reached.
final class Tally: Sendable {
    private struct State {
        var reached: ContinuousClock.Instant?
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let counted = Atomic(0)
    private let state = Mutex(State())
    private let goal: Int

    init(goal: Int) { self.goal = goal }

    func add() {
        guard counted.add(1, ordering: .relaxed).newValue == goal else { return }
        state.withLock { state in
            state.reached = .now
            state.waiter?.resume()
            state.waiter = nil
        }
    }

    /// Returns when the goal is reached, with the time at which it was.
    func wait() async -> ContinuousClock.Instant {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.reached != nil { continuation.resume() } else { state.waiter = continuation }
            }
        }
        return state.withLock { $0.reached ?? .now }
    }
}
