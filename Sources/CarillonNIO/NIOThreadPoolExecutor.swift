#if NIO
public import Carillon
import Dispatch
public import NIOPosix
import Synchronization

/// An executor that runs tasks on a thread pool of SwiftNIO.
///
/// Tasks that block run on its threads directly; the parts of those that suspend run there as well.
public final class NIOThreadPoolExecutor: JobExecutor {
    /// The most runs at work at the same time.
    public var capacity: Int { workers.capacity }
    private let workers: RunWorkers

    /// Creates an executor with a pool of its own, which has threads from the first run until it is shut down.
    ///
    /// - Parameter maxWorkers: The number of threads, and the most runs at work at the same time, at least 1.
    public convenience init(maxWorkers: Int = 10) {
        self.init(maxWorkers, PoolThreads(count: max(maxWorkers, 1)))
    }

    /// Creates an executor on a pool that others use as well, and that they shut down after the scheduler.
    ///
    /// - Parameters:
    ///   - pool: A pool that has been started. A run that it does not take, because it has been shut down, is performed
    ///     on a thread of its own.
    ///   - maxWorkers: The most runs at work at the same time; the number of its threads if `nil`.
    public convenience init(_ pool: NIOThreadPool, maxWorkers: Int? = nil) {
        self.init(maxWorkers ?? pool.numberOfThreads, PoolThreads(pool))
    }

    private init(_ maxWorkers: Int, _ threads: PoolThreads) {
        workers = RunWorkers(maxWorkers, blocking: maxWorkers, on: threads) { threads }
    }

    /// See `JobExecutor`.
    public func execute(_ works: [RunWork]) async { workers.perform(works) }

    /// See `JobExecutor`.
    public func shutdown() { workers.shutdown() }
}
#endif
