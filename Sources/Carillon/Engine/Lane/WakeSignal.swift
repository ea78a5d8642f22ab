import Synchronization

/// A signal that wakes one waiting task from any thread; it is kept if no task waits.
final class WakeSignal: Sendable {
    private struct State {
        var isRaised = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Wakes the waiter, or lets the next one pass at once.
    func raise() {
        let waiter = state.withLock { state in
            state.isRaised = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Whether the signal has not been raised since its waiter last passed.
    var isLowered: Bool { state.withLock { !$0.isRaised } }

    /// Returns when the signal has been raised since the last wait. Only one task may wait.
    nonisolated(nonsending) func wait() async {
        await withCheckedContinuation { continuation in
            let isRaised = state.withLock { state in
                if !state.isRaised { state.waiter = continuation }
                return state.isRaised
            }
            if isRaised { continuation.resume() }
        }
        state.withLock { $0.isRaised = false }
    }
}
