import Dispatch
import Foundation
import Synchronization

/// Keeps the process alive until the schedulers registered here have been shut down.
///
/// `exit` waits for them, and so does the end of `main`, which calls it (atexit(3)). A run that calls `exit` would wait
/// for its own end, so it ends the process at once, with its status.
final class ExitGuard: Sendable {
    static let shared = ExitGuard()

    private let ends = Mutex<[DispatchSemaphore]>([])

    private init() {
        atexit { ExitGuard.shared.waitForAll() }
    }

    func wait(for end: DispatchSemaphore) { ends.withLock { $0.append(end) } }

    private func waitForAll() {
        if RunWork.current != nil { return }
        let ends = ends.withLock { $0 }
        for end in ends { end.wait() }
    }
}
