public import CarillonTriggers
import Synchronization

/// What a person may ask of a job, on any store.
extension JobStore {
    /// How often a change is planned anew because somebody else was quicker.
    private static var editAttempts: Int { 100 }

    /// One job with its open runs; nothing where `find` has none of that id.
    package func found(_ id: JobID, at now: Instant) async throws(CarillonError) -> JobSnapshot? {
        var query = JobQuery(now: now)
        query.ids = [id]
        return try await find(query).first
    }

    /// A unit, whether or not its job was removed; `nil` if `find` has none of that key.
    package func found(_ unit: UnitKey, at now: Instant) async throws(CarillonError) -> JobSnapshot? {
        var query = JobQuery(now: now)
        query.units = [unit]
        return try await find(query).first
    }

    /// One job with its open runs.
    ///
    /// - Throws: `CarillonError` with `jobNotFound` or `jobUnreadable`, or as the store does.
    public func snapshot(_ id: JobID, at now: Instant) async throws(CarillonError) -> JobSnapshot {
        guard let snapshot = try await found(id, at: now) else { throw try await absence(of: id) }
        return snapshot
    }

    /// Changes one job, planning anew while somebody else is quicker.
    ///
    /// - Parameters:
    ///   - generation: Where given, the job of this generation is changed, also where it was removed and a run of it has
    ///     not ended.
    ///   - edit: Called with the job as it stands; answers the change, or `nil` if there is none to make.
    /// - Returns: Whether there was a change to make; false where there is another job of the id.
    @discardableResult
    public func edit(
        _ id: JobID,
        generation: Int64? = nil,
        at now: Instant,
        _ edit: @Sendable (JobSnapshot) async throws(CarillonError) -> JobChange?
    ) async throws(CarillonError) -> Bool {
        for _ in 0..<Self.editAttempts {
            var found: JobSnapshot?
            if let generation { found = try await self.found(UnitKey(id, generation: generation), at: now) }
            let snapshot = if let found { found } else { try await snapshot(id, at: now) }
            if let generation, snapshot.job.generation != generation { return false }
            guard let change = try await edit(snapshot) else { return false }
            switch try await commit([change]).first {
            case .accepted: return true
            case .gone: throw CarillonError(.jobNotFound, "there is no job '\(id)'")
            case .changed, nil: continue
            }
        }
        throw CarillonError(.jobChanged, "job '\(id)' was changed by others \(Self.editAttempts) times in a row")
    }

    /// Gives a job another definition.
    ///
    /// - Parameter version: Where given, the definition version that the caller has seen. It rises with edits, and where
    ///   an interval is moved because the clock was set back.
    /// - Throws: `CarillonError` with `jobNotFound`, `invalidPolicy` where a number of the policies is out of range, or
    ///   `jobChanged` where the definition has another version.
    public func modify(
        _ id: JobID,
        _ definition: JobDefinition,
        ifVersion version: Int64? = nil,
        at now: Instant
    ) async throws(CarillonError) {
        try await edit(id, at: now) { (snapshot) throws(CarillonError) in
            if let version, snapshot.job.definitionVersion != version {
                throw CarillonError(
                    .jobChanged,
                    "job '\(id)' has version \(snapshot.job.definitionVersion), not \(version)"
                )
            }
            return try await self.rechecked(snapshot.modified(definition, at: now), of: snapshot, at: now)
        }
    }

    /// Pauses a job; false where it is not active.
    public func pause(_ id: JobID, at now: Instant) async throws(CarillonError) -> Bool {
        try await edit(id, at: now) { (snapshot) throws(CarillonError) in snapshot.paused(at: now) }
    }

    /// Resumes a job; false where it is not paused.
    public func resume(_ id: JobID, at now: Instant) async throws(CarillonError) -> Bool {
        try await edit(id, at: now) { (snapshot) throws(CarillonError) in
            guard let change = snapshot.resumed(at: now) else { return nil }
            return try await self.rechecked(change, of: snapshot, at: now)
        }
    }

    /// Runs a job once more, as soon as may be.
    public func runNow(_ id: JobID, arguments: [UInt8]? = nil, at now: Instant) async throws(CarillonError) {
        try await edit(id, at: now) { (snapshot) throws(CarillonError) in snapshot.ranNow(at: now, arguments: arguments)
        }
    }

    /// Runs what a job's trigger named in a past range: see `JobSnapshot.backfilled`.
    ///
    /// - Returns: The runs that were made, in the order of their times.
    /// - Throws: `CarillonError` with `jobNotFound` or `invalidRange`, or as the store does. After an error of the store
    ///   nobody knows whether they were made: look for runs of the kind `backfill` before asking again.
    public func backfill(
        _ id: JobID,
        from first: Instant,
        through last: Instant,
        at now: Instant
    ) async throws(CarillonError) -> [Run.ID] {
        let made = Mutex<[Run.ID]>([])
        try await edit(id, at: now) { (snapshot) throws(CarillonError) in
            let change = try snapshot.backfilled(from: first, through: last, at: now)
            made.withLock { $0 = change?.runs.map(\.id) ?? [] }
            return change
        }
        return made.withLock { $0 }
    }

    /// Cancels a run, also one whose job was removed; false where it is not open.
    public func cancel(_ run: Run.ID, at now: Instant) async throws(CarillonError) -> Bool {
        let unit = run.occurrence.unit
        return try await edit(unit.job, generation: unit.generation, at: now) { (snapshot) throws(CarillonError) in
            snapshot.cancelled(run, at: now)
        }
    }

    /// Tries the occurrence of a run once more; false where an attempt at it has not ended, or where the run was of a job
    /// that had the id before.
    ///
    /// - Throws: `CarillonError` with `runNotFound` or `jobNotFound`.
    public func retry(_ id: Run.ID, at now: Instant) async throws(CarillonError) -> Bool {
        try await retried(id, at: now) != nil
    }

    /// See `retry(_:at:)`.
    ///
    /// - Returns: The new attempt; nothing where there is none.
    func retried(_ id: Run.ID, at now: Instant) async throws(CarillonError) -> Run.ID? {
        guard let run = try await run(id) else { throw CarillonError(.runNotFound, "there is no run '\(id)'") }
        let made = Mutex<Run.ID?>(nil)
        try await edit(id.occurrence.job, at: now) { (snapshot) throws(CarillonError) in
            // Looked up after the snapshot was read: an attempt that is added later changes the job's version.
            var latest = run
            while latest.id.attempt < .max,
                let later = try await self.run(Run.ID(id.occurrence, attempt: latest.id.attempt + 1))
            {
                latest = later
            }
            let change = snapshot.retried(latest, at: now)
            made.withLock { $0 = change?.runs.first?.id }
            return change
        }
        return made.withLock { $0 }
    }
}
