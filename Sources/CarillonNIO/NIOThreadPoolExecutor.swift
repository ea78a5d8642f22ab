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
    public var capacity: Int { limit.capacity }
    private let limit: RunLimit
    private let threads: PoolThreads

    /// Creates an executor with a pool of its own, which has threads from the first run until it is shut down.
    ///
    /// - Parameter maxWorkers: The number of threads, and the most runs at work at the same time, at least 1.
    public init(maxWorkers: Int = 10) {
        limit = RunLimit(maxWorkers)
        threads = PoolThreads(count: max(maxWorkers, 1))
    }

    /// Creates an executor on a pool that others use as well, and that they shut down after the scheduler.
    ///
    /// - Parameters:
    ///   - pool: A pool that has been started. A run that it does not take, because it has been shut down, is performed
    ///     on a thread of its own.
    ///   - maxWorkers: The most runs at work at the same time; the number of its threads if `nil`.
    public init(_ pool: NIOThreadPool, maxWorkers: Int? = nil) {
        limit = RunLimit(maxWorkers ?? pool.numberOfThreads)
        threads = PoolThreads(pool)
    }

    /// See `JobExecutor`.
    public func execute(_ works: [RunWork]) async {
        for work in limit.add(works) { begin(work) }
    }

    private func begin(_ work: RunWork) {
        guard !work.isBlocking else {
            return threads.perform {
                work.performBlocking()
                self.end(ofBlocking: true)
            }
        }
        let task = Task(executorPreference: threads, priority: .medium) {
            await work.perform()
            self.end(ofBlocking: false)
        }
        work.onCancel { task.cancel() }
    }

    private func end(ofBlocking isBlocking: Bool) {
        let (next, isOver) = limit.end(ofBlocking: isBlocking)
        for work in next { begin(work) }
        if isOver { threads.end() }
    }

    /// See `JobExecutor`.
    public func shutdown() { if limit.shutdown() { threads.end() } }
}
#endif
