/// Where runs execute.
///
/// A scheduler hands over no more than it takes ahead (some 100 ms of work), so an executor may keep what it cannot start
/// at once. Each run that is handed over is performed once, by `perform` or, where it `isBlocking`, by
/// `performBlocking` on a thread that may be blocked.
public protocol JobExecutor: Sendable {
    /// How many runs can be at work at the same time, 1 or more.
    var capacity: Int { get }

    /// Whether runs are performed on the scheduler's own executor, so that `execute` returns when they have ended.
    var isInline: Bool { get }

    /// Performs runs, in order as far as it has room. Returns without waiting for them, unless it `isInline`.
    nonisolated(nonsending) func execute(_ works: [RunWork]) async

    /// Lets go of its threads, once what it was given has been performed. Another `execute` begins anew.
    func shutdown()
}

extension JobExecutor {
    /// Most executors have threads of their own.
    public var isInline: Bool { false }
}
