package import CarillonTriggers

/// What a pass did to a job, in the order in which it did it.
package enum PlanEvent: Hashable, Sendable {
    /// A run was made, and waits for a node or for others of its job.
    case queued(Run.ID)
    /// A waiting run got a free instance.
    case promoted(Run.ID)
    /// A node took a run.
    case taken(Run.ID)
    /// A node gave back a run that it had not started.
    case givenBack(Run.ID)
    /// A run ended.
    case ended(Run.ID, Outcome)
    /// A failed run is tried again.
    case retrying(Run.ID, at: Instant)
    /// A run whose node was found gone may be taken again.
    case recovered(Run.ID)
    /// A run that the stop of its node ended may be taken again.
    case interrupted(Run.ID)
    /// A running run is to be cancelled.
    case cancelRequested(Run.ID)
    /// Occurrences were not run.
    case notRun(ReasonRange)
    /// The trigger has no fire times left.
    case jobEnded(JobID)
}
