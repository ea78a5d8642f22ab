#if Command
import Dispatch
import Foundation
import Synchronization

/// What the server writes to standard output and standard error, in order, by a queue of its own: whoever reads it may be
/// slow, and no thread of Swift concurrency waits for that.
final class ServeOutput: Sendable {
    private let queue = DispatchQueue(label: "carillon.output")
    private let failure = Mutex<POSIXFailure?>(nil)
    /// How many texts are not written yet.
    private let unwritten = Atomic<Int>(0)
    private let hasFailed: @Sendable (POSIXFailure) -> Void

    /// - Parameter hasFailed: Called once, where standard output cannot be written.
    init(hasFailed: @escaping @Sendable (POSIXFailure) -> Void) { self.hasFailed = hasFailed }

    /// Writes whole lines to standard output, and returns when they are written.
    func write(_ text: String) async {
        await withCheckedContinuation { continuation in
            enqueue(text) { continuation.resume() }
        }
    }

    /// Writes whole lines to standard output behind all that was given before.
    ///
    /// - Parameter written: Called when they are written.
    func enqueue(_ text: String, written: @escaping @Sendable () -> Void = {}) {
        perform(text, to: 1, written)
    }

    /// Writes whole lines to standard error some time soon. What cannot be written is lost: there is nowhere to say so.
    func post(_ text: String) { perform(text, to: 2) {} }

    /// Ends the process at once; the status tells whether there is something that could not be written, and so does
    /// standard error where it takes a line without waiting.
    func exit() -> Never {
        let isUnread = unwritten.load(ordering: .relaxed) > 0
        var place = pollfd(fd: 2, events: Int16(POLLOUT), revents: 0)
        if isUnread, poll(&place, 1, 0) == 1, place.revents == Int16(POLLOUT) {
            var output = OutputBuffer(descriptor: 2)
            output.append("Error: the output was not read: what was still to be written is lost\n")
            // The status tells as well.
            try? output.flush()
        }
        _exit(isUnread ? CommandFailure.Status.inputOrOutput.rawValue : CommandFailure.Status.refused.rawValue)
    }

    private func perform(_ text: String, to descriptor: Int32, _ written: @escaping @Sendable () -> Void) {
        unwritten.wrappingAdd(1, ordering: .relaxed)
        queue.async {
            self.flush(text, to: descriptor)
            self.unwritten.wrappingSubtract(1, ordering: .relaxed)
            written()
        }
    }

    private func flush(_ text: String, to descriptor: Int32) {
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
#endif
