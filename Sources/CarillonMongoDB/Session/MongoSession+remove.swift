#if MongoDB
internal import Carillon
internal import CarillonTriggers
internal import CarillonUnits

extension MongoSession {
    /// The number of times that a removal is tried again because others have changed the job meanwhile.
    private static var removalRounds: Int { 100 }

    /// See `JobStore.remove`. A job that cannot be read is removed like any other, because it was named; those of its runs
    /// that cannot be read stay.
    func remove(_ ids: [JobID], at now: Instant) throws(CarillonError) -> [Bool] {
        var removed: Set<JobID> = []
        for some in Array(Set(ids)).batches(of: 500) {
            var left = Set(some)
            for _ in 0..<Self.removalRounds where !left.isEmpty {
                let found = try find(
                    .units, ["name": ["$in": .texts(left.map(\.description))]], fields: UnitDocument.planFields
                ).compactMap { FoundUnit($0, shared.readers) }
                left = []
                for unit in found {
                    guard let id = try? JobID(exactly: unit.unit.id) else { continue }
                    if try remove(unit, at: now) { removed.insert(id) } else { left.insert(id) }
                }
            }
            guard left.isEmpty else {
                throw CarillonError(
                    .storeFailed,
                    "\(place): \(left.count) jobs are changed all the time and were not removed; try again")
            }
        }
        // An id that is named twice is removed once.
        return ids.map { removed.remove($0) != nil }
    }

    private func remove(_ found: FoundUnit, at now: Instant) throws(CarillonError) -> Bool {
        var written: [(key: String?, range: ReasonRange, isGone: Bool)] = []
        if let snapshot = found.snapshot, let reason = snapshot.removedReason(at: now) {
            let change = JobChange(job: snapshot.job, reasons: [reason])
            written = ReasonChanges(change, there: try reasons(that: [change])).written
        }
        let write = UnitWrite(removing: found, at: now, reasons: written)
        guard try change(write, of: found, token: Self.token()) else { return false }
        if write.leaves { try settle([found.generation]) }
        return true
    }
}
#endif
