/// A lock that lets one task through at a time, in the order in which they came.
///
/// It belongs to an actor, which protects its state from concurrent access.
final class AsyncLock {
    private var isHeld = false
    private var waiters: FirstInFirstOut<CheckedContinuation<Void, Never>> = FirstInFirstOut()

    nonisolated(nonsending) func acquire() async {
        guard isHeld else {
            isHeld = true
            return
        }
        await withCheckedContinuation { continuation in
            // Checked again, since other tasks may have run in between.
            if isHeld {
                waiters.append(continuation)
            } else {
                isHeld = true
                continuation.resume()
            }
        }
    }

    func release() {
        // The lock passes directly to the next waiter, so that no other task gets in between.
        if let next = waiters.popFirst() { next.resume() } else { isHeld = false }
    }
}
