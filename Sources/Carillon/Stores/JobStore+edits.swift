public import CarillonTriggers
import Synchronization

/// The edits that a user can make to a job, on any store.
extension JobStore {
    /// How often a change is planned again because another writer was quicker.
    private static var editAttempts: Int { 100 }

    /// Returns a job with its open runs; `nil` if `find` has no job with that id.
    package func found(_ id: JobID, at now: Instant) async throws(CarillonError) -> JobSnapshot? {
        var query = JobQuery(now: now)
        query.ids = [id]
        return try await find(query).first
    }

    /// Returns a unit, whether or not its job was removed; `nil` if `find` has no unit with that key.
    package func found(_ unit: UnitKey, at now: Instant) async throws(CarillonError) -> JobSnapshot? {
        var query = JobQuery(now: now)
        query.units = [unit]
        return try await find(query).first
    }

    /// Returns a job with its open runs.
    ///
    /// - Throws: `CarillonError` with `jobNotFound` or `jobUnreadable`, or any error of the store.
    public func snapshot(_ id: JobID, at now: Instant) async throws(CarillonError) -> JobSnapshot {
        guard let snapshot = try await found(id, at: now) else { throw try await absence(of: id) }
        return snapshot
    }

    /// Changes one job, and plans the change again if another writer was quicker.
    ///
    /// - Parameters:
    ///   - generation: If given, only the job of this generation is changed, even if it was removed and a run of it is
    ///     still open.
    ///   - edit: Called with the current job; returns the change, or `nil` if there is none to make.
    /// - Returns: Whether a change was made; `false` if another job has the id now.
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
            case .gone: throw .jobNotFound(id)
            case .changed, nil: continue
            }
        }
        throw CarillonError(.jobChanged, "job '\(id)' was changed by others \(Self.editAttempts) times in a row")
    }

    /// Replaces the definition of a job.
    ///
    /// - Parameter version: If given, the definition version that the caller has seen. The version rises with edits,
    ///   and when an interval is moved because the clock was set back.
    /// - Throws: `CarillonError` with `jobNotFound`, `invalidPolicy` if a number in the policies is out of range, or
    ///   `jobChanged` if the definition has another version.
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

    /// Pauses a job.
    ///
    /// - Returns: `false` if it is not active.
    public func pause(_ id: JobID, at now: Instant) async throws(CarillonError) -> Bool {
        try await edit(id, at: now) { (snapshot) throws(CarillonError) in snapshot.paused(at: now) }
    }

    /// Resumes a job.
    ///
    /// - Returns: `false` if it is not paused.
    public func resume(_ id: JobID, at now: Instant) async throws(CarillonError) -> Bool {
        try await edit(id, at: now) { (snapshot) throws(CarillonError) in
            guard let change = snapshot.resumed(at: now) else { return nil }
            return try await self.rechecked(change, of: snapshot, at: now)
        }
    }

    /// Runs a job once more, as soon as possible.
    public func runNow(_ id: JobID, arguments: [UInt8]? = nil, at now: Instant) async throws(CarillonError) {
        try await edit(id, at: now) { (snapshot) throws(CarillonError) in snapshot.ranNow(at: now, arguments: arguments)
        }
    }

    /// Runs the occurrences that a job's trigger names in a past range; see `JobSnapshot.backfilled`.
    ///
    /// - Returns: The runs that were created, in the order of their times.
    /// - Throws: `CarillonError` with `jobNotFound` or `invalidRange`, or any error of the store. After an error of the
    ///   store it is unknown whether they were created: look for runs of the kind `backfill` before you try again.
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

    /// Cancels a run, even one whose job was removed.
    ///
    /// - Returns: `false` if it is not open.
    public func cancel(_ run: Run.ID, at now: Instant) async throws(CarillonError) -> Bool {
        let unit = run.occurrence.unit
        return try await edit(unit.job, generation: unit.generation, at: now) { (snapshot) throws(CarillonError) in
            snapshot.cancelled(run, at: now)
        }
    }

    /// Retries the occurrence of a run.
    ///
    /// - Returns: `false` if an attempt at the occurrence is still open, or if the run belongs to a job that had the id
    ///   before.
    /// - Throws: `CarillonError` with `runNotFound` or `jobNotFound`.
    public func retry(_ id: Run.ID, at now: Instant) async throws(CarillonError) -> Bool {
        try await retried(id, at: now) != nil
    }

    /// Does what `retry(_:at:)` does.
    ///
    /// - Returns: The new attempt; `nil` if there is none.
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
