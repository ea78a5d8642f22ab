/// Lets one task after the other through, in the order in which they came.
///
/// It belongs to an actor, which is what keeps its state from being touched by two at once.
final class AsyncLock {
    private var isHeld = false
    private var waiters: FirstInFirstOut<CheckedContinuation<Void, Never>> = FirstInFirstOut()

    nonisolated(nonsending) func acquire() async {
        guard isHeld else {
            isHeld = true
            return
        }
        await withCheckedContinuation { continuation in
            // Asked once more, since others may have had their turn before.
            if isHeld {
                waiters.append(continuation)
            } else {
                isHeld = true
                continuation.resume()
            }
        }
    }

    func release() {
        // The lock goes from hand to hand, so that nobody comes between.
        if let next = waiters.popFirst() { next.resume() } else { isHeld = false }
    }
}
