/// An executor that runs tasks on Swift concurrency.
///
/// Tasks that block go to a thread pool, so that they hold no thread of the cooperative pool. They count towards the
/// `capacity` as well.
public final class AsyncExecutor: JobExecutor {
    /// The most runs at work at the same time.
    public var capacity: Int { workers.capacity }
    private let workers: RunWorkers

    /// Creates an executor that starts Swift tasks when there is work for them.
    ///
    /// - Parameters:
    ///   - maxWorkers: The most runs at work at the same time, at least 1.
    ///   - blockingWorkers: The most threads for tasks that block.
    public init(maxWorkers: Int = 1000, blockingWorkers: Int = 10) {
        let threads = ThreadPoolExecutor(maxWorkers: blockingWorkers, name: "carillon-blocking")
        workers = RunWorkers(maxWorkers, blocking: blockingWorkers, on: threads)
    }

    /// See `JobExecutor`.
    public func execute(_ works: [RunWork]) async { workers.perform(works) }

    /// See `JobExecutor`.
    public func shutdown() { workers.shutdown() }
}
