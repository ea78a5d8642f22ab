/// The point at which a worker of the conformance suite kills itself.
public enum CrashPoint: String, Hashable, Sendable, CaseIterable {
    /// A job's snapshot has been read, and nothing has been decided.
    case afterSnapshot = "after-snapshot"
    /// A commit has taken runs, and none has started.
    case afterCommit = "after-commit"
    /// A run's task has ended, and its completion has not been written.
    case afterEnd = "after-end"
    /// Completions are being committed.
    case insideFlush = "inside-flush"
    /// A commit has made a waiting run ready.
    case afterPromotion = "after-promotion"
    /// Runs of a dead node are being recovered.
    case inRecovery = "in-recovery"
    /// A pass has planned a job that it adds.
    case inAddition = "in-addition"
    /// A heartbeat is under way.
    case inHeartbeat = "in-heartbeat"
}
