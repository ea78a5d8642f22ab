package import CarillonTriggers
import Synchronization

/// Whether stored next times are what triggers give now.
extension JobStore {
    /// How many runs are read of the history, of one job or of those that have run ahead.
    private static var mostRecorded: Int { 20_000 }

    /// The fire times that have run and lie ahead of the clock, or of what is late; nearly always none.
    package func ranAhead(at now: Instant) async throws(CarillonError) -> RanAhead {
        var filter = RunFilter()
        filter.kind = .scheduled
        filter.scheduled = try await earliestUnfired(at: now)...Instant.latest
        return RanAhead(try await recordedOccurrences(filter))
    }

    /// Now, or the time of the job that is the latest: a clock that was set back may have reached times that have run
    /// while the job still waits at an earlier one.
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

    /// Gives a job the next time that its trigger gives now.
    ///
    /// - Returns: The job's next time before and after, where it is another one.
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

    /// Whether a job's stored next time is another one than its trigger gives now.
    package func isMisplaced(_ job: Job, at now: Instant) async throws(CarillonError) -> Bool {
        guard !job.isNextPlain(at: now, RanAhead.Times()) else { return false }
        let past = try await recordedTimes(of: job, at: now)
        guard let change = JobSnapshot(job: job).rechecked(at: now, past) else { return false }
        return change.job.next != job.next
    }

    /// What was asked of a job, and on top of it the next time that its trigger gives now.
    ///
    /// - Parameter change: What was asked; `nil` for nothing.
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

    /// What the history says of a job's times from now, or from right before its next time, on.
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
        // A memory store drops the runs of one job for those of others.
        let areComplete = capabilities.isPersistent && times.count < job.definition.policies.history.runs
        let reasons = try await reasons(job.id, from: first, through: .latest, limit: 1000)
        return RecordedTimes(
            runs: Array(times), reasons: reasons.filter { $0.generation == job.generation }, areComplete: areComplete)
    }

    /// The occurrences of runs alone: a page of runs may have results and logs of many megabytes.
    private func recordedOccurrences(_ filter: RunFilter) async throws(CarillonError) -> [Occurrence] {
        var occurrences: [Occurrence] = []
        var pages = RunPages(filter)
        while occurrences.count < Self.mostRecorded, let listed = try await pages.next(of: self) {
            occurrences += listed.map(\.id.occurrence)
        }
        return occurrences
    }
}
