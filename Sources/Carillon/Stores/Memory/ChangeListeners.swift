import Synchronization

/// The listeners for changes. Each has at most one unread element, which stands for all changes since.
final class ChangeListeners: Sendable {
    private struct State {
        var continuations: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextNumber = 0
    }

    private let state = Mutex(State())

    /// Adds a listener, which is removed when its stream is no longer read.
    func add() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.nextNumber += 1
            state.continuations[state.nextNumber] = continuation
            return state.nextNumber
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.continuations.removeValue(forKey: number) }
        }
        return stream
    }

    /// Notifies all listeners.
    func tell() {
        for continuation in state.withLock({ Array($0.continuations.values) }) { continuation.yield() }
    }

    /// Ends the streams of all listeners.
    func finish() {
        for continuation in state.withLock({ Array($0.continuations.values) }) { continuation.finish() }
    }
}
