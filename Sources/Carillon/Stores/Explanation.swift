public import CarillonTriggers

/// What became of one time of a job.
public enum OccurrenceExplanation: Hashable, Sendable {
    /// It was run; the attempts in order.
    case ran([Run])
    /// It was not run.
    case notRun(ReasonRange)
    /// It is still to come.
    case upcoming(Job.Next)
    /// The trigger does not fire at this time.
    case notScheduled
    /// The job was added later.
    case beforeJob(added: Instant)
    /// It was due, and the history of that time has been removed or was never written.
    case unknown
}

extension JobStore {
    /// Why a job ran, or did not, at a time.
    ///
    /// - Throws: `CarillonError` with `jobNotFound`, or as the store does.
    public func why(_ id: JobID, at scheduled: Instant, now: Instant) async throws(CarillonError)
        -> OccurrenceExplanation
    {
        var filter = RunFilter()
        filter.job = id
        filter.scheduled = scheduled...scheduled
        let runs = try await runs(filter, page: Page(limit: 1000))
        if !runs.isEmpty { return .ran(runs.sorted { $0.id.attempt < $1.id.attempt }) }
        let job = try await snapshot(id, at: now).job
        // A range is said to cover the fire times between its ends, not every time between them.
        let isFireTime = job.definition.trigger.contains(scheduled)
        if isFireTime, let reason = try await reasons(id, from: scheduled, through: scheduled, limit: 1).first {
            return .notRun(reason)
        }
        if !isFireTime { return .notScheduled }
        if scheduled < job.added { return .beforeJob(added: job.added) }
        if let next = job.next, scheduled >= next.scheduled { return .upcoming(next) }
        return .unknown
    }
}
