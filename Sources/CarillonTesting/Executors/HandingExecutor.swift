import Carillon
import Synchronization

/// Stands between a scheduler and the executor under test, and keeps the runs that a case hands over itself.
final class HandingExecutor: JobExecutor {
    /// So many that the scheduler takes all runs of a case.
    let capacity: Int
    let isInline: Bool
    private let executor: any JobExecutor
    private let isPassing: Bool
    private let watch: ConformanceWatch
    private let works = Mutex<[RunWork]>([])

    /// - Parameter isPassing: Whether it hands over by itself what it gets.
    init(_ executor: any JobExecutor, isPassing: Bool, _ watch: ConformanceWatch) {
        self.executor = executor
        self.isPassing = isPassing || executor.isInline
        self.watch = watch
        capacity = self.isPassing ? executor.capacity : 10_000
        isInline = executor.isInline
    }

    /// The runs that have come from the scheduler so far.
    var all: [RunWork] { works.withLock { $0 } }

    nonisolated(nonsending) func execute(_ new: [RunWork]) async {
        works.withLock { $0 += new }
        watch.changed()
        if isPassing { await executor.execute(new) }
    }

    func shutdown() { executor.shutdown() }
}

extension RunWork {
    /// The name of its job.
    var name: String { run.id.occurrence.job.description }
}
