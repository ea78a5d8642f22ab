/// Where a worker of the conformance suite kills itself.
public enum CrashPoint: String, Hashable, Sendable, CaseIterable {
    /// A job's snapshot has been read, nothing is decided.
    case afterSnapshot = "after-snapshot"
    /// A commit has made runs the worker's, none has begun.
    case afterCommit = "after-commit"
    /// A run's task has ended, its completion is not written.
    case afterEnd = "after-end"
    /// Completions are being committed.
    case insideFlush = "inside-flush"
    /// A commit has moved a waiting run up.
    case afterPromotion = "after-promotion"
    /// Runs of a dead node are being recovered.
    case inRecovery = "in-recovery"
    /// A pass has planned a job that it adds.
    case inAddition = "in-addition"
    /// A heartbeat is under way.
    case inHeartbeat = "in-heartbeat"
}
