/// An executor that runs tasks on the scheduler's own executor, one after the other, so that everything happens in
/// order.
///
/// While a task runs, the scheduler does nothing else.
public struct DebugExecutor: JobExecutor {
    /// The number of runs that are taken together, always 1.
    public var capacity: Int { 1 }

    /// Whether runs are performed on the scheduler's executor, always `true`.
    public var isInline: Bool { true }

    /// Creates an executor without threads.
    public init() {}

    /// See `JobExecutor`.
    nonisolated(nonsending) public func execute(_ works: [RunWork]) async {
        for work in works { await work.perform() }
    }

    /// Does nothing, since there is nothing to release.
    public func shutdown() {}
}
