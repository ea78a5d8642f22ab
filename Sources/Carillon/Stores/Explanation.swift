public import CarillonTriggers

/// What became of one time of a job.
public enum OccurrenceExplanation: Hashable, Sendable {
    /// It has runs that were started or have ended; the attempts in order, of which the last may be still to come.
    case ran([Run])
    /// It has a run that waits for others of its job or for a node, or that is ready again after its node was
    /// found gone.
    case queued(Run)
    /// It was not run.
    case notRun(ReasonRange)
    /// The job had another trigger then, or is gone, and occurrences before and after this time were not run. Whether
    /// this time was one of them is not known any more.
    case perhapsNotRun(ReasonRange)
    /// It is due, and the job is paused: resuming it will record that it was skipped.
    case paused(since: Instant)
    /// It is still to come, and this comes next.
    case upcoming(Job.Next)
    /// The trigger does not fire at this time.
    case notScheduled
    /// The job was added later.
    case beforeJob(added: Instant)
    /// Nothing that can be read is known of it, and so many rows of the history, ended runs or reasons, that may be of this
    /// time cannot be read.
    case unreadable(Int)
    /// It was due, and the history of that time has been removed or was never written.
    case unknown
}

extension JobStore {
    /// Why a job ran, or did not, at a time; also where it has another trigger since, or is gone, for as long as its
    /// history is kept. Where the id has had several jobs, the latest that has something to say of that time is meant.
    ///
    /// What the trigger named comes before what somebody asked for at that very time; runs of the task for failed runs
    /// are left out.
    ///
    /// - Throws: `CarillonError` with `jobNotFound` where there is no such job and nothing is known of the time, or as the
    ///   store does.
    public func why(_ id: JobID, at scheduled: Instant, now: Instant) async throws(CarillonError)
        -> OccurrenceExplanation
    {
        var filter = RunFilter()
        filter.job = id
        filter.scheduled = scheduled...scheduled
        let runs = try await runs(filter, page: Page(limit: 1000))
        if let ran = OccurrenceExplanation(latestOf: runs, of: [.scheduled]) { return ran }
        let job = try await found(id, at: now)?.job
        // The latest recorded of a generation comes first.
        let touching = try await reasons(id, from: scheduled, through: scheduled, limit: 1000)
            .sorted { ($0.generation, $0.recorded) > ($1.generation, $1.recorded) }
        // What was withdrawn says something only where nothing else does.
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
    /// What became of the latest occurrence of some kinds; nothing where there is no run of these kinds.
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

    /// What is to be said of a time that the job has not fired yet; nothing of any other.
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
    /// Whether a time is that of one of the occurrences; nothing where that cannot be told, because the range was
    /// recorded by another trigger than the one that is given.
    ///
    /// A range is of a trigger where that names its ends, and as many times from one to the other as the range counts.
    fileprivate func covers(_ time: Instant, by trigger: Trigger?) -> Bool? {
        if time == first || time == last { return true }
        if time < first || time > last || count <= 2 { return false }
        guard let trigger, trigger.contains(first), trigger.contains(last),
            trigger.count(after: first, through: last) == count - 1
        else { return nil }
        return trigger.contains(time)
    }
}
