#if NIO
import Carillon
import NIOPosix
import Synchronization

/// The threads of a pool of SwiftNIO: of one that others own, or of one of its own, which is started when it is needed.
/// A pool that has been shut down cannot be started again, so another one takes its place.
final class PoolThreads: BlockingThreads {
    private let count: Int
    private let foreign: NIOThreadPool?
    private let own = Mutex<NIOThreadPool?>(nil)

    init(count: Int) {
        self.count = count
        foreign = nil
    }

    init(_ pool: NIOThreadPool) {
        count = pool.numberOfThreads
        foreign = pool
    }

    deinit { end() }

    /// Performs work on one of the threads, or on another one if the pool has been shut down.
    package func perform(_ body: @escaping @Sendable () -> Void) {
        pool.submit { state in
            switch state {
            case .active: body()
            case .cancelled: NamedThread.start("carillon-nio", body)
            }
        }
    }

    private var pool: NIOThreadPool {
        if let foreign { return foreign }
        return own.withLock { own in
            if let own { return own }
            let pool = NIOThreadPool(numberOfThreads: count)
            pool.start()
            own = pool
            return pool
        }
    }

    /// Ends its own threads once they have done what they have.
    package func end() {
        let pool = own.withLock { $0.take() }
        pool?.shutdownGracefully { _ in }
    }
}

extension PoolThreads: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        perform { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
#endif
