/// The job ids that are being added to stores, so that no two calls add the same id to two stores. Each call looks in
/// all stores first, and would not see a job that another call has yet to add.
///
/// It belongs to an actor, like `AsyncLock`.
final class IDClaims {
    private var claimed: Set<JobID> = []
    private var areAllClaimed = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// Claims ids, as soon as none of them is claimed.
    nonisolated(nonsending) func claim(_ ids: Set<JobID>) async {
        while areAllClaimed || !claimed.isDisjoint(with: ids) { await waitForRelease() }
        claimed.formUnion(ids)
    }

    func release(_ ids: Set<JobID>) {
        claimed.subtract(ids)
        wakeWaiters()
    }

    /// Claims all ids, for a new store whose ids are not known yet.
    nonisolated(nonsending) func claimAll() async {
        while areAllClaimed { await waitForRelease() }
        // From now on no id can be claimed, so that the wait ends.
        areAllClaimed = true
        while !claimed.isEmpty { await waitForRelease() }
    }

    func releaseAll() {
        areAllClaimed = false
        wakeWaiters()
    }

    private nonisolated(nonsending) func waitForRelease() async {
        await withCheckedContinuation { continuation in
            // Checked again, since other tasks may have run in between.
            if areAllClaimed || !claimed.isEmpty { waiters.append(continuation) } else { continuation.resume() }
        }
    }

    private func wakeWaiters() {
        let waiters = waiters
        self.waiters = []
        for waiter in waiters { waiter.resume() }
    }
}
