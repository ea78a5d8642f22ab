import CarillonTriggers

/// Backfills: runs for past times of a trigger.
extension Engine {
    /// Makes runs for a past range of a job, in whichever store has it.
    ///
    /// - Returns: The runs, in the order of their times.
    func backfill(_ id: JobID, from first: Instant, through last: Instant) async throws(CarillonError) -> [Run.ID] {
        let lane = try await lane(of: id)
        await lane.lock.acquire()
        defer { lane.lock.release() }
        let runs = try await lane.store.backfill(id, from: first, through: last, at: clock.now)
        hub.emit(runs.map { .runQueued($0) })
        lane.wake()
        return runs
    }
}
