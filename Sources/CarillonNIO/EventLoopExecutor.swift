#if NIO
public import Carillon
public import NIOCore
public import NIOPosix
import Synchronization

/// An executor that runs tasks that suspend on event loops, and those that block on a thread pool of SwiftNIO.
///
/// A task stays on the loop where it began, and new ones go to the loops of the group in turn. While a task computes
/// there, the channels of that loop wait. The Swift tasks that it makes with `Task { }` run elsewhere.
public final class EventLoopExecutor: JobExecutor {
    /// The most runs at work at the same time.
    public var capacity: Int { limit.capacity }
    private let limit: RunLimit
    private let loops: [EventLoopTaskExecutor]
    private let turn = Atomic(0)
    private let threads: PoolThreads

    /// Creates an executor on the loops of a group.
    ///
    /// - Parameters:
    ///   - group: The loops; they outlive the scheduler. After their end, tasks run elsewhere.
    ///   - maxWorkers: The most runs at work at the same time, at least 1.
    ///   - blockingWorkers: The most threads for tasks that block; they are there from the first such run until the
    ///     executor is shut down.
    public init(
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        maxWorkers: Int = 1000,
        blockingWorkers: Int = 10
    ) {
        limit = RunLimit(maxWorkers, blocking: blockingWorkers)
        loops = group.makeIterator().map(EventLoopTaskExecutor.init)
        threads = PoolThreads(count: max(min(blockingWorkers, maxWorkers), 1))
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
        let task = Task(executorPreference: nextLoop, priority: .medium) {
            await work.perform()
            self.end(ofBlocking: false)
        }
        work.onCancel { task.cancel() }
    }

    private var nextLoop: EventLoopTaskExecutor? {
        let number = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops.isEmpty ? nil : loops[Int(UInt(bitPattern: number) % UInt(loops.count))]
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
