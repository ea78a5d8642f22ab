#if Web
import Foundation
import Synchronization

/// Hands messages to everybody who listens at the moment.
final class Feed: Sendable {
    private let listeners = Mutex<[UUID: AsyncStream<String>.Continuation]>([:])

    func send(_ message: String) {
        for listener in listeners.withLock({ $0.values.map(\.self) }) { listener.yield(message) }
    }

    /// The messages from now on, for one listener. If it reads too slowly, it gets the latest ones.
    func messages() -> AsyncStream<String> {
        let (stream, listener) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(100))
        let id = UUID()
        listeners.withLock { $0[id] = listener }
        listener.onTermination = { [weak self] _ in self?.listeners.withLock { $0[id] = nil } }
        return stream
    }
}
#endif
