/// Runs tasks on the scheduler's own executor, one after the other: whatever happens, happens in order. While a task
/// runs, the scheduler does nothing else.
public struct DebugExecutor: JobExecutor {
    /// The runs that are taken together.
    public var capacity: Int { 1 }

    /// It runs them on the scheduler's executor.
    public var isInline: Bool { true }

    /// An executor without threads.
    public init() {}

    /// See `JobExecutor`.
    nonisolated(nonsending) public func execute(_ works: [RunWork]) async {
        for work in works { await work.perform() }
    }

    /// There is nothing to let go of.
    public func shutdown() {}
}
