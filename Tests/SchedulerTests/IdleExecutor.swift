import Carillon
import Synchronization

/// An executor that performs no run by itself.
final class IdleExecutor: JobExecutor {
    let capacity = 1
    let startLimit: Duration
    private let given = Mutex<[RunWork]>([])

    init(startLimit: Duration = .seconds(1)) { self.startLimit = startLimit }

    nonisolated(nonsending) func execute(_ works: [RunWork]) async { given.withLock { $0 += works } }

    func shutdown() {}

    /// All that it was given so far.
    var works: [RunWork] { given.withLock { $0 } }
}
