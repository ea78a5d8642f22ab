#if NIO
import Carillon

/// Performs runs as far as there is room: those that block on the threads of a pool, the others on a task executor.
final class LimitedRuns: Sendable {
    /// The most runs at work at the same time.
    var capacity: Int { limit.capacity }
    private let limit: RunLimit
    private let threads: PoolThreads
    private let nextPlace: @Sendable () -> (any TaskExecutor)?

    /// Creates an object without runs.
    ///
    /// - Parameters:
    ///   - limit: How many runs may be at work.
    ///   - threads: Where runs that block are performed; ended when all runs have ended after `shutdown`.
    ///   - nextPlace: Returns where the next run that suspends is performed; `nil` for Swift concurrency.
    init(_ limit: RunLimit, threads: PoolThreads, nextPlace: @escaping @Sendable () -> (any TaskExecutor)?) {
        self.limit = limit
        self.threads = threads
        self.nextPlace = nextPlace
    }

    func perform(_ works: [RunWork]) {
        for work in limit.add(works) { begin(work) }
    }

    private func begin(_ work: RunWork) {
        guard !work.isBlocking else {
            return threads.perform {
                work.performBlocking()
                self.end(ofBlocking: true)
            }
        }
        let task = Task(executorPreference: nextPlace(), priority: .medium) {
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

    /// Ends the threads once all runs have ended.
    func shutdown() { if limit.shutdown() { threads.end() } }
}
#endif
