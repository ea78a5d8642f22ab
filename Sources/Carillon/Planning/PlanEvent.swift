package import CarillonTriggers

/// What the planner did to a job; a plan lists its events in order.
package enum PlanEvent: Hashable, Sendable {
    /// A run was made, and waits for a node or for other runs of its job.
    case queued(Run.ID)
    /// A waiting run became ready, since its job has room for it.
    case promoted(Run.ID)
    /// A node took a run.
    case taken(Run.ID)
    /// A node gave back a run that it had not started.
    case givenBack(Run.ID)
    /// A run ended.
    case ended(Run.ID, Outcome)
    /// A failed run is retried.
    case retrying(Run.ID, at: Instant)
    /// A run whose node was found dead may be taken again.
    case recovered(Run.ID)
    /// A run that the stop of its node ended may be taken again.
    case interrupted(Run.ID)
    /// A running run was asked to end as cancelled.
    case cancelRequested(Run.ID)
    /// Occurrences were not run.
    case notRun(ReasonRange)
    /// The trigger has no fire time left.
    case jobEnded(JobID)
}
