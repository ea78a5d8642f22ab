import CarillonTriggers

/// A job that is being added to a store.
struct PendingJob: Sendable {
    let id: JobID
    var definition: JobDefinition
    let store: String
    let ifExists: IfExists
    let isPaused: Bool
    /// The function that it is added with; `nil` if it runs a registered task.
    var function: RegisteredTask?
    /// The times of failed calls that may have added it all the same.
    var tried: Set<Instant> = []
}

extension PendingJob {
    /// Returns the job with another time at which a failed call may have added it.
    func tried(at time: Instant) -> PendingJob {
        var job = self
        job.tried.insert(time)
        return job
    }

    /// Whether a job in the store is this one, added by a call that failed.
    func isSame(as job: Job) -> Bool {
        var own = definition
        // The phase of the stored trigger is fixed.
        if job.definition.trigger.isSame(asGiven: own.trigger) { own.trigger = job.definition.trigger }
        return tried.contains(job.added) && own == job.definition
    }
}

/// What to do if the id of a job that is added is taken.
public enum IfExists: Hashable, Sendable {
    /// The addition fails with `CarillonError.Code.jobExists`.
    case fail
    /// The existing job is kept unchanged.
    case keep
    /// The existing job gets the new definition; a trigger that is the same keeps its phase.
    case replace
}
