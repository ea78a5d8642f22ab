/// How far a transfer between two stores has come.
public struct TransferProgress: Hashable, Sendable {
    /// What is being done.
    public enum Stage: String, Hashable, Sendable, CaseIterable {
        /// Jobs are brought.
        case jobs
        /// Ended runs are brought.
        case runs
        /// Reasons are brought.
        case reasons
        /// The audit log is brought.
        case audit
        /// Both stores are read again and compared.
        case verifying
    }

    /// What is being done.
    public var stage: Stage
    /// How many things of this stage are done, including those that an earlier call had brought.
    public var done: Int
    /// About how many there are; `nil` if that is unknown.
    public var total: Int?

    /// Creates progress.
    public init(stage: Stage, done: Int, total: Int? = nil) {
        self.stage = stage
        self.done = done
        self.total = total
    }
}
