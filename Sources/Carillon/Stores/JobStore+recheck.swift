package import CarillonTriggers
import Synchronization

/// Checks that stored next times are those that triggers give now.
extension JobStore {
    /// The most runs that are read from the history, of one job or of those that ran ahead of the clock.
    private static var mostRecorded: Int { 20_000 }

    /// Returns the fire times that have run although they lie ahead of the clock, or ahead of the earliest late job.
    /// Nearly always there are none.
    package func ranAhead(at now: Instant) async throws(CarillonError) -> RanAhead {
        var filter = RunFilter()
        filter.kind = .scheduled
        filter.scheduled = try await earliestUnfired(at: now)...Instant.latest
        return RanAhead(try await recordedOccurrences(filter))
    }

    /// Returns the current time, or the time of the job that is latest, if that is earlier: a clock that was set back
    /// may have reached times that have run while the job still waits at an earlier one.
    private func earliestUnfired(at now: Instant) async throws(CarillonError) -> Instant {
        var filter = JobFilter()
        filter.state = .active
        filter.due = .earliest...now.advanced(byMicroseconds: Planner.catchUpPause)
        let late = try await jobs(filter, page: Page(after: .beginningByDue, limit: 1000))
        return late.reduce(now) { earliest, listed in
            guard case .job(let job) = listed, let next = job.next else { return earliest }
            return min(earliest, next.scheduled)
        }
    }

    /// Sets the next time of a job to the one that its trigger gives now.
    ///
    /// - Returns: The next time before and after; `nil` if it did not change.
    package func recheck(_ id: JobID, at now: Instant) async throws(CarillonError) -> (from: Instant?, to: Instant?)? {
        let moved = Mutex<(from: Instant?, to: Instant?)>((nil, nil))
        try await edit(id, at: now) { (snapshot) async throws(CarillonError) in
            let change = snapshot.rechecked(at: now, try await self.recordedTimes(of: snapshot.job, at: now))
            let (from, to) = (snapshot.job.next?.scheduled, (change?.job ?? snapshot.job).next?.scheduled)
            moved.withLock { $0 = (from, to) }
            return change
        }
        let (from, to) = moved.withLock(\.self)
        return from == to ? nil : (from, to)
    }

    /// Whether a job's stored next time differs from the one that its trigger gives now.
    package func isMisplaced(_ job: Job, at now: Instant) async throws(CarillonError) -> Bool {
        guard !job.isNextPlain(at: now, RanAhead.Times()) else { return false }
        let past = try await recordedTimes(of: job, at: now)
        guard let change = JobSnapshot(job: job).rechecked(at: now, past) else { return false }
        return change.job.next != job.next
    }

    /// Returns a requested change, with the next time that the trigger gives now added to it.
    ///
    /// - Parameter change: The requested change; `nil` for none.
    package func rechecked(
        _ change: JobChange?, of snapshot: JobSnapshot, at now: Instant
    ) async throws(CarillonError) -> JobChange? {
        let job = change?.job ?? snapshot.job
        guard !job.isNextPlain(at: now, RanAhead.Times()) else { return change }
        let changed = JobSnapshot(job: job, open: snapshot.open, fenceFloor: snapshot.fenceFloor)
        guard var both = changed.rechecked(at: now, try await recordedTimes(of: job, at: now)) else { return change }
        both.reasons = (change?.reasons ?? []) + both.reasons
        both.runs += change?.runs ?? []
        return both
    }

    /// Returns the recorded times of a job from now on, or from just before its next time if the trigger no longer
    /// names that.
    private func recordedTimes(of job: Job, at now: Instant) async throws(CarillonError) -> RecordedTimes {
        var first = now
        if let next = job.next?.scheduled, !job.definition.trigger.contains(next) {
            first = min(now, job.definition.trigger.previous(before: next) ?? next)
        }
        var filter = RunFilter()
        filter.job = job.id
        filter.kind = .scheduled
        filter.scheduled = first...Instant.latest
        let times = Set(
            try await recordedOccurrences(filter).lazy.filter { $0.generation == job.generation }.map(\.scheduled))
        // A memory store may drop the runs of one job to make room for those of others.
        let areComplete = capabilities.isPersistent && times.count < job.definition.policies.history.runs
        let reasons = try await reasons(job.id, from: first, through: .latest, limit: 1000)
        return RecordedTimes(
            runs: Array(times), reasons: reasons.filter { $0.generation == job.generation }, areComplete: areComplete)
    }

    /// Returns only the occurrences of runs: a page of runs may have results and logs of many megabytes.
    private func recordedOccurrences(_ filter: RunFilter) async throws(CarillonError) -> [Occurrence] {
        var occurrences: [Occurrence] = []
        var pages = RunPages(filter)
        while occurrences.count < Self.mostRecorded, let listed = try await pages.next(of: self) {
            occurrences += listed.map(\.id.occurrence)
        }
        return occurrences
    }
}
