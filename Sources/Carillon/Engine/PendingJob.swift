/// A job on its way into a store.
struct PendingJob: Sendable {
    let id: JobID
    var definition: JobDefinition
    let store: String
    let ifExists: IfExists
    let isPaused: Bool
    /// The function it is added with, where it does not run a registered task.
    var function: RegisteredTask?
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
