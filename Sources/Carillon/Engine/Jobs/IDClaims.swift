/// The job ids that are being given to a store, so that no two calls give one id to two stores: each looks in all stores
/// first, and another would see nothing there yet.
///
/// It belongs to an actor, like `AsyncLock`.
final class IDClaims {
    private var claimed: Set<JobID> = []
    private var areAllClaimed = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// Claims some ids as soon as nobody has claimed any of them.
    nonisolated(nonsending) func claim(_ ids: Set<JobID>) async {
        while areAllClaimed || !claimed.isDisjoint(with: ids) { await waitForRelease() }
        claimed.formUnion(ids)
    }

    func release(_ ids: Set<JobID>) {
        claimed.subtract(ids)
        wakeWaiters()
    }

    /// Claims every id there may be: a store comes whose ids are not known yet.
    nonisolated(nonsending) func claimAll() async {
        while areAllClaimed { await waitForRelease() }
        // From now on nobody claims any, so that this comes to an end.
        areAllClaimed = true
        while !claimed.isEmpty { await waitForRelease() }
    }

    func releaseAll() {
        areAllClaimed = false
        wakeWaiters()
    }

    private nonisolated(nonsending) func waitForRelease() async {
        await withCheckedContinuation { continuation in
            // Asked once more, since others may have had their turn before.
            if areAllClaimed || !claimed.isEmpty { waiters.append(continuation) } else { continuation.resume() }
        }
    }

    private func wakeWaiters() {
        let waiters = waiters
        self.waiters = []
        for waiter in waiters { waiter.resume() }
    }
}
