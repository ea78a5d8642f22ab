import CarillonTriggers

/// A job on its way into a store.
struct PendingJob: Sendable {
    let id: JobID
    var definition: JobDefinition
    let store: String
    let ifExists: IfExists
    let isPaused: Bool
    /// The function it is added with, where it does not run a registered task.
    var function: RegisteredTask?
    /// When it was added by calls that failed, and that may have been written all the same.
    var tried: Set<Instant> = []
}

extension PendingJob {
    /// The job, which may have been added at a time.
    func tried(at time: Instant) -> PendingJob {
        var job = self
        job.tried.insert(time)
        return job
    }

    /// Whether a job in the store is this one, added by a call that failed.
    func isSame(as job: Job) -> Bool {
        var own = definition
        // The stored one has its phase fixed.
        if job.definition.trigger.isSame(asGiven: own.trigger) { own.trigger = job.definition.trigger }
        return tried.contains(job.added) && own == job.definition
    }
}

/// What becomes of a job that is added under an id that is taken.
public enum IfExists: Hashable, Sendable {
    /// It is refused.
    case fail
    /// The one that is there stays as it is.
    case keep
    /// The one that is there gets the new definition; a trigger that is the same keeps its phase.
    case replace
}
