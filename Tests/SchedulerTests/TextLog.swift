import Synchronization

/// What tasks say, in order, on whatever thread.
final class TextLog: Sendable {
    private let lines = Mutex<[String]>([])

    var texts: [String] { lines.withLock { $0 } }

    func append(_ text: String) { lines.withLock { $0.append(text) } }
}
