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
    public var capacity: Int { workers.capacity }
    private let workers: RunWorkers

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
        let loops = LoopsInTurn(group)
        let threads = PoolThreads(count: max(min(blockingWorkers, maxWorkers), 1))
        workers = RunWorkers(maxWorkers, blocking: blockingWorkers, on: threads) { loops.next }
    }

    /// See `JobExecutor`.
    public func execute(_ works: [RunWork]) async { workers.perform(works) }

    /// See `JobExecutor`.
    public func shutdown() { workers.shutdown() }
}

/// The loops of a group, one after the other.
private final class LoopsInTurn: Sendable {
    private let loops: [EventLoopTaskExecutor]
    private let turn = Atomic(0)

    init(_ group: any EventLoopGroup) { loops = group.makeIterator().map(EventLoopTaskExecutor.init) }

    var next: EventLoopTaskExecutor? {
        let number = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops.isEmpty ? nil : loops[Int(UInt(bitPattern: number) % UInt(loops.count))]
    }
}
#endif
