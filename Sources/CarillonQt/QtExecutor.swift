#if Qt
public import Carillon

/// An executor that runs tasks on the main thread of a Qt application, where they may use its windows.
///
/// A task that suspends lets others run meanwhile. One that blocks holds the windows and everything else there, so keep
/// those short, or give them another executor:
///
///     var options = SchedulerOptions()
///     options.executors["threads"] = ThreadPoolExecutor()
///     let scheduler = QtScheduler(options)
///     try scheduler.declareJob(id: "backup", JobOptions(executor: "threads")) { try backUp() }
///
/// Of the tasks that block one runs at a time, also while one of them shows a dialog. Runs begin when Qt's `exec` does. If
/// the application is destroyed, tasks that have begun go on elsewhere. The Swift tasks that one makes with `Task { }` run
/// elsewhere, unless they are `@MainActor`.
public final class QtExecutor: JobExecutor {
    /// The most runs that have begun and not ended.
    public var capacity: Int { limit.capacity }
    private let limit: RunLimit

    /// Creates an executor.
    ///
    /// - Parameter maxWorkers: The most runs that have begun and not ended, at least 1. More than one do only if they
    ///   suspend.
    public init(maxWorkers: Int = 1000) { limit = RunLimit(maxWorkers, blocking: 1) }

    /// See `JobExecutor`.
    public func execute(_ works: [RunWork]) async { begin(limit.add(works)) }

    /// See `JobExecutor`.
    public func shutdown() { _ = limit.shutdown() }

    private func begin(_ works: [RunWork]) {
        for work in works { QtMainThread.shared.perform(needsApplication: true) { self.begin(work) } }
    }

    private func begin(_ work: RunWork) {
        if work.isBlocking {
            work.performBlocking()
            return end(ofBlocking: true)
        }
        let task = Task(executorPreference: QtTaskExecutor.shared, priority: .medium) {
            await work.perform()
            self.end(ofBlocking: false)
        }
        work.onCancel { task.cancel() }
    }

    private func end(ofBlocking isBlocking: Bool) { begin(limit.end(ofBlocking: isBlocking).next) }
}
#endif
