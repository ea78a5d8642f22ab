public import CarillonTriggers

/// What happened at one scheduled time of a job.
public enum OccurrenceExplanation: Hashable, Sendable {
    /// It has runs that have started or ended. The attempts are in order; the last one may still be open.
    case ran([Run])
    /// It has a run that waits for other runs of its job or for a node, or that is ready again because its node died.
    case queued(Run)
    /// It was not run.
    case notRun(ReasonRange)
    /// The job had another trigger then, or is gone, and occurrences before and after this time were not run. Whether
    /// this time was one of them is no longer known.
    case perhapsNotRun(ReasonRange)
    /// It is due, but the job is paused. Resuming the job records that it was skipped.
    case paused(since: Instant)
    /// It is in the future; the job's next occurrence is given.
    case upcoming(Job.Next)
    /// The trigger does not fire at this time.
    case notScheduled
    /// The job was added later.
    case beforeJob(added: Instant)
    /// Nothing readable is known about it, and this many rows of the history (ended runs or reasons) that may concern
    /// this time cannot be read.
    case unreadable(Int)
    /// It was due, and the history of that time has been removed or was never written.
    case unknown
}

extension JobStore {
    /// Explains why a job ran, or did not run, at a scheduled time. Works also if the job has another trigger by now or
    /// is gone, for as long as its history is kept. If several jobs had the id one after the other, the latest one with
    /// anything recorded for that time is meant.
    ///
    /// An occurrence of the trigger takes precedence over a manual run or a backfill at the same time. Runs of the
    /// failure task are left out.
    ///
    /// - Throws: `CarillonError` with `jobNotFound` if there is no such job and nothing is known of the time, or any
    ///   error of the store.
    public func why(_ id: JobID, at scheduled: Instant, now: Instant) async throws(CarillonError)
        -> OccurrenceExplanation
    {
        var filter = RunFilter()
        filter.job = id
        filter.scheduled = scheduled...scheduled
        let runs = try await runs(filter, page: Page(limit: 1000))
        if let ran = OccurrenceExplanation(latestOf: runs, of: [.scheduled]) { return ran }
        let job = try await found(id, at: now)?.job
        // The latest generation first, and within it the latest recorded.
        let touching = try await reasons(id, from: scheduled, through: scheduled, limit: 1000)
            .sorted { ($0.generation, $0.recorded) > ($1.generation, $1.recorded) }
        // A withdrawn occurrence counts only if nothing else explains the time.
        let covered = touching.filter { $0.reason != .clockStep }.map {
            (range: $0, answer: $0.covers(scheduled, by: job?.definition.trigger))
        }
        if let sure = covered.first(where: { $0.answer == true }) { return .notRun(sure.range) }
        if let asked = OccurrenceExplanation(latestOf: runs, of: [.manual, .backfill]) { return asked }
        if let coming = job.flatMap({ OccurrenceExplanation(of: scheduled, comingTo: $0, now: now) }) { return coming }
        let unreadable = try await unreadableHistory(of: id, from: scheduled, through: scheduled)
        if unreadable > 0, job?.definition.trigger.contains(scheduled) != false { return .unreadable(unreadable) }
        if let possible = covered.first(where: { $0.answer == nil }) { return .perhapsNotRun(possible.range) }
        guard let job else {
            throw CarillonError(.jobNotFound, "there is no job '\(id)', and nothing is known of this time of it")
        }
        guard job.definition.trigger.contains(scheduled) else { return .notScheduled }
        return scheduled < job.added ? .beforeJob(added: job.added) : .unknown
    }
}

extension OccurrenceExplanation {
    /// Explains the latest occurrence of some kinds; `nil` if there is no run of these kinds.
    fileprivate init?(latestOf runs: [Run], of kinds: Set<Occurrence.Kind>) {
        let wanted = runs.filter { kinds.contains($0.id.occurrence.kind) }
        guard
            let latest = wanted.map(\.id.occurrence).max(by: {
                ($0.generation, $0.number) < ($1.generation, $1.number)
            })
        else { return nil }
        let attempts = wanted.filter { $0.id.occurrence == latest }.sorted { $0.id.attempt < $1.id.attempt }
        if attempts.count == 1, let only = attempts.first, only.state == .ready || only.state == .waiting {
            self = .queued(only)
        } else {
            self = .ran(attempts)
        }
    }

    /// Explains a time that the job has not fired yet; `nil` for any other time.
    fileprivate init?(of scheduled: Instant, comingTo job: Job, now: Instant) {
        guard let next = job.next, scheduled >= next.scheduled,
            scheduled == next.scheduled || job.definition.trigger.contains(scheduled)
        else { return nil }
        if case .paused(let since) = job.state, job.next(scheduled: scheduled).due <= now {
            self = .paused(since: since)
        } else {
            self = .upcoming(next)
        }
    }
}

extension ReasonRange {
    /// Whether a time is that of one of the occurrences; `nil` if this is unknown because the range was recorded with
    /// another trigger than the given one.
    ///
    /// A range belongs to a trigger if the trigger names both ends and has as many times from one to the other as the
    /// range counts.
    fileprivate func covers(_ time: Instant, by trigger: Trigger?) -> Bool? {
        if time == first || time == last { return true }
        if time < first || time > last || count <= 2 { return false }
        guard let trigger, trigger.contains(first), trigger.contains(last),
            trigger.count(after: first, through: last) == count - 1
        else { return nil }
        return trigger.contains(time)
    }
}
