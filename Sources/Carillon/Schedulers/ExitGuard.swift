import Foundation

/// Keeps the process alive until the schedulers registered here have been shut down.
///
/// `exit` waits for them, and so does the end of `main`, which calls it (atexit(3)). A run that calls `exit` would wait
/// for its own end, so it ends the process at once, with its status.
final class ExitGuard: Sendable {
    static let shared = ExitGuard()

    /// How many schedulers run.
    private let running = Monitor(0)

    private init() {
        atexit { ExitGuard.shared.waitForAll() }
    }

    /// Registers a scheduler that has been started.
    func begin() { running.withLock { $0 += 1 } }

    /// Forgets a scheduler that has ended.
    func end() {
        running.withLock { $0 -= 1 }
        running.broadcast()
    }

    private func waitForAll() {
        if RunWork.current != nil { return }
        running.wait { $0 == 0 ? () : nil }
    }
}
