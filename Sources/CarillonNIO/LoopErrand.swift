#if NIO
import Dispatch
import NIOCore
import Synchronization

/// Work that is handed to an event loop, and goes to a dispatch queue if the loop drops it.
///
/// A loop that has shut down drops what it is handed, and says so only on standard error. Whatever waits for the work
/// would wait for ever.
final class LoopErrand: Sendable {
    private let body: @Sendable (_ isOnLoop: Bool) -> Void
    private let hasBegun = Atomic(false)

    private init(_ body: @escaping @Sendable (_ isOnLoop: Bool) -> Void) { self.body = body }

    deinit {
        if !hasBegun.load(ordering: .acquiring) { DispatchQueue.global().async { [body] in body(false) } }
    }

    /// Performs `body` on a loop, in order; or elsewhere, if the loop has shut down.
    ///
    /// - Parameter body: Is told whether it is on the loop.
    static func perform(on loop: any EventLoop, _ body: @escaping @Sendable (_ isOnLoop: Bool) -> Void) {
        let errand = LoopErrand(body)
        loop.execute { errand.begin() }
    }

    private func begin() {
        hasBegun.store(true, ordering: .releasing)
        body(true)
    }
}
#endif
