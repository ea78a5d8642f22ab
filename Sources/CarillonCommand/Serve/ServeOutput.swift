import Dispatch
import Synchronization

/// What the server writes to standard output and standard error, in order, by a queue of its own: whoever reads it may be
/// slow, and no thread of Swift concurrency waits for that.
final class ServeOutput: Sendable {
    private let queue = DispatchQueue(label: "carillon.output")
    private let failure = Mutex<POSIXFailure?>(nil)
    private let hasFailed: @Sendable (POSIXFailure) -> Void

    /// - Parameter hasFailed: Called once, where standard output cannot be written.
    init(hasFailed: @escaping @Sendable (POSIXFailure) -> Void) { self.hasFailed = hasFailed }

    /// Writes whole lines to standard output, and returns when they are written.
    func write(_ text: String) async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.perform(text, to: 1)
                continuation.resume()
            }
        }
    }

    /// Writes whole lines to standard error some time soon. What cannot be written is lost: there is nowhere to say so.
    func post(_ text: String) { queue.async { self.perform(text, to: 2) } }

    private func perform(_ text: String, to descriptor: Int32) {
        if descriptor == 1, failure.withLock({ $0 != nil }) { return }
        var buffer = OutputBuffer(descriptor: descriptor)
        buffer.append(text)
        do throws(POSIXFailure) {
            try buffer.flush()
        } catch {
            guard descriptor == 1 else { return }
            failure.withLock { $0 = error }
            hasFailed(error)
        }
    }
}
