import Carillon
import Synchronization

/// Keeps runs until it is told to hand them to another executor, so that the other's own rate can be measured.
final class HoldingExecutor: JobExecutor {
    let capacity: Int
    private let held = Mutex<[RunWork]>([])

    init(capacity: Int) { self.capacity = capacity }

    func execute(_ works: [RunWork]) async { held.withLock { $0 += works } }

    var count: Int { held.withLock { $0.count } }

    func release(to executor: any JobExecutor) async {
        await executor.execute(
            held.withLock { works in
                defer { works = [] }
                return works
            }
        )
    }

    func shutdown() {}
}
