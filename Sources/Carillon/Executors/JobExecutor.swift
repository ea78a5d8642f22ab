/// A place where runs execute.
///
/// A scheduler hands over no more runs than it takes ahead (some 100 ms of work), so an executor may keep what it
/// cannot start at once. Each run is performed once, by `perform` or, if it `isBlocking`, by `performBlocking` on a
/// thread that may be blocked.
///
/// A run that has not begun in time is withdrawn and handed over again, as another `RunWork`; to perform the first one
/// does nothing. So none may be dropped, and an executor that needs longer than a second before a run begins says so by
/// `startLimit`.
public protocol JobExecutor: Sendable {
    /// The most runs that can be at work at the same time, 1 or more.
    var capacity: Int { get }

    /// How long a run may take to begin, if the executor had a free place when it was handed over. A second by default,
    /// and at the least.
    ///
    /// A run that is handed over while `capacity` others are there has a second in any case, since another node may be
    /// able to begin it earlier.
    var startLimit: Duration { get }

    /// Whether runs are performed on the scheduler's own executor, so that `execute` returns when they have ended.
    var isInline: Bool { get }

    /// Whether it can run the functions that jobs are added with, which exist in the scheduler's process alone. A job with
    /// a function is not added to an executor that cannot.
    var runsFunctions: Bool { get }

    /// Performs runs, in order as far as there is room. Returns without waiting for them, unless the executor
    /// `isInline`.
    nonisolated(nonsending) func execute(_ works: [RunWork]) async

    /// Releases the executor's threads once the runs that were handed over have been performed. A later `execute`
    /// starts it again.
    func shutdown()
}

extension JobExecutor {
    /// `false`: most executors have threads of their own.
    public var isInline: Bool { false }

    /// One second.
    public var startLimit: Duration { .seconds(1) }

    /// `true`: most executors run in the scheduler's process.
    public var runsFunctions: Bool { true }
}
