import Synchronization

/// What tasks tell a test, in order, for a test that waits for it.
final class Signals<Element: Sendable>: Sendable {
    private let continuation: AsyncStream<Element>.Continuation
    private let stream: AsyncStream<Element>

    init() { (stream, continuation) = AsyncStream.makeStream(of: Element.self) }

    func send(_ element: Element) { continuation.yield(element) }

    /// Nothing more is told.
    func finish() { continuation.finish() }

    /// Returns the next one, or `nil` when nothing more is told; only one caller at a time.
    func next() async -> Element? { await stream.first { _ in true } }
}
